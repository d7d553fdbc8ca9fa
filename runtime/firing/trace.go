package firing

import (
	"errors"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Tracer records the ways of tokens.
type Tracer interface {
	// Sample decides whether a way begins with a firing that takes no token.
	Sample() bool
	// Record records a firing, and gives what the tokens carry that it has given;
	// nil: their way is recorded no further. It must not block.
	Record(flow.Fired) *flow.Trace
}

// traces is what an actor's firings have to do with the ways that are recorded.
type traces struct {
	to    Tracer // nil: they are recorded elsewhere
	typ   string
	gives bool // links lead from the actor

	// held is the way of a token that was taken and not given on yet: what the
	// actor gives next comes of it, as a window comes of its readings.
	held *flow.Trace
	at   time.Time // since then
}

// heldFor is how long after it took a token an actor's gift may come of it.
const heldFor = time.Minute

// watched reports whether the firing that is ready belongs to a way that is
// recorded, or begins one.
func (a *Actions) watched(act *action) bool {
	for i := range a.firing.In {
		if a.firing.In[i].Trace != nil {
			return true
		}
	}
	return a.traces.held != nil || a.traces.to != nil && len(act.ins) == 0 && a.traces.to.Sample()
}

// record records a firing that was watched, and gives what its tokens carry on.
func (a *Actions) record(watched bool, begun time.Time, err error) *flow.Trace {
	if !watched || errors.Is(err, flow.ErrLater) {
		return nil
	}
	tr, end := &a.traces, time.Now()
	f := flow.Fired{Actor: a.id, Type: tr.typ, Begin: begun, End: end, Took: len(a.firing.In), Err: err}
	for i := range a.firing.In {
		t := &a.firing.In[i]
		if t.Trace == nil {
			continue
		}
		if f.From = append(f.From, t.Trace); len(f.From) == 1 {
			f.Source, f.Waited = t.Source, max(0, begun.Sub(t.Made))
		}
	}
	if err == nil {
		f.Gave = len(a.parcel)
	}
	if len(f.From) == 0 {
		if f.Gave == 0 {
			return nil // nothing has come of it
		}
		if tr.held != nil && end.Sub(tr.at) <= heldFor {
			f.From = []*flow.Trace{tr.held}
		} else if tr.held != nil { // it was watched for that alone
			tr.held = nil
			return nil
		}
	}
	var on *flow.Trace
	switch {
	case tr.to != nil:
		on = tr.to.Record(f)
	case len(f.From) > 0:
		on = f.From[0]
	}
	switch {
	case f.Gave > 0:
		tr.held = nil
	case err == nil && tr.gives:
		tr.held, tr.at = on, end
	}
	return on
}
