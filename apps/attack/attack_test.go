package attack

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/audit"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

var long = flag.Bool("long", false, "try also what takes long")

// An attack is one thing that is tried.
type attack struct {
	id    string // of the requirement, and what is tried, in a word
	has   string // what the attacker has
	tries string
	long  bool // only with -long
	// do tries it, and says how it was refused. When it is not refused it ends
	// the test.
	do func(t *testing.T, g *ground) string
	// record is what a node must have on record for it, all of them.
	record []record
	mute   string // the bed that gives no more readings afterwards
}

// A record is an event that must be in the audit record of a node.
type record struct {
	on   flow.NodeID // "": whichever
	kind flow.AuditKind
	who  string // how the SPIFFE ID of the attacker ends; "": somebody is named, or an address is
}

func (r record) is(e control.AuditEntry, member string) bool {
	return e.Refused() && e.Kind == r.kind && strings.HasSuffix(e.Who, strings.Replace(r.who, enemy, member, 1)) && (e.Who != "" || e.From != "")
}

// attacks are all of them, in the order of the requirements. Those that take
// something away from the ground are last.
func attacks() []attack {
	return slices.Concat(eavesdropping(), inTheMiddle(), badCertificates(), falseData(), sinkholes(), replays(),
		captured(), hostileLinks(), hostileGossip(), hostileRegister(), hostileVoters(), exhausting(), revocations())
}

// Nothing that is tried succeeds, all of it is on record, and the ward goes on.
func TestAttacks(t *testing.T) {
	g := newGround(t)
	for _, a := range attacks() {
		if g.spoilt.Load() {
			t.Fatal("the ward does not recover from the last attack: what follows would show nothing")
		}
		t.Run(strings.ReplaceAll(a.id, " ", "_"), func(t *testing.T) {
			if a.long && !*long {
				t.Skip("only with -long")
			}
			g := g.within(t)
			since := time.Now()
			how := a.do(t, g)
			if how == "" {
				t.Fatalf("the attacker has %s, and %s: nobody refused it", a.has, a.tries)
			}
			t.Logf("has:     %s", a.has)
			t.Logf("tried:   %s", a.tries)
			t.Logf("refused: %s", how)
			for _, r := range a.record {
				t.Logf("record:  %s", g.recorded(r, since))
			}
			if a.mute != "" {
				*g.muted = a.mute
			}
			g.spoilt.Store(true)
			g.goesOn()
			g.spoilt.Store(false)
		})
	}
	g.whole()
}

// whole stops the nodes and checks that nobody has changed their records, and that
// the nodes have signed them up to the last entry but that of the end.
func (g *ground) whole() {
	g.t.Helper()
	for _, n := range nodeNames {
		if g.nodes[n] != nil {
			g.stop(n)
		}
		r, err := audit.Verify(filepath.Join(g.cfgs[n].Dir, "audit"), pki.NewVerifier(g.trust).Identify)
		if err != nil || r.Sealed+1 != r.Last || r.Torn {
			g.t.Errorf("the record of node %s: %+v, %v", n, r, err)
		}
		g.t.Logf("the record of node %s has %d entries, which it has signed up to %d; %d events were lost", n, r.Last, r.Sealed, r.Lost)
	}
}

// within is the ground for a test within the first one.
func (g *ground) within(t *testing.T) *ground {
	inner := *g
	inner.t = t
	inner.enemy = fmt.Sprintf("mallory-%d", g.attacks.Add(1))
	return &inner
}

// recorded waits for an event in the nodes' records, and says what it says.
func (g *ground) recorded(r record, since time.Time) string {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.t.Context(), 5*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		var seen []string
		for _, e := range g.caRecord.since(since) {
			line := fmt.Sprintf("%s %s %s (proven: %t) from %s: %s: %s", caService, e.Kind, e.Who, e.Proven, e.From, e.What, e.Why)
			if r.on == caService && r.is(control.AuditEntry{AuditEvent: e}, g.enemy) {
				return line
			}
			seen = append(seen, line)
		}
		for name, n := range g.nodes {
			if r.on != "" && name != r.on {
				continue
			}
			list, err := n.Audit(ctx, flow.Identity{}, control.AuditQuery{Since: since, Refused: true, Limit: 200})
			if err != nil {
				g.t.Fatal(err)
			}
			for _, e := range list {
				line := fmt.Sprintf("%s #%d %s %s (proven: %t) from %s: %s: %s", name, e.N, e.Kind, e.Who, e.Proven, e.From, e.What, e.Why)
				if r.is(e, g.enemy) {
					return line
				}
				seen = append(seen, line)
			}
		}
		select {
		case <-ctx.Done():
			g.t.Errorf("no node has it on record: want %s by …%s; since then there are %d:\n%s", r.kind, r.who, len(seen), strings.Join(seen, "\n"))
			return "nothing"
		case <-tick.C:
		}
	}
}
