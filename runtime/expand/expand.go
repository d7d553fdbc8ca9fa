package expand

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/placement"
)

// A State is what an expansion depends on beside the script.
type State struct {
	Nodes  []placement.NodeView         // every node ever seen and not removed
	Gone   func(flow.NodeID) bool       // nodes removed for good; nil: none. Others that Nodes lacks count as down
	Here   flow.NodeID                  // the node that got the request: current_node()
	Zones  map[string]map[string]string // as in placement.Input
	Wanted map[flow.ActorID]int         // by actor of the script, how many replicas; none: as many as there are
	Old    *flow.Graph                  // what runs now; nil: nothing does
	Empty  map[flow.ActorID]bool        // actors that are ending and hold nothing any more
	// Drained are the closing links whose sender holds nothing on them any more:
	// a link that runs gets its spool only when it is. Nil: nobody looks, and the
	// spool comes at once, before what the link holds has arrived.
	Drained map[flow.LinkID]bool
}

// Run gives the graph that shall run for the graph of a script. Specs are the
// actor types by name; an actor of an unknown type is not replicated, since
// nothing says where it fits. Source and State.Old stay as they are, and share
// arguments and rules with the outcome.
//
// It returns an error for an application that would have more actors, links or
// replicas than the limits at the end of this file, and for what only a faulty compiler could give: a scaling rule
// that can't be read, a queue of an unknown kind.
func Run(source *flow.Graph, specs func(typ string) (flow.Spec, bool), st State) (flow.Graph, error) {
	x := &expansion{source: source, specs: specs, st: st, copies: map[flow.ActorID][]flow.Node{}}
	x.remember()
	x.gather()
	for _, n := range source.Actors {
		if err := x.replicate(n); err != nil {
			return flow.Graph{}, fmt.Errorf("expand %s: %w", n.ID, err)
		}
	}
	if err := x.join(); err != nil {
		return flow.Graph{}, fmt.Errorf("expand %s: %w", source.App, err)
	}
	if err := x.spill(); err != nil {
		return flow.Graph{}, fmt.Errorf("expand %s: %w", source.App, err)
	}
	x.bind()
	slices.SortFunc(x.out.Actors, func(a, b flow.Node) int { return cmp.Compare(a.ID, b.ID) })
	return x.out, nil
}

// An expansion is one call of Run.
type expansion struct {
	source *flow.Graph
	specs  func(string) (flow.Spec, bool)
	st     State
	old    map[flow.ActorID][]flow.Node // what runs now, by the actor of the script, by number
	spools []flow.Node                  // spools that run now
	copies map[flow.ActorID][]flow.Node // what shall run, by the actor of the script, by number
	teams  map[string][]flow.Node       // actors that are scaled as one, by their rule's target
	player map[flow.ActorID]string      // the team of each
	pairs  int                          // of replicas that are apart, so far
	out    flow.Graph
}

// remember sorts what runs now.
func (x *expansion) remember() {
	x.old = map[flow.ActorID][]flow.Node{}
	x.out.App = x.source.App
	if x.st.Old == nil {
		return
	}
	for _, n := range x.st.Old.Actors {
		switch {
		case n.Type == SpoolType && IsSpool(n.ID):
			x.spools = append(x.spools, n)
		default:
			x.old[Of(n)] = append(x.old[Of(n)], n)
		}
	}
	for _, all := range x.old {
		slices.SortFunc(all, func(a, b flow.Node) int { return cmp.Compare(number(a), number(b)) })
	}
}

// Of is the actor of the script that a node of an expanded graph runs for: its
// own name, unless it is a replica. A spool is for itself.
func Of(n flow.Node) flow.ActorID {
	if n.Replica != nil {
		return n.Replica.Of
	}
	return n.ID
}

func number(n flow.Node) int {
	if n.Replica != nil {
		return n.Replica.Number
	}
	return 1
}

// name is the name of a replica.
func name(of flow.ActorID, number int) flow.ActorID {
	if number == 1 {
		return of
	}
	return of + flow.ActorID(suffix(number))
}

// suffix tells a replica's name from the original's.
func suffix(number int) string {
	if number == 1 {
		return ""
	}
	return fmt.Sprintf("%c%d", Mark, number)
}

// Mark stands in the names of actors that no script declares: replicas and spools.
const Mark = '~'

// join makes the links: every replica has those of the original. What leads to
// a replica that is ending closes.
func (x *expansion) join() error {
	for _, l := range x.source.Links {
		team := x.oneTeam(l)
		for _, from := range x.copies[l.From.Actor] {
			for _, to := range x.copies[l.To.Actor] {
				if b := between(l, from, to); !team || x.belong(b, from, to) {
					x.out.Links = append(x.out.Links, b)
				}
			}
			if len(x.out.Links) > maxLinks {
				return fmt.Errorf("link %s > %s: with this one, between replicas, there are more than %d: ask for fewer replicas on one side", l.From, l.To, maxLinks)
			}
		}
	}
	return nil
}

// The limits of what one application may have, as a script may ask for any number of
// replicas: a replica set of a thousand, as people may; and so many pairs of replicas
// that must be apart as placement can look at in about a second.
const (
	maxActors   = 100_000
	maxLinks    = 1_000_000
	maxReplicas = 1000
	maxPairs    = 250_000
)

// room is how many replicas an actor may have, beside what there is already.
func (x *expansion) room(alone bool) int {
	n := min(maxReplicas, maxActors-len(x.out.Actors))
	if alone {
		n = min(n, int(math.Sqrt(float64(max(0, maxPairs-x.pairs)))))
	}
	return max(n, 0)
}

func between(l flow.Link, from, to flow.Node) flow.Link {
	l.From.Actor, l.To.Actor = from.ID, to.ID
	l.Closing = l.Closing || ending(to)
	if s := suffix(number(from)); s != "" {
		// Ports that tell their sources apart get each replica as one of its own.
		if l.Tag == "" {
			l.Tag = l.FromAs
		}
		l.FromAs, l.Tag = rename(l.FromAs, s), l.Tag+s
	}
	if s := suffix(number(to)); s != "" {
		l.ToAs = rename(l.ToAs, s)
	}
	return l
}

// rename puts a suffix to the actor in "actor.port".
func rename(as, suffix string) string {
	i := strings.LastIndexByte(as, '.')
	if i < 0 {
		return as
	}
	return as[:i] + suffix + as[i:]
}

func ending(n flow.Node) bool { return n.Replica != nil && n.Replica.Ending }
