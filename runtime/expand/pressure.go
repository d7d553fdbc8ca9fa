package expand

import "time"

// How [Pressure] reacts (calvin-reference, section 4.6).
const (
	crowded = 10 * time.Second // two full queues within this make one replica more
	quiet   = 30 * time.Second // this without a full queue, times the patience, makes one less
	settles = 10 * time.Second // a change is given this long to show before the next one
	steady  = 24 * time.Hour   // the longest quiet that is waited for
)

// Pressure counts how many replicas an actor with performance_scaling needs. It
// reads no clock: whoever looks at the queues tells it when, and what it saw.
//
//	p := expand.NewPressure(scaling, running)
//	want := p.Look(now, full)  // at each look at the queues of all its replicas
//
// Two full queues less than 10 s apart make one replica more. 30 s times the
// patience without one make one less. The patience doubles whenever pressure
// comes back after one was taken away, so that under a load that stays the same
// the changes come ever more seldom.
type Pressure struct {
	min, max int
	want     int
	patience time.Duration // the quiet that is waited for
	last     time.Time     // of the last full queue; zero: none since the last change
	since    time.Time     // the quiet began
	changed  time.Time
	lowered  bool // the last change took one away
	began    bool
}

// NewPressure begins with as many replicas as run.
func NewPressure(s Scaling, running int) *Pressure {
	return &Pressure{min: s.Min, max: s.Max, want: min(max(running, s.Min), s.Max), patience: quiet}
}

// Look takes whether any in-queue of the replicas has been full since the last
// look, and gives how many replicas there should be. Looks a second apart or
// so are enough; one that is not later than the last counts as made then.
func (p *Pressure) Look(now time.Time, full bool) int {
	if !p.began {
		p.began, p.since, p.changed = true, now, now.Add(-settles)
	}
	if full {
		p.fill(now)
	} else if p.want > p.min && now.Sub(p.since) > p.patience {
		p.want--
		p.lowered = true
		p.change(now)
	}
	return p.want
}

// fill notes a full queue.
func (p *Pressure) fill(now time.Time) {
	p.since = now
	if now.Sub(p.changed) < settles && !p.lowered {
		return // what was added last has not had time to help
	}
	again := !p.last.IsZero() && now.Sub(p.last) < crowded
	p.last = now
	if !again || p.want >= p.max {
		return
	}
	if p.lowered { // it was needed after all
		p.patience = min(2*p.patience, steady)
		p.lowered = false
	}
	p.want++
	p.change(now)
}

func (p *Pressure) change(now time.Time) {
	p.last, p.since, p.changed = time.Time{}, now, now
}
