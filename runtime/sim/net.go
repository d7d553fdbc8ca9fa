package sim

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A network carries what processes say to each other, badly.
type network struct {
	cut map[way]bool // what is said that way is lost
}

type way struct{ from, to flow.NodeID }

// delay is how long one message takes: mostly a millisecond, sometimes much
// longer, so that it comes after those that were sent later.
func (w *world) delay() time.Duration {
	switch {
	case w.mood.peace:
		return w.between(200*time.Microsecond, time.Millisecond)
	case w.chance(200):
		return w.between(0, 3*time.Second)
	case w.chance(20):
		return w.between(0, 300*time.Millisecond)
	}
	return w.between(200*time.Microsecond, 3*time.Millisecond)
}

func (w *world) reachable(from, to flow.NodeID) bool { return !w.net.cut[way{from, to}] }

// say takes a message from one process to the process that runs on another
// host now. It comes once, or never, or twice.
func (p *process) say(to flow.NodeID, hear func(*process)) {
	w := p.h.w
	target := w.by[to]
	if target == nil || target.run == nil {
		return
	}
	times := 1
	if to != p.h.id && !w.mood.peace {
		if w.rng.IntN(1000) < w.mood.loss {
			times = 0
		} else if w.rng.IntN(1000) < w.mood.again {
			times = 2
		}
	}
	run := target.run
	for n := range times {
		if to == p.h.id {
			w.after(0, run, func() { hear(run) })
			continue
		}
		if !w.reachable(p.h.id, to) {
			continue
		}
		late := w.delay()
		if n > 0 && w.chance(2) { // as of a question that was asked again before it arrived
			late += w.between(0, 1500*time.Millisecond)
		}
		w.after(late, run, func() {
			if w.reachable(p.h.id, to) {
				hear(run)
			}
		})
	}
}

// ask is a question and its answer. answered is called at most once, with false
// when the answer has not come within patience or nobody is there.
func (p *process) ask(to flow.NodeID, patience time.Duration, hear func(at *process, answer func(any)), answered func(any, bool)) {
	w := p.h.w
	over := false
	finish := func(v any, ok bool) {
		if !over {
			over = true
			answered(v, ok)
		}
	}
	if target := w.by[to]; target == nil || target.run == nil {
		if target != nil && w.reachable(p.h.id, to) && w.reachable(to, p.h.id) {
			p.after(time.Millisecond, func() { finish(nil, false) }) // refused
			return
		}
	} else {
		p.say(to, func(at *process) {
			hear(at, func(v any) {
				at.say(p.h.id, func(back *process) {
					if back == p {
						finish(v, true)
					}
				})
			})
		})
	}
	p.after(patience, func() { finish(nil, false) })
}
