package remote

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An open connection outlives the expiry and the revocation of the certificates
// it was made with, so the door looks again: often, because looking is cheap,
// and at once when somebody is revoked.

// judgeEvery is how many of those looks go by before the policy is asked about
// links that are up. Whoever changes it calls [Door.Recheck].
const judgeEvery = 5

func (d *Door) recheckAll() {
	tick := time.NewTicker(d.cfg.Recheck)
	defer tick.Stop()
	changed := d.cfg.Verifier.Changed()
	for n := 1; ; n++ {
		select {
		case <-d.quit.Done():
			return
		case <-changed:
			changed = d.cfg.Verifier.Changed()
			d.recheck(true)
		case <-tick.C:
			d.recheck(n%judgeEvery == 0)
		}
	}
}

// Recheck closes each connection and each link one of whose certificates has
// expired or is revoked, and each link that [Links] does not let hold any more;
// and it sees to new connections and sessions where certificates have been
// renewed or keys are old. The door does so every [Config].Recheck and when the
// verifier says that something has changed; whoever has just changed the policy
// need not wait.
func (d *Door) Recheck() { d.recheck(true) }

// RecheckLinks asks about some links only, at once: of those that are not up
// here it does nothing.
func (d *Door) RecheckLinks(ids ...flow.LinkID) {
	for _, id := range ids {
		if t := d.known(id); t != nil {
			d.recheckLink(t, d.cfg.Now(), true)
		}
	}
}

func (d *Door) recheck(judge bool) {
	now := d.cfg.Now()
	d.mu.Lock()
	conns := slices.Collect(maps.Keys(d.conns))
	tracks := slices.Collect(maps.Values(d.links))
	peers := slices.Collect(maps.Values(d.peers))
	streams := slices.Collect(maps.Values(d.streams))
	d.mu.Unlock()
	for _, c := range conns {
		switch err := d.lasts(c.peer, c.own, now); {
		case err != nil:
			c.Close()
			d.log.Info("connection ended", "peer", c.peer.URI, "err", err)
			if !d.outlived(c, err, now) {
				d.auditPeer(c, flow.AuditConnection, "", "keep its connection", err)
			}
		case c.turns(now):
			c.Close()
			d.log.Debug("connection ended in time, to be made anew", "peer", c.peer.URI)
		}
	}
	for _, t := range tracks {
		d.recheckLink(t, now, judge)
	}
	for _, p := range streams {
		for _, st := range []*stream{p.now, p.before} {
			if st == nil {
				continue
			}
			for _, s := range st.late(now) {
				s.t.end(s, errSilent)
			}
		}
	}
	for _, p := range peers {
		if p.outdated(now) {
			d.start(p.renew)
		}
	}
}

// lasts tells whether both certificates of a connection still hold.
func (d *Door) lasts(peer, own flow.Identity, now time.Time) error {
	if err := d.cfg.Verifier.Holds(peer, now); err != nil {
		return err
	}
	return d.cfg.Verifier.Holds(own, now)
}

func (d *Door) recheckLink(t *track, now time.Time, judge bool) {
	up, busy := t.now()
	if busy != nil && now.After(busy.due) {
		t.end(busy, errSilent)
	}
	if up == nil {
		return
	}
	err := d.lasts(up.who, up.signer.ID, now)
	if err == nil && judge {
		if err = t.holds(up); err != nil && !passes(err) {
			err = errors.Join(errNotAllowed, err)
		}
	}
	switch {
	case err != nil:
		t.refuse(up, err)
	case up.st.peer != nil && t.restless(now):
		up.st.peer.kick()
	}
}

// errNotAllowed reports a link that was allowed and is not any more.
var errNotAllowed = errors.New("the link is not allowed any more")
