package sim

import (
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/lease"
	"github.com/wardflow/wardflow/runtime/register"
)

// A node is what a process runs: it makes what runs here what the plan says
// should, as package node does.
type node struct {
	w *world
	h *host
	p *process

	view     *register.View
	synced   bool
	cells    map[flow.ActorID]*cell
	starting map[flow.ActorID]bool
	rests    map[flow.ActorID]time.Duration // not tried again before
	looking  bool
	done     uint64 // the view that was carried out: nothing runs that it does not want

	seq      uint64 // of commits to the register
	storeSeq uint64
	waiting  []offered
	flying   bool
	hints    map[*council]flow.NodeID // who leads, as far as is known
	doubts   map[*council]bool        // its own copy of the log is not asked next

	holder lease.Holder
	term   uint64   // rises when a lease is granted that was not held
	lead   *leading // while this node leads the register
}

// offered is a step that waits for its turn to be committed.
type offered struct {
	c    *cell
	step flow.Checkpoint
	note stepNote
}

// boot starts a process on a host, with all that it runs.
func (w *world) boot(h *host) {
	p := h.start()
	n := &node{w: w, h: h, p: p, view: &register.View{}, cells: map[flow.ActorID]*cell{},
		starting: map[flow.ActorID]bool{}, rests: map[flow.ActorID]time.Duration{}, hints: map[*council]flow.NodeID{}, doubts: map[*council]bool{}}
	n.holder.Terms = terms
	w.nodes[h.id] = n
	w.tell("%s: boot %d", h.id, p.boot)
	for _, c := range w.councils() {
		if s := c.seats[h.id]; s != nil {
			s.begin(p)
		}
	}
	n.sync()
	n.beat()
	n.renew()
}

// councils are the logs there are.
func (w *world) councils() []*council { return []*council{w.register, w.group.council} }

// kill ends the process on a host; those it was connected with notice.
func (w *world) kill(h *host) {
	if h.run == nil {
		return
	}
	n := w.nodes[h.id]
	w.tell("%s: killed", h.id)
	for _, id := range sortedKeys(n.cells) {
		c := n.cells[id]
		c.gone = true
		for _, o := range c.out {
			o.drop()
		}
		for _, i := range c.in {
			i.drop()
		}
	}
	h.kill()
	for _, c := range w.councils() {
		if s := c.seats[h.id]; s != nil {
			s.p, s.leads, s.leader = nil, false, ""
		}
	}
}

// sync waits until this node knows what was agreed before it started: what a
// voter remembers is history until then.
func (n *node) sync() {
	command, err := register.SyncCommand()
	if err != nil {
		panic(err)
	}
	n.call(n.w.register, command, nil, func(answer []byte) {
		a := readAnswer(n.w, answer)
		var wait func()
		wait = func() {
			if n.view.Index < a.Index {
				n.p.after(20*time.Millisecond, wait)
				return
			}
			n.synced = true
			n.look()
		}
		wait()
	})
}

// beat looks again each second, and asks for a newer view where no log is.
func (n *node) beat() {
	n.look()
	if s := n.w.register.seats[n.h.id]; s == nil || s.leader == "" || !slices.Contains(s.voters, n.h.id) {
		n.askView()
	}
	n.p.after(time.Second, n.beat)
}

// askView asks any voter for what is agreed, as far as that one knows. A voter
// that hears of no leader learns so that it is none any more.
func (n *node) askView() {
	ids := sortedKeys(n.w.register.seats)
	n.p.ask(ids[n.w.rng.IntN(len(ids))], time.Second, func(at *process, answer func(any)) {
		if s := n.w.register.seats[at.h.id]; s.p == at {
			answer(news{s.machine.(*agreed).View(), s.leads && s.ready && !slices.Contains(s.voters, n.h.id)})
		}
	}, func(v any, ok bool) {
		if ok {
			n.see(v.(news).view)
			if own := n.w.register.seats[n.h.id]; own != nil && v.(news).out {
				own.out = true
			}
		}
	})
}

// news are what a voter tells: a view, and as the leader that the asker is no
// voter.
type news struct {
	view *register.View
	out  bool
}

// see takes a view, unless it is older than the one that is known.
func (n *node) see(v *register.View) {
	if v.Index > n.view.Index {
		n.view = v
		n.look()
	}
}

// look makes it so, soon.
func (n *node) look() {
	if n.looking || n.p.ended {
		return
	}
	n.looking = true
	n.w.after(n.w.between(0, 4*time.Millisecond), n.p, func() {
		n.looking = false
		n.reconcile()
	})
}

// reconcile starts, stops and joins what the view says.
func (n *node) reconcile() {
	if !n.synced || n.view.Index == 0 {
		return
	}
	ending := false // nothing begins or is joined before what must end has ended
	for _, id := range sortedKeys(n.cells) {
		c := n.cells[id]
		switch wanted, ok := n.wanted(id); {
		case !c.may():
			c.halt("its lease has ended")
		case ok && c.epoch < n.view.Placements[id].Epoch:
			c.halt("another took its place and has left again")
		case !ok || wanted != c.plan:
			c.stop(5*time.Second, nil)
		}
		ending = ending || !c.gone && c.stopping
	}
	if ending {
		return
	}
	if len(n.starting) == 0 { // what begins late may be from a plan before
		n.done = n.view.Index
	}
	for _, p := range n.view.On(n.h.id) {
		if _, ok := n.wanted(p.Actor); ok && n.cells[p.Actor] == nil && !n.starting[p.Actor] && n.rests[p.Actor] <= n.w.now {
			n.activate(p.Actor)
		}
	}
	n.join()
}

// wanted is what an actor that shall run here is started from.
func (n *node) wanted(id flow.ActorID) (plan string, ok bool) {
	if n.view.Placements[id].Node != n.h.id {
		return "", false
	}
	return n.w.plans.of(n.view, id)
}

// activate claims the actor's next epoch and starts it from its checkpoint.
func (n *node) activate(id flow.ActorID) {
	app := n.view.Apps[id.App()]
	decl, _ := app.Graph.Actor(id)
	plan, _ := n.w.plans.of(n.view, id)
	c := &cell{n: n, id: id, decl: decl, kind: kind(decl.Type), plan: plan, device: n.w.devices[id], term: n.holder.Term()}
	if !c.may() {
		return // it may not act yet; the renewal that lets it wakes us
	}
	n.starting[id] = true
	n.claim(id, app.Version, n.view.Placements[id].Epoch, func(ck flow.Checkpoint, ok bool) {
		if !ok {
			n.rest(id)
			return
		}
		c.epoch = ck.Epoch
		switch decl.Args["store"] {
		case "group":
			c.own = n.w.group
		case "shelf":
			c.own = n.w.shelves[n.h.id]
		}
		if c.own == nil {
			n.begin(c, &app, ck)
			return
		}
		c.own.fence(n, id, c.epoch, func(ck flow.Checkpoint, ok bool) {
			if !ok {
				n.rest(id)
				return
			}
			n.begin(c, &app, ck)
		})
	})
}

func (n *node) rest(id flow.ActorID) {
	delete(n.starting, id)
	n.rests[id] = n.w.now + 250*time.Millisecond
	n.p.after(260*time.Millisecond, n.look)
}

// claim goes on until it is answered.
func (n *node) claim(id flow.ActorID, version, seen uint64, done func(flow.Checkpoint, bool)) {
	nonce := n.w.rng.Uint64()
	command, err := register.ClaimCommand(id, n.h.id, version, seen, nonce)
	if err != nil {
		panic(err)
	}
	n.call(n.w.register, command, claimNote{id, n.h.id, n.p.boot, nonce}, func(answer []byte) {
		switch a := readAnswer(n.w, answer); {
		case a.Seen > 0:
			n.claim(id, version, a.Seen, done)
		default:
			done(a.Checkpoint, a.Err == nil)
		}
	})
}

// offer has a step committed with the others that wait, one batch at a time.
func (n *node) offer(c *cell, step flow.Checkpoint) {
	n.waiting = append(n.waiting, offered{c, step, c.note(&step)})
	if !n.flying {
		n.flying = true
		n.w.after(0, n.p, n.flush)
	}
}

func (n *node) flush() {
	// Of an activation that has ended meanwhile nobody waits for a step, and its
	// successor's may be in the same batch.
	batch := slices.DeleteFunc(n.waiting, func(o offered) bool { return o.c.gone })
	n.waiting = nil
	if len(batch) == 0 {
		n.flying = false
		return
	}
	n.seq++
	n.commit(n.seq, batch)
}

func (n *node) commit(seq uint64, batch []offered) {
	if len(batch) == 0 {
		n.flush()
		return
	}
	steps := make([]flow.Checkpoint, len(batch))
	for i := range batch {
		steps[i] = batch[i].step
	}
	command, count, err := register.CommitCommand(n.h.id, seq, steps)
	if err != nil {
		n.w.breach("a step can be written", "%v", err)
		return
	}
	note := commitNote{node: n.h.id, boot: n.p.boot, seq: seq}
	for _, o := range batch[:count] {
		note.steps = append(note.steps, o.note)
	}
	n.call(n.w.register, command, note, func(answer []byte) {
		stale := staleOf(answer)
		for _, o := range batch[:count] {
			if stale[o.c.id] {
				o.c.expire()
			} else {
				o.c.landed()
			}
		}
		n.commit(seq, batch[count:])
	})
}
