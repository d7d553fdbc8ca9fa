package node

import (
	"context"
	"encoding/json"
	"maps"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/expand"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A report is how one node's part of the cluster is. Nodes ask each other for
// it while somebody watches.
type report struct {
	Node     flow.NodeID                      `json:"node"`
	At       time.Time                        `json:"at"`
	Actors   []engine.ActorStat               `json:"actors"`
	Links    []engine.LinkStat                `json:"links"`
	Judged   map[flow.ActorID]*control.Judged `json:"judged,omitempty"`
	Faults   map[flow.ActorID]string          `json:"faults,omitempty"`
	Refusals []control.Refusal                `json:"refusals,omitempty"` // newest first
	Alarms   []control.Alarm                  `json:"alarms,omitempty"`   // newest first
	Events   []control.Event                  `json:"events,omitempty"`   // oldest first
	Chain    *control.ChainState              `json:"chain,omitempty"`
	Store    *control.StoreState              `json:"store,omitempty"`
	Checks   *control.ChecksState             `json:"checks,omitempty"`
	Facts    *control.NodeFacts               `json:"facts,omitempty"`

	Spools map[flow.ActorID]*control.SpoolState `json:"spools,omitempty"`
	// Lease is for how long this node may run what acts on the world, in
	// seconds from At; 0: it may not.
	Lease float64 `json:"lease,omitempty"`
	// View is the index of the newest view that this node has carried out: what
	// it takes away has stopped.
	View uint64 `json:"view"`

	asked, came time.Time // when this node asked for it, and had it
	// Where things stand in Actors and Links: see index.
	actorAt     map[flow.ActorID]int
	outAt, inAt map[flow.LinkID]int
}

// index makes what is in a report quick to find.
func (r *report) index() {
	r.actorAt = make(map[flow.ActorID]int, len(r.Actors))
	for i := range r.Actors {
		r.actorAt[r.Actors[i].ID] = i
	}
	r.outAt, r.inAt = make(map[flow.LinkID]int, len(r.Links)), make(map[flow.LinkID]int, len(r.Links))
	for i := range r.Links {
		if r.Links[i].Out {
			r.outAt[r.Links[i].ID] = i
		} else {
			r.inAt[r.Links[i].ID] = i
		}
	}
}

// askReport is the question that a report answers.
const askReport = "node.report"

// answerReport is what another node is told. What was refused names devices and
// what they measured: only voters have it, who show it to whom they may.
func (n *Node) answerReport(ctx context.Context, peer flow.Identity, _ []byte) ([]byte, error) {
	r := n.self(ctx)
	if !n.votes(flow.NodeID(peer.Name)) {
		r.Refusals, r.Alarms = nil, nil
	}
	return json.Marshal(r)
}

// self is this node's own report.
func (n *Node) self(ctx context.Context) *report {
	done := n.reconciler.done.Load() // before looking at what runs
	actors, links := n.engine.Stats()
	r := &report{Node: n.cfg.Node, At: time.Now(), Actors: actors, Links: links, Judged: map[flow.ActorID]*control.Judged{},
		Faults: n.reconciler.faults(), View: done, Refusals: n.judged.newest(), Alarms: n.alarms.newest(), Events: n.events.newest(),
		Chain: n.chainState(ctx), Store: n.storeState(ctx), Checks: n.checks.state(), Facts: n.facts.now()}
	r.Lease, r.Spools = n.tenure.left().Seconds(), n.spools(ctx, actors)
	for _, a := range actors {
		if j := n.judged.of(a.ID); j != nil {
			r.Judged[a.ID] = j
		}
	}
	return r
}

// spools asks the spools that run here what waits in them.
func (n *Node) spools(ctx context.Context, actors []engine.ActorStat) map[flow.ActorID]*control.SpoolState {
	var all map[flow.ActorID]*control.SpoolState
	for _, a := range actors {
		if !expand.IsSpool(a.ID) {
			continue
		}
		v, err := n.engine.Report(ctx, a.ID, nil)
		if err != nil {
			continue // it has stopped, or is busy
		}
		s := new(control.SpoolState)
		if b, err := json.Marshal(flow.Plain(v)); err != nil || json.Unmarshal(b, s) != nil {
			continue
		}
		if all == nil {
			all = map[flow.ActorID]*control.SpoolState{}
		}
		all[a.ID] = s
	}
	return all
}

// A gatherer keeps the newest report of every node, and the one before it, as
// long as somebody looks.
type gatherer struct {
	n *Node

	mu       sync.Mutex // guards what follows
	looked   time.Time  // when somebody last looked
	now, old map[flow.NodeID]*report
	mid      map[flow.NodeID]*report // what old is next
	fresh    chan struct{}           // closed after the first round since nobody looked
}

// How long reports go on being gathered after the last look, how often, and how
// far apart the two are, once there are such, that a rate is measured over: so far
// at least and twice that at most, so that what comes once a second looks even.
const (
	lookFor   = 10 * time.Second
	gatherAll = 500 * time.Millisecond
	rateOver  = 3 * time.Second
)

// run gathers until ctx ends.
func (g *gatherer) run(ctx context.Context) {
	tick := time.NewTicker(gatherAll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		g.mu.Lock()
		wanted := time.Since(g.looked) < lookFor
		if !wanted {
			g.now, g.mid, g.old = nil, nil, nil // a look after this begins anew; see look
		}
		g.mu.Unlock()
		if wanted {
			g.round(ctx)
		}
	}
}

// round asks every other node that is up. One that does not answer keeps its
// last report.
func (g *gatherer) round(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, gatherAll)
	defer cancel()
	var wg sync.WaitGroup
	for _, m := range g.n.members.All() {
		if !m.Up || m.ID == g.n.cfg.Node {
			continue
		}
		wg.Go(func() {
			asked := time.Now()
			body, err := g.n.door.Ask(ctx, m.ID, askReport, nil)
			if err != nil {
				return
			}
			var r report
			if json.Unmarshal(body, &r) == nil && r.Node == m.ID {
				r.asked = asked
				g.put(&r)
			}
		})
	}
	asked := time.Now()
	self := g.n.self(ctx)
	self.asked = asked
	g.put(self)
	wg.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fresh != nil {
		close(g.fresh)
		g.fresh = nil
	}
}

func (g *gatherer) put(r *report) {
	r.index()
	r.came = time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	switch prev, mid := g.now[r.Node], g.mid[r.Node]; {
	case prev == nil:
	case mid == nil:
		g.old[r.Node], g.mid[r.Node] = prev, prev
	case r.At.Sub(mid.At) >= rateOver:
		g.old[r.Node], g.mid[r.Node] = mid, r
	}
	g.now[r.Node] = r
}

// begin forgets what was gathered. Called with the lock.
func (g *gatherer) begin() {
	g.now, g.mid, g.old = map[flow.NodeID]*report{}, map[flow.NodeID]*report{}, map[flow.NodeID]*report{}
	g.fresh = make(chan struct{})
}

// glance gives the newest reports there are, and waits for none.
func (g *gatherer) glance() map[flow.NodeID]*report {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.now == nil || time.Since(g.looked) > lookFor {
		g.begin()
	}
	g.looked = time.Now()
	return maps.Clone(g.now)
}

// look gives the newest reports and those that rates are measured from. The
// first look after a pause waits for a round.
func (g *gatherer) look(ctx context.Context) (now, old map[flow.NodeID]*report) {
	g.mu.Lock()
	if g.now == nil || time.Since(g.looked) > lookFor {
		g.begin()
	}
	g.looked = time.Now()
	fresh := g.fresh
	g.mu.Unlock()
	if fresh != nil {
		select {
		case <-fresh:
		case <-ctx.Done():
		case <-time.After(2 * gatherAll):
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.now), maps.Clone(g.old)
}
