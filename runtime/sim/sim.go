package sim

import (
	"runtime/debug"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Config is what a run depends on: the same Config gives the same run.
type Config struct {
	Seed  uint64
	Story bool          // keep what happens as lines of text
	Storm time.Duration // how long things go wrong, in the time of the world; 12 s
}

// A Report is the outcome of a run.
type Report struct {
	Violation error    // the first thing that did not hold, a [*Violation]; nil: all held
	Story     []string // what happened, if Config.Story

	Events      int           // that happened
	Took        time.Duration // in the time of the world
	Readings    uint64        // of all devices
	Activations int           // that began
	Moves       int           // of actors, in plans
	Steps       int           // kept
	Stale       int           // steps refused, as their activation was not the newest
	Tokens      int           // sent over links, with those sent again
}

// peaceTime is how long a world has to come to rest once nothing goes wrong.
const peaceTime = 40 * time.Second

// Run lets a world happen: some seconds in which everything goes wrong, then
// peace, and then everything must have arrived.
func Run(cfg Config) Report {
	if cfg.Storm == 0 {
		cfg.Storm = 12 * time.Second
	}
	w := newWorld(cfg)
	w.safely(w.begin)
	w.until(w.mood.until)
	w.settle()
	return w.report()
}

// settle gives the world peace, and then everything must have arrived.
func (w *world) settle() {
	w.safely(w.calm)
	for end := w.now + peaceTime; w.broken == nil && w.now < end && !w.rests(); {
		w.until(w.now + 250*time.Millisecond)
	}
	w.safely(func() {
		if w.broken == nil {
			w.judge.atRest()
		}
	})
	if w.broken != nil && w.cfg.Story {
		w.portrait()
	}
}

// begin founds the cluster, deploys the application and lets the weather turn.
func (w *world) begin() {
	c := climates[w.rng.IntN(len(climates))]
	w.mood = weather{climate: c, loss: w.rng.IntN(c.loss), again: w.rng.IntN(c.again),
		every: w.between(250*time.Millisecond, 1500*time.Millisecond), until: w.cfg.Storm, shape: w.shape(), mark: 1}
	if c.lamp { // leases are long
		w.mood.shape.pump, w.mood.every = true, w.between(1500*time.Millisecond, 4*time.Second)
		w.mood.until += w.cfg.Storm / 2
	}
	w.open([][]flow.NodeID{{"n1", "n2", "n3"}, {"n1", "n2", "n3"}, {"n1", "n2", "n3", "n4", "n5"}, {"n1"}}[w.rng.IntN(4)])
	w.storm()
}

// open founds the cluster with those voters, deploys the application and lets
// the devices begin.
func (w *world) open(voters []flow.NodeID) {
	w.found(voters)
	g := w.mood.shape.graph(1)
	for i, id := range []flow.ActorID{app + ":source0", app + ":source1"} {
		if _, there := g.Actor(id); there {
			w.devices[id] = &device{id: id, number: i, every: w.between(40*time.Millisecond, 160*time.Millisecond)}
		}
	}
	for _, h := range w.hosts {
		h.disk.slow = w.mood.slowDisks
	}
	w.follow(&g)
	w.deploy(w.mood.shape, 1)
	for _, id := range sortedKeys(w.devices) {
		d := w.devices[id]
		w.after(w.between(0, time.Second), nil, func() { w.tick(d) })
	}
}

// until lets everything happen up to a time.
func (w *world) until(end time.Duration) {
	w.safely(func() {
		for w.broken == nil && len(w.queue) > 0 && w.queue[0].at <= end {
			w.step()
		}
		w.now = max(w.now, end)
	})
}

// safely makes a panic one more thing that must not be.
func (w *world) safely(do func()) {
	defer func() {
		if r := recover(); r != nil {
			w.breach("nothing panics", "%v", r)
			w.tell("%s", debug.Stack())
		}
	}()
	do()
}

// rests reports whether everything that was read has arrived and is settled.
func (w *world) rests() bool {
	for _, d := range w.devices {
		if d.acked < d.made {
			return false
		}
	}
	running := map[flow.ActorID]bool{}
	for _, h := range w.hosts {
		for id, c := range w.nodes[h.id].cells {
			running[id] = true
			for _, o := range c.out {
				if o.Held() > 0 && !o.loop {
					return false
				}
			}
		}
	}
	for id := range w.devices {
		if !running[id] {
			return false
		}
	}
	return running[app+":mix"] && running[app+":file"]
}

func (w *world) report() Report {
	r := Report{Violation: w.broken, Story: w.tale, Events: w.done, Took: w.now, Activations: w.judge.activations,
		Moves: w.judge.moves, Steps: w.judge.commits, Stale: w.judge.stale, Tokens: w.judge.sent}
	for _, d := range w.devices {
		r.Readings += d.made
	}
	return r
}
