package agree

import (
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Who may do what. A door lets in every node of the trust domain, so each
// question is judged by who asks: whoever holds the log says who else does, and
// all others are told and ask for entries.

// Votes reports whether a node is one of the voters now, as far as this node
// knows; the leader knows.
func (g *Group) Votes(node flow.NodeID) bool {
	s, ok := g.roll().find(node)
	return ok && s.Votes
}

// mayChange judges a change of the voters that another node wants. A node may
// give up its own vote: it may have been taken already, and the answer lost.
func (g *Group) mayChange(peer flow.Identity, c change) error {
	if g.Votes(flow.NodeID(peer.Name)) || c.Add == nil && string(c.Remove) == peer.Name {
		return nil
	}
	return fmt.Errorf("node %s may not change who the voters of the %s are: only they may (%s): ask one of them", peer.Name, g.cfg.Name, g.voterNames())
}

// ofVoter refuses what only voters may ask, whatever their boot.
func (g *Group) ofVoter(peer flow.Identity, what string) error {
	g.mu.Lock()
	known := g.known
	g.mu.Unlock()
	_, is := g.roll().find(flow.NodeID(peer.Name))
	_, was := known.find(flow.NodeID(peer.Name))
	if is || was {
		return nil
	}
	err := fmt.Errorf("%s is not a voter as far as node %s knows", peer.Name, g.cfg.Self)
	g.Refused(peer, what, err)
	return err
}

// Refused tells the record, Config.Audit, that something of another node was
// refused: what the machine refused too, if its owner thinks that worth it.
func (g *Group) Refused(peer flow.Identity, what string, why error) {
	if !g.refusal.first(peer.URI+"\x00"+what, time.Now()) {
		return
	}
	if g.cfg.Audit == nil {
		g.log.Warn("refused", "peer", peer.URI, "what", what, "err", why)
		return
	}
	g.cfg.Audit(flow.AuditEvent{Kind: flow.AuditRegister, Who: peer.URI, Proven: true, What: what, Why: why.Error()})
}

const (
	repeatAfter = 10 * time.Second // the same refusal is told again
	mostTold    = 1000             // refusals remembered; more would be an attack on memory
)

// A told remembers what was told lately, so that a node which tries in a loop
// fills no record.
type told struct {
	mu sync.Mutex // guards at
	at map[string]time.Time
}

// first reports whether something was not told lately, and notes that it is now.
func (t *told) first(what string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at, ok := t.at[what]; ok && now.Sub(at) < repeatAfter {
		return false
	}
	if t.at == nil {
		t.at = map[string]time.Time{}
	}
	if len(t.at) >= mostTold {
		for k, at := range t.at {
			if now.Sub(at) >= repeatAfter {
				delete(t.at, k)
			}
		}
		if len(t.at) >= mostTold {
			return false
		}
	}
	t.at[what] = now
	return true
}
