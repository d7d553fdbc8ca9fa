package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An event is something that happens at one moment of true time. It happens to
// a process, or with none to the world itself.
type event struct {
	at    time.Duration // since the world began
	order uint64        // of two at the same time, the first made happens first
	to    *process      // nil: the world
	timer bool          // of the process
	do    func()
}

// A slot is an event's place in the queue. The queue itself holds no pointers,
// so that the collector of garbage has nothing to do with its order.
type slot struct {
	at    time.Duration
	order uint64
	event int // in agenda.events
}

// An agenda is what will happen, a heap by time.
type agenda struct {
	queue  []slot
	events []event
	free   []int
}

func (a slot) before(b slot) bool { return a.at < b.at || a.at == b.at && a.order < b.order }

func (g *agenda) push(e event) {
	n := len(g.events)
	if last := len(g.free) - 1; last >= 0 {
		n, g.free = g.free[last], g.free[:last]
		g.events[n] = e
	} else {
		g.events = append(g.events, e)
	}
	g.queue = append(g.queue, slot{e.at, e.order, n})
	for i := len(g.queue) - 1; i > 0; {
		up := (i - 1) / 4
		if !g.queue[i].before(g.queue[up]) {
			break
		}
		g.queue[i], g.queue[up] = g.queue[up], g.queue[i]
		i = up
	}
}

func (g *agenda) pop() event {
	first, last := g.queue[0], len(g.queue)-1
	g.queue[0] = g.queue[last]
	g.queue = g.queue[:last]
	for i := 0; ; {
		least := i
		for down := 4*i + 1; down <= 4*i+4 && down < last; down++ {
			if g.queue[down].before(g.queue[least]) {
				least = down
			}
		}
		if least == i {
			break
		}
		g.queue[i], g.queue[least] = g.queue[least], g.queue[i]
		i = least
	}
	e := g.events[first.event]
	g.events[first.event] = event{}
	g.free = append(g.free, first.event)
	return e
}

// A world is one run: hosts, what is between them, and what must hold.
type world struct {
	cfg  Config
	rng  *rand.Rand
	now  time.Duration // true time, which no process can read
	made uint64        // events made so far
	done int           // events that have happened
	agenda
	tale []string // what happened, when somebody wants to read it

	hosts []*host // by name
	by    map[flow.NodeID]*host
	net   network
	mood  weather
	nodes map[flow.NodeID]*node // of the newest process of each host

	register *council
	group    group
	shelves  map[flow.NodeID]shelf
	plans    plans
	devices  map[flow.ActorID]*device
	leads    map[flow.LinkID][]ending  // by link, where its tokens take effect
	ends     map[flow.ActorID][]ending // by source
	judge    *judge

	broken error // the first thing that did not hold
}

func newWorld(cfg Config) *world {
	return &world{cfg: cfg, rng: rand.New(rand.NewPCG(cfg.Seed, 0x77617264)), by: map[flow.NodeID]*host{}}
}

// after makes an event. One for a process that ends before never happens; one
// for a process that is stopped waits until it goes on.
func (w *world) after(d time.Duration, to *process, do func()) {
	w.put(event{at: w.now + d, to: to, do: do})
}

func (w *world) put(e event) {
	w.made++
	e.order = w.made
	w.push(e)
}

// step lets the next event happen; false means that there is none.
func (w *world) step() bool {
	if len(w.queue) == 0 {
		return false
	}
	e := w.pop()
	w.now = e.at
	switch {
	case e.to == nil:
	case e.to.ended:
		return true
	case e.to.stopped:
		e.to.missed = append(e.to.missed, e)
		return true
	}
	w.done++
	e.do()
	return true
}

// chance is true one time in n.
func (w *world) chance(n int) bool { return w.rng.IntN(n) == 0 }

// between is a time from low to high, evenly.
func (w *world) between(low, high time.Duration) time.Duration {
	return low + time.Duration(w.rng.Int64N(int64(high-low)+1))
}

// tell writes a line of the story.
func (w *world) tell(format string, args ...any) {
	if w.cfg.Story {
		w.tale = append(w.tale, fmt.Sprintf("%9.4f  ", w.now.Seconds())+fmt.Sprintf(format, args...))
	}
}

// breach says that something that must hold does not. The first counts.
func (w *world) breach(law, format string, args ...any) {
	if w.broken != nil {
		return
	}
	w.broken = &Violation{Law: law, Text: fmt.Sprintf(format, args...), At: w.now}
	w.tell("BROKEN: %v", w.broken)
}
