package sim

import (
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A weather is how bad things are.
type weather struct {
	peace bool // nothing goes wrong any more
	climate
	loss  int // messages lost, of a thousand
	again int // messages repeated, of a thousand
	every time.Duration
	until time.Duration
	shape shape
	mark  int64
}

// storm lets something go wrong, again and again.
func (w *world) storm() {
	w.after(w.between(w.mood.every/4, 2*w.mood.every), nil, func() {
		if w.mood.peace || w.now > w.mood.until {
			return
		}
		w.strike()
		w.storm()
	})
}

// A climate says what goes wrong how often.
type climate struct {
	crash, power, freeze, part, slow, drain, move, update, vote, plot int
	slowDisks                                                         bool
	loss, again                                                       int // messages, of a thousand, at most
	lamp                                                              bool
}

// The climates: one with everything, one in which the power fails, one that is
// hard on leases, and one whose network brings everything late or twice.
var climates = []climate{
	{crash: 5, power: 1, freeze: 3, part: 2, slow: 1, drain: 1, move: 2, update: 1, vote: 1, loss: 40, again: 40},
	{crash: 5, power: 1, freeze: 3, part: 2, slow: 1, drain: 1, move: 2, update: 1, vote: 1, loss: 40, again: 40},
	{crash: 3, power: 3, freeze: 1, part: 1, update: 4, vote: 1, slowDisks: true, loss: 10, again: 10},
	{crash: 1, freeze: 4, part: 3, drain: 1, move: 1, plot: 12, loss: 10, again: 40, lamp: true},
	{crash: 3, freeze: 2, part: 1, move: 2, update: 2, loss: 80, again: 250},
}

// strike is one thing that goes wrong, or that people do.
func (w *world) strike() {
	h := w.hosts[w.rng.IntN(len(w.hosts))]
	c := w.mood.climate
	if at := w.node(app + ":lamp"); c.lamp && at != nil && !w.chance(4) {
		h = at.h
	}
	one := w.rng.IntN(c.crash + c.power + c.freeze + c.part + c.slow + c.drain + c.move + c.update + c.vote + c.plot)
	hit := func(n int) bool { one -= n; return one < 0 }
	switch {
	case hit(c.crash):
		w.crash(h)
	case hit(c.power):
		for _, h := range w.hosts {
			w.crash(h)
		}
	case hit(c.freeze):
		w.freeze(h)
	case hit(c.part):
		w.part(h)
	case hit(c.slow):
		w.tell("%s: its disk is slow", h.id)
		h.disk.slow = true
		w.after(w.between(time.Second, 5*time.Second), nil, func() { h.disk.slow = false })
	case hit(c.drain):
		key := "drain/" + string(h.id)
		w.set(key, []byte("1"))
		w.after(w.between(time.Second, 4*time.Second), nil, func() { w.set(key, nil) })
	case hit(c.move):
		w.move()
	case hit(c.plot):
		w.plot()
	case hit(c.update):
		if w.mood.shape.scaled && w.chance(2) {
			w.set("scale/"+app+":"+scaled, []byte{byte('1' + w.rng.IntN(3))})
		} else {
			w.update()
		}
	default:
		w.vote()
	}
}

// node is where an actor runs, the newest activation of it; nil: nowhere.
func (w *world) node(id flow.ActorID) *node {
	var at *cell
	for _, h := range w.hosts {
		if c := w.nodes[h.id].cells[id]; h.run != nil && c != nil && (at == nil || c.epoch > at.epoch) {
			at = c
		}
	}
	if at == nil {
		return nil
	}
	return at.n
}

func (w *world) crash(h *host) {
	if h.run == nil {
		return
	}
	w.kill(h)
	w.after(w.between(50*time.Millisecond, 4*time.Second), nil, func() {
		if h.run == nil {
			w.boot(h)
		}
	})
}

// freeze stops a process for a while; it comes back and knows of nothing.
func (w *world) freeze(h *host) {
	p := h.run
	if p == nil || p.stopped {
		return
	}
	w.tell("%s: stopped", h.id)
	p.pause()
	w.after(w.between(200*time.Millisecond, 6*time.Second), nil, func() {
		if !p.ended {
			w.tell("%s: goes on", h.id)
			p.resume()
		}
	})
}

// part cuts a host off from some others, one way or both.
func (w *world) part(h *host) {
	var cut []way
	only := w.chance(2)
	mode := w.rng.IntN(3)
	for _, other := range w.hosts {
		if other == h || only && w.chance(2) {
			continue
		}
		if mode != 1 {
			cut = append(cut, way{h.id, other.id})
		}
		if mode != 2 {
			cut = append(cut, way{other.id, h.id})
		}
	}
	w.tell("network: cut %v", cut)
	w.sever(cut, w.between(300*time.Millisecond, 5*time.Second))
}

// sever cuts ways of the network, and mends them after a while.
func (w *world) sever(cut []way, long time.Duration) {
	for _, c := range cut {
		w.net.cut[c] = true
	}
	w.after(long, nil, func() {
		w.tell("network: mend %v", cut)
		for _, c := range cut {
			delete(w.net.cut, c)
		}
	})
}

// move is somebody who sends an actor to a node.
func (w *world) move() {
	g := w.mood.shape.graph(0)
	a := g.Actors[w.rng.IntN(len(g.Actors))]
	h := w.hosts[w.rng.IntN(len(w.hosts))]
	w.set("pin/"+string(a.ID), []byte(h.id))
}

// update is somebody who deploys another version.
func (w *world) update() {
	s := &w.mood.shape
	switch w.rng.IntN(5) {
	case 0, 1:
		s.extra = !s.extra
	case 2, 3:
		s.extra, s.other = true, !s.other
	case 4:
		w.mood.mark++
	}
	w.tell("somebody deploys version %d, extra: %v, of another type: %v", w.mood.mark, s.extra, s.other)
	w.deploy(w.mood.shape, w.mood.mark)
}

// vote is somebody who changes the voters of the register, or of the store.
func (w *world) vote() {
	c := w.register
	if w.chance(3) {
		c = w.group.council
	}
	for _, id := range sortedKeys(c.seats) {
		s := c.seats[id]
		if s.p == nil || s.p.stopped || !s.leads || !s.ready {
			continue
		}
		next := slices.Clone(s.voters)
		if h := w.hosts[w.rng.IntN(len(w.hosts))]; slices.Contains(next, h.id) {
			if len(next) > 1 && (c == w.register || len(next) > 2) {
				next = slices.DeleteFunc(next, func(id flow.NodeID) bool { return id == h.id })
			}
		} else if c == w.register || slices.Contains(h.info.Capabilities, groupStore) {
			next = append(next, h.id)
		}
		if len(next) != len(s.voters) {
			s.change(next, nil)
		}
		return
	}
}

// calm ends all that goes wrong: what is down comes back, what is cut is
// mended, and nothing more happens.
func (w *world) calm() {
	w.tell("peace")
	w.mood.peace, w.mood.loss, w.mood.again = true, 0, 0
	clear(w.net.cut)
	for _, h := range w.hosts {
		h.disk.slow = false
		if h.run == nil {
			w.boot(h)
		} else if h.run.stopped {
			h.run.resume()
		}
	}
	for _, d := range w.devices {
		d.done = true
	}
	var undrain func()
	undrain = func() {
		for _, h := range w.hosts {
			for _, other := range w.hosts {
				if n := w.nodes[other.id]; n.view.Settings["drain/"+string(h.id)] != nil {
					w.set("drain/"+string(h.id), nil)
					break
				}
			}
		}
		w.after(2*time.Second, nil, undrain)
	}
	w.after(500*time.Millisecond, nil, undrain)
}
