package node

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/remote"
)

// Nodes ask each other what time it is: how far they are apart, and whether
// their clocks agree, which leases, certificates and times of readings rest on.

// askClock is the question for a node's clock; its answer is two times in
// nanoseconds since 1970, eight bytes each: when it came, and when it is answered.
const askClock = "node.clock"

const (
	clockTick  = 2 * time.Second  // between looks at whom to ask
	clockEvery = 10 * time.Second // between two questions to one node
	clockFirst = 3                // questions to a node that is new, one each tick
	clockPeers = 16               // in a larger cluster only voters and the ends of links are asked
	clockMost  = 32               // of them
)

// clocks are how the other nodes were found.
type clocks struct {
	n *Node

	mu    sync.Mutex // guards peers
	peers map[flow.NodeID]*peerClock
}

type peerClock struct {
	askings askings
	asked   time.Time // the last time
	times   int       // in all
	why     error     // why there was no answer to it
}

// run asks until ctx ends.
func (c *clocks) run(ctx context.Context) {
	tick := time.NewTicker(clockTick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			c.round(ctx, time.Now())
		}
	}
}

// round asks those whose turn it is.
func (c *clocks) round(ctx context.Context, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, clockTick)
	defer cancel()
	var wg sync.WaitGroup
	for _, peer := range c.due(c.n.meets(), now) {
		wg.Go(func() {
			a, err := c.ask(ctx, peer)
			c.put(peer, a, err)
		})
	}
	wg.Wait()
}

// due are those of some nodes whose turn it is. What is known of others is
// forgotten.
func (c *clocks) due(peers []flow.NodeID, now time.Time) []flow.NodeID {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.peers {
		if !slices.Contains(peers, id) {
			delete(c.peers, id)
		}
	}
	var due []flow.NodeID
	for _, id := range peers {
		p := c.peers[id]
		if p == nil {
			p = new(peerClock)
			c.peers[id] = p
		}
		if p.times < clockFirst || now.Sub(p.asked) >= clockEvery {
			p.asked = now
			p.times++
			due = append(due, id)
		}
	}
	return due
}

func (c *clocks) ask(ctx context.Context, peer flow.NodeID) (asking, error) {
	return askClockOf(ctx, c.n.door, peer)
}

// askClockOf asks a node for its clock.
func askClockOf(ctx context.Context, door *remote.Door, peer flow.NodeID) (asking, error) {
	a := asking{left: time.Now()}
	body, err := door.Ask(ctx, peer, askClock, nil)
	if err != nil {
		return a, err
	}
	a.came = time.Now()
	if len(body) != 16 {
		return a, errors.New("its answer is not two times")
	}
	a.had = time.Unix(0, int64(binary.BigEndian.Uint64(body)))
	a.answered = time.Unix(0, int64(binary.BigEndian.Uint64(body[8:])))
	return a, nil
}

// answerClock is ask's other end.
func answerClock(context.Context, flow.Identity, []byte) ([]byte, error) {
	now := uint64(time.Now().UnixNano()) // there is nothing to do between the two
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, now), now), nil
}

func (c *clocks) put(peer flow.NodeID, a asking, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.peers[peer]
	if p == nil {
		return
	}
	if p.why = err; err == nil {
		p.askings = p.askings.with(a)
	}
}

// state is how each of the others was found, by name, and how far this node's
// clock is ahead of theirs.
func (c *clocks) state() (peers []control.PeerState, ahead time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var skews []time.Duration
	for id, p := range c.peers {
		s := control.PeerState{Node: id}
		if best, ok := p.askings.best(); ok {
			s.RTT, s.Skew, s.At = microseconds(best.rtt()), microseconds(best.skew()), best.came.UTC()
			skews = append(skews, best.skew())
		}
		if p.why != nil {
			s.Why = p.why.Error()
		}
		if s.At.IsZero() && s.Why == "" {
			continue // it is being asked
		}
		peers = append(peers, s)
	}
	slices.SortFunc(peers, func(a, b control.PeerState) int { return cmp.Compare(a.Node, b.Node) })
	return peers, -median(skews)
}

// meets are the nodes that this one has to do with: all that are up, or of very
// many the voters and those to which its links go, so that a large cluster is no
// net in which everybody asks everybody.
func (n *Node) meets() []flow.NodeID {
	var all []flow.NodeID
	for _, m := range n.members.All() {
		if m.Up && m.ID != n.cfg.Node {
			all = append(all, m.ID)
		}
	}
	if len(all) <= clockPeers {
		return all
	}
	beside := n.links.nodes()
	near := slices.DeleteFunc(all, func(id flow.NodeID) bool { return !n.votes(id) && !beside[id] })
	slices.Sort(near)
	return near[:min(len(near), clockMost)]
}

// nodes are those to which links go from here or come from.
func (ls *links) nodes() map[flow.NodeID]bool {
	found := map[flow.NodeID]bool{}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for _, f := range ls.open {
		found[f.node] = true
	}
	for _, a := range ls.from {
		found[a.node] = true
	}
	return found
}
