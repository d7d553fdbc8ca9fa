package register

import (
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What another node may have agreed. A node with a good certificate may still be
// a dishonest one, so the leader judges each entry by who sends it: a node speaks
// for itself, and for the actors that the plan has given to it; what changes the
// cluster comes from voters, who judge what people ask for; and what proves
// itself, such as a list of revocations, may be brought by anybody.

// Bounds on what a node without a vote may have agreed.
const (
	maxOwn         = 4 << 10   // bytes of a setting about itself
	maxCertificate = 64 << 10  // bytes
	maxClaims      = 4096      // actors claimed in one entry
	maxLaidBytes   = 128 << 20 // bytes of commits in parts that are not whole
	maxSetting     = 2 << 20   // bytes of a setting that proves itself
)

// may judges an entry that another node sends; it is asked on the leader.
func (r *Register) may(peer flow.Identity, body []byte) error {
	c, err := decodeCommand(body)
	if err != nil {
		return err
	}
	if o, ok := c.(once); ok {
		c = o.Command
	}
	switch c := c.(type) {
	case syncUp:
		return nil
	case claim:
		r.noteClaims(peer, c.Actor)
		return itself(peer, c.Node)
	case claimAll:
		r.noteClaims(peer, c.Actors...)
		if len(c.Actors) > maxClaims {
			return fmt.Errorf("claim of %d actors at once: at most %d", len(c.Actors), maxClaims)
		}
		return itself(peer, c.Node)
	case commit:
		return itself(peer, c.Node)
	case commitPart:
		return errors.Join(itself(peer, c.Node), r.roomFor(c))
	case adopt:
		return itself(peer, c.Node)
	case putBlock:
		return r.mayPutBlock(peer, c)
	case putCertificate:
		return r.mayPublish(peer, c)
	case putSetting:
		return r.maySet(peer, c)
	case forgetCertificates:
		return fmt.Errorf("node %s may not have certificates forgotten: the leader does that, and asks nobody", peer.Name)
	case putApp:
		return r.voting(peer, "deploy application "+c.App.Name)
	case putAppPlan:
		return r.voting(peer, "deploy application "+c.App.Name)
	case putPlan:
		return r.voting(peer, "plan application "+c.App)
	case putPlanAt:
		return r.voting(peer, "plan application "+c.App)
	case removeApp:
		return r.voting(peer, "remove application "+c.Name)
	}
	return fmt.Errorf("a command of kind %d is for nobody to send", c.kind())
}

// itself refuses a node that speaks for another.
func itself(peer flow.Identity, speaks flow.NodeID) error {
	if string(speaks) != peer.Name {
		return fmt.Errorf("node %s speaks for node %s", peer.Name, speaks)
	}
	return nil
}

// noteClaims puts on record which actors a node claims that the plan has given to
// another. The machine refuses them: it alone knows the plan at the claim's place
// in the log. An honest node does that when the plan has just changed.
func (r *Register) noteClaims(peer flow.Identity, actors ...flow.ActorID) {
	r.machine.mu.RLock()
	var wrong flow.ActorID
	var at flow.NodeID
	n := 0
	for _, id := range actors {
		if a, ok := r.machine.state.actors[id]; ok && string(a.place.Node) != peer.Name {
			wrong, at = id, a.place.Node
			n++
		}
	}
	r.machine.mu.RUnlock()
	if n > 0 {
		r.group.Refused(peer, "a claim of actors", fmt.Errorf("%d of them, such as %s, which the plan has on node %q", n, wrong, at))
	}
}

// voting refuses what only voters may.
func (r *Register) voting(peer flow.Identity, what string) error {
	if r.group.Votes(flow.NodeID(peer.Name)) {
		return nil
	}
	return fmt.Errorf("node %s may not %s: it has no vote, and who has judges what people ask for: %s", peer.Name, what, r.voterNames())
}

func (r *Register) voterNames() string {
	names := ""
	for _, v := range r.group.Voters() {
		if names != "" {
			names += ", "
		}
		names += string(v.ID)
	}
	return names
}

// maySet judges a setting. One that proves itself must hold, whoever brings it.
func (r *Register) maySet(peer flow.Identity, c putSetting) error {
	proves := false
	if r.cfg.Checked != nil && c.Value != nil {
		if len(c.Value) > maxSetting {
			return fmt.Errorf("setting %.100s of %d bytes: at most %d", c.Key, len(c.Value), maxSetting)
		}
		var err error
		if proves, err = r.cfg.Checked(c.Key, c.Value); err != nil {
			return fmt.Errorf("setting %.100s does not hold: %w", c.Key, err)
		}
	}
	switch {
	case proves:
		return nil
	case r.cfg.Own != nil && r.cfg.Own(flow.NodeID(peer.Name), c.Key) && len(c.Value) <= maxOwn:
		return nil
	}
	return r.voting(peer, fmt.Sprintf("put setting %.100s", c.Key))
}

// mayPublish judges a certificate. Whose it is plays no part, since it is found
// by its hash only; but what nobody has issued would only fill memory.
func (r *Register) mayPublish(peer flow.Identity, c putCertificate) error {
	switch {
	case len(c.DER) > maxCertificate:
		return fmt.Errorf("certificate of %d bytes: at most %d", len(c.DER), maxCertificate)
	case r.cfg.Issued == nil:
		return r.voting(peer, "publish a certificate")
	}
	if err := r.cfg.Issued(c.DER); err != nil {
		return fmt.Errorf("certificate that node %s publishes: %w", peer.Name, err)
	}
	return nil
}

// roomFor refuses parts of commits that would never be whole.
func (r *Register) roomFor(c commitPart) error {
	r.machine.mu.RLock()
	defer r.machine.mu.RUnlock()
	sum := len(c.Bytes)
	for _, l := range r.machine.state.laid {
		if l.node == c.Node {
			sum += len(l.bytes)
		}
	}
	if sum > maxLaidBytes {
		return fmt.Errorf("node %s has %d bytes of commits in parts that are not whole: at most %d", c.Node, sum, maxLaidBytes)
	}
	return nil
}
