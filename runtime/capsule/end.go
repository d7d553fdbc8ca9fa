package capsule

import (
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// An InEnd is a receiving end of an actor's link as the capsule sees it. [In]
// is one; where other goroutines look at the end, too, its holder wraps it with
// a lock.
type InEnd interface {
	// Place is where the actor is on the link, for a step; what was taken up to
	// there is not asked for again.
	Place() (key flow.LinkID, taken uint64)
	// Undo gives back what was taken since the last step.
	Undo()
	// Settle tells the sender that tokens up to that number have taken effect
	// for good.
	Settle(upto uint64)
}

// An OutEnd is a sending end of an actor's link as the capsule sees it, such as
// an [Out].
type OutEnd interface {
	// Place is where the actor is on the link, for a step. The tokens given
	// since the last step are appended to out, or with whole all that are held.
	Place(out []flow.OutToken, whole bool) (Place, []flow.OutToken)
	// Undo takes back what was given since the last step.
	Undo()
	// Release lets go what was given up to that number.
	Release(upto uint64)
}

// A Place is where an actor is on an out-link.
type Place struct {
	Key     flow.LinkID // the link's name in checkpoints; see [Key]
	Made    uint64      // last number given
	Settled uint64      // last number settled by the other end
}

// An In is the receiving end of a link, and how far steps have it.
type In struct {
	link.In
	Key     flow.LinkID // the link's name in checkpoints
	stepped uint64      // last number taken that a step has
}

// Place is as [InEnd] says.
func (i *In) Place() (key flow.LinkID, taken uint64) {
	i.stepped = i.In.Taken()
	i.In.Forget(i.stepped)
	return i.Key, i.stepped
}

// Undo is as [InEnd] says.
func (i *In) Undo() { i.In.Rewind(i.stepped) }

// An Out is the sending end of a link, and how far steps have it.
type Out struct {
	link.Out
	Key     flow.LinkID // the link's name in checkpoints
	stepped uint64      // last number given that a step has
}

// Place is as [OutEnd] says.
func (o *Out) Place(out []flow.OutToken, whole bool) (Place, []flow.OutToken) {
	from := o.stepped
	if whole {
		from = 0
	}
	p := Place{Key: o.Key, Made: o.Out.Made(), Settled: o.Out.SettledTo()}
	if n := max(from, p.Settled); n < p.Made {
		out = slices.Grow(out, int(p.Made-n))
		for t := range o.Out.After(from) {
			out = append(out, flow.OutToken{Link: o.Key, Token: *t})
		}
	}
	o.stepped = p.Made
	return p, out
}

// Fresh is how many tokens were given since the last step.
func (o *Out) Fresh() uint64 { return o.Out.Made() - o.stepped }

// Undo is as [OutEnd] says.
func (o *Out) Undo() { o.Out.Withdraw(o.stepped) }
