package sim

import (
	"encoding/binary"
	"time"

	"github.com/wardflow/wardflow/runtime/capsule"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// A cell is one activation of an actor in a process.
type cell struct {
	n     *node
	id    flow.ActorID
	decl  flow.Node
	kind  kind
	epoch uint64
	plan  string // what it was started from
	term  uint64 // of its node's lease when it was claimed

	capsule *capsule.Capsule
	in      []*inEnd
	out     []*outEnd
	device  *device // of a source
	own     keeper  // nil: the register keeps its checkpoints

	now   state // what the actor's value holds
	saved state // as in the last step
	took  []taken
	since []taken // in the step under way

	touched []origin // what a pump has done in the world since

	dirty    bool
	stopping bool
	gone     bool
	woken    bool
	drained  func(kept bool)
}

// A state is what all actors here remember: how many tokens they have seen, and
// a number that nobody could compute again.
type state struct{ count, salt uint64 }

func (s state) bytes() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, s.count), s.salt)
}

func stateOf(b []byte) state {
	if len(b) != 16 {
		return state{}
	}
	return state{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

// taken is a token that an actor took.
type taken struct {
	key   flow.LinkID
	seq   uint64
	value int64
}

const (
	window      = 12 // tokens a link holds
	queue       = 5  // tokens an in-port has room for
	turnFirings = 6
)

// wake makes the actor look at what it can do.
func (c *cell) wake() {
	if c.woken || c.gone {
		return
	}
	c.woken = true
	c.n.w.after(c.n.w.between(20*time.Microsecond, 800*time.Microsecond), c.n.p, c.turn)
}

func (c *cell) turn() {
	c.woken = false
	if c.gone {
		return
	}
	if !c.may() { // its node will stop it; until then it does nothing
		return
	}
	for n := 0; !c.stopping; n++ {
		if n == turnFirings {
			c.wake()
			break
		}
		if !c.fire() {
			break
		}
		c.dirty = true
	}
	if c.dirty && !c.stopping && !c.n.w.mood.peace && c.n.w.chance(300) {
		c.fall()
	}
	c.keep()
}

// may reports whether the actor may fire: an exclusive one only while its node
// holds the lease that it was claimed under.
func (c *cell) may() bool {
	return c.kind != pump || c.term == c.n.holder.Term() && c.n.holder.Holds(c.n.h.clock())
}

// fall is a panic: what was done since the last step has not happened.
func (c *cell) fall() {
	c.n.w.tell("%s: %s panics and falls back to its last step", c.n.h.id, c.id)
	c.capsule.Undo()
	c.now, c.took, c.dirty = c.saved, nil, false
	c.wake()
}

// fire does one thing, if there is one to do and room for what it gives.
func (c *cell) fire() bool {
	room := c.room()
	if c.device != nil && room {
		reading, ok := c.device.next(c.now.count)
		if ok {
			c.now.count = reading
			c.give(pack(c.device.number, reading, 0))
		}
		return ok
	}
	i := c.choose(room)
	if i == nil {
		return false
	}
	t, _ := i.Take()
	value := t.Value.(int64)
	c.took = append(c.took, taken{i.Key, t.Seq, value})
	i.grant()
	c.now.count++
	c.n.w.judge.take(c, i, t.Seq, value)
	switch c.kind {
	case merge:
		if i.link.To.Port == "back" {
			return true
		}
		c.now.salt = c.now.salt*31 + c.n.w.rng.Uint64N(1<<14)
		c.give(salted(value, c.now.salt))
	case filter:
		if !dropped(value) {
			c.give(value)
		}
	case work:
		c.give(value)
	case pump:
		c.n.w.judge.act(c, value)
	}
	return true
}

func (c *cell) room() bool {
	for _, o := range c.out {
		if o.Room() == 0 && !o.link.Closing {
			return false
		}
	}
	return true
}

// choose is any in-link where a token waits: which, nobody can tell again. With
// no room for what it would give, only what gives nothing happens.
func (c *cell) choose(room bool) *inEnd {
	from := 0
	if len(c.in) > 1 {
		from = c.n.w.rng.IntN(len(c.in))
	}
	for n := range c.in {
		if i := c.in[(from+n)%len(c.in)]; i.Len() > 0 && (room || i.link.To.Port == "back") {
			return i
		}
	}
	return nil
}

// give puts a value on all out-links, or on one of those that share it out.
func (c *cell) give(value int64) {
	var shared []*outEnd
	for _, o := range c.out {
		switch {
		case o.link.Closing:
		case o.link.From.Port == "share":
			shared = append(shared, o)
		default:
			o.offer(value)
		}
	}
	if len(shared) > 0 {
		shared[int(c.now.count)%len(shared)].offer(value)
	}
}

// keep brings what has changed to whoever keeps checkpoints.
func (c *cell) keep() {
	if c.gone {
		return
	}
	if !c.dirty || !c.capsule.Begin() {
		c.settledDown()
		return
	}
	c.dirty = false
	step := c.capsule.Step(c.now.bytes())
	c.saved = c.now
	c.since, c.took = c.took, nil
	if c.own != nil {
		c.commitOwn(step)
		return
	}
	c.n.offer(c, *step)
}

// landed follows a step that is kept.
func (c *cell) landed() {
	if c.gone {
		return
	}
	c.since = nil
	c.capsule.Landed()
	c.capsule.Land()
	if c.device != nil {
		c.device.acknowledge(stateOf(c.capsule.Last().State).count)
	}
	if c.stopping {
		c.keep()
	} else if c.dirty {
		c.wake()
	}
}

// expire ends an activation that a newer one has replaced.
func (c *cell) expire() {
	if c.gone {
		return
	}
	c.n.w.tell("%s: %s of epoch %d learns that it was replaced", c.n.h.id, c.id, c.epoch)
	c.halt("it was replaced")
}

// stop ends the activation once its last step is kept, or after a while without.
func (c *cell) stop(bound time.Duration, then func(kept bool)) {
	if c.gone || c.stopping {
		return
	}
	c.n.w.tell("%s: %s of epoch %d is being stopped", c.n.h.id, c.id, c.epoch)
	c.stopping, c.drained = true, then
	c.n.p.after(bound, func() {
		if !c.gone {
			c.halt("it was stopped without its last step")
		}
	})
	c.keep()
}

// settledDown ends a stopping activation that has nothing left to keep.
func (c *cell) settledDown() {
	if c.stopping && !c.dirty && !c.capsule.Flying() {
		c.halt("it was stopped")
	}
}

// halt ends the activation now.
func (c *cell) halt(why string) {
	if c.gone {
		return
	}
	c.n.w.tell("%s: %s of epoch %d ends: %s", c.n.h.id, c.id, c.epoch, why)
	kept := c.stopping && !c.dirty && !c.capsule.Flying()
	c.gone = true
	c.capsule.Close()
	if c.n.cells[c.id] == c {
		delete(c.n.cells, c.id)
	}
	for _, o := range c.out {
		o.drop()
	}
	for _, i := range c.in {
		i.drop()
	}
	if then := c.drained; then != nil {
		c.drained = nil
		then(kept)
	}
	c.n.look()
}

// holding counts what the activation has not brought on yet.
func (c *cell) holding() int {
	n := len(c.took)
	for _, i := range c.in {
		n += i.Len()
	}
	for _, o := range c.out {
		n += o.Held()
	}
	return n
}

// An inEnd is the receiving end of a link in a process.
type inEnd struct {
	capsule.In
	c    *cell
	link flow.Link
	life uint64
	via  *session
}

// grant tells the sender of new room, if that is worth it.
func (i *inEnd) grant() {
	if i.via != nil && i.via.asked && i.GrantDue() {
		i.via.back(link.Message{Kind: link.KindCredit, Credit: i.Credit()})
	}
}

// Settle is as [capsule.InEnd] says.
func (i *inEnd) Settle(upto uint64) {
	i.c.n.w.judge.settles(i, upto)
	if i.In.Settle(upto) && i.via != nil && i.via.asked {
		i.via.back(link.Message{Kind: link.KindSettled, Settled: upto})
	}
}

func (i *inEnd) drop() {
	if i.via != nil {
		i.via.hang(false)
	}
}

// An outEnd is the sending end of a link in a process.
type outEnd struct {
	capsule.Out
	c    *cell
	link flow.Link
	life uint64
	via  *session
	loop bool // lies in a feedback loop

	said    link.Terms // on which it is up
	calling bool       // an offer is on its way
}

func (o *outEnd) offer(value int64) {
	t := flow.Token{Value: value, Source: o.c.id}
	if _, err := o.Offer(t); err != nil {
		o.c.n.w.breach("there is room where there was room", "%s: %v", o.Key, err)
	}
}

// Release is as [capsule.OutEnd] says.
func (o *outEnd) Release(upto uint64) {
	o.Out.Release(upto)
	o.pump()
}

// pump sends what may be sent.
func (o *outEnd) pump() {
	if o.via == nil || o.via.deaf {
		return
	}
	for {
		var f link.Frame // each has room of its own, since it is on its way for a while
		if !o.Next(&f, 1+o.c.n.w.rng.IntN(6)) {
			return
		}
		o.c.n.w.judge.sends(o, &f)
		o.via.forth(link.Message{Kind: link.KindFrame, Frame: f})
	}
}

func (o *outEnd) settled(upto uint64) error {
	freed, err := o.Settled(upto)
	if err != nil {
		return err
	}
	if freed > 0 {
		o.c.n.w.judge.settled(o)
		o.c.capsule.Settled(o, upto)
		o.c.wake()
	}
	return nil
}

func (o *outEnd) drop() {
	if o.via != nil {
		o.via.hang(true)
	}
}
