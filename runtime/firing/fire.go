package firing

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Result is what one firing did.
type Result struct {
	Fired   bool // an action fired: there may be more to do
	Still   bool // it neither took nor gave a token: at most the actor's state is another
	Letters int  // dead letters written
	Bytes   int  // given, about, counted once for each link
	// Fault is why a letter was written, when it was not for an exception
	// token: what the action returned, or a [*Panic]. It has been dealt with;
	// log and count it, and see whether the actor is [Broken]. With no letter
	// the link of dead_letter has no room now, and it will come again.
	Fault error
}

// A Panic is the fault of an action that panicked.
type Panic struct {
	Value any
	Stack []byte
}

// Error is what the action panicked with, and where.
func (p *Panic) Error() string { return fmt.Sprintf("panic: %v\n%s", p.Value, p.Stack) }

// A misgift is the fault of an action that gave what can't be given. The firing
// does not happen, though the action has returned.
type misgift struct{ error }

func (m misgift) Unwrap() error { return m.error }

// Broken reports whether an actor with that fault may have changed although its
// firing did not happen: it panicked, or gave what can't be given. What it saved
// before is what to go on from.
func Broken(fault error) bool {
	return errors.As(fault, new(*Panic)) || errors.As(fault, new(misgift))
}

// ErrLettersFull reports an actor that must write a dead letter and whose box
// is full. Nothing is lost: it stands still until somebody empties the box.
var ErrLettersFull = errors.New("its dead letters are full")

// A parcel is a value given, ready to be offered.
type parcel struct {
	out   *outlet
	to    int // as outlet.sort says
	value flow.Value
	bytes int
	bad   error // why it goes to the letters instead
}

// Fire lets the first action fire that can. A firing happens whole or not at
// all: after an error nothing has been taken and nothing given. The errors are
//
//   - one that is [flow.ErrLater]: try again when the actor wakes;
//   - [ErrLettersFull];
//   - any other: a fault, of an actor that is to be tried again or stopped, as
//     Spec.Fault says. An action that takes no token is tried again in any
//     case, since there is nothing to write a letter about. A fault that is
//     [flow.ErrUnfit] is none of the actor's: its tokens become a letter.
func (a *Actions) Fire(now time.Time) (Result, error) {
	if a.Scratch == nil {
		a.Use(&Scratch{})
	}
	for n := range a.bound {
		act := &a.bound[n]
		if act.Guard != nil && !act.Guard() {
			continue
		}
		a.firing.Reset(now)
		if !act.ready(&a.firing) {
			continue
		}
		// A letter that has no room is one more condition that does not hold.
		if res, err := a.attempt(act, now); res.Fired || res.Fault != nil || err != nil {
			return res, err
		}
	}
	return Result{}, nil
}

// attempt fires an action whose conditions hold.
func (a *Actions) attempt(act *action, now time.Time) (Result, error) {
	if !act.Exceptions && exceptional(a.firing.In) {
		return a.refuse(act, nil, "no action takes exception tokens there", now)
	}
	if act.mapped {
		if ok, err := a.letterRoom(); !ok {
			return Result{}, err
		}
	}
	watched := a.watched(act)
	var begun time.Time
	if watched {
		begun = time.Now()
	}
	if err := a.call(act); err != nil {
		a.record(watched, begun, err)
		return a.fail(act, err, now)
	}
	if err := a.pack(act); err != nil {
		a.record(watched, begun, err)
		return a.fail(act, misgift{err}, now)
	}
	var trace *flow.Trace
	if watched { // asked here, since it costs nothing here
		trace = a.record(watched, begun, nil)
	}
	act.take(now)
	res := a.give(now, trace)
	res.Still = len(act.ins) == 0 && len(a.parcel) == 0
	return res, nil
}

// fail is what follows the fault of an action: a letter, or the error.
func (a *Actions) fail(act *action, fault error, now time.Time) (Result, error) {
	again := a.fault == flow.FaultRetry || a.fault == flow.FaultStop
	if errors.Is(fault, flow.ErrLater) || again && !errors.Is(fault, flow.ErrUnfit) || len(act.ins) == 0 {
		return Result{}, fault
	}
	res, full := a.refuse(act, fault, brief(fault), now)
	switch {
	case full != nil:
		return res, fmt.Errorf("%w: %w", full, fault)
	case !res.Fired && Broken(fault):
		return Result{Fault: fault}, nil // no room for the letter, but this must be known
	}
	return res, nil
}

// ready fills the firing if every in-port has a token and every out-port room.
func (act *action) ready(f *flow.Firing) bool {
	for _, o := range act.outs {
		if !o.room() {
			return false
		}
	}
	if act.tagged { // putting tokens together costs: look first
		for _, i := range act.ins {
			if !i.has() {
				return false
			}
		}
	}
	f.In, f.Peers = f.In[:len(act.ins)], f.Peers[:len(act.ins)] // Use has made room
	for n, i := range act.ins {
		if !i.peek(&f.In[n], &f.Peers[n]) {
			return false
		}
	}
	return true
}

func (act *action) take(now time.Time) {
	for _, i := range act.ins {
		i.take(now)
	}
}

func exceptional(ts []flow.Token) bool {
	for i := range ts {
		if _, ok := ts[i].Value.(flow.Exception); ok {
			return true
		}
	}
	return false
}

// call runs the action; a panic becomes an error.
func (a *Actions) call(act *action) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &Panic{r, debug.Stack()}
		}
	}()
	return act.Fire(&a.firing)
}

// pack weighs what the firing gives and finds where it goes.
func (a *Actions) pack(act *action) error {
	a.parcel = a.parcel[:0]
	for _, g := range a.firing.Given() {
		if g.Port < 0 || g.Port >= len(act.outs) {
			return fmt.Errorf("given on out-port %d of %d", g.Port, len(act.outs))
		}
		p := parcel{out: act.outs[g.Port]}
		p.to, p.value, p.bad = p.out.sort(g.Value)
		var err error
		if p.bytes, err = Weigh(p.value); err != nil {
			return fmt.Errorf("given on out-port %s: %w", p.out.port, err)
		}
		a.parcel = append(a.parcel, p)
	}
	return nil
}

// give offers the parcels.
func (a *Actions) give(now time.Time, trace *flow.Trace) Result {
	res := Result{Fired: true}
	for i := range a.parcel {
		p := &a.parcel[i]
		if p.bad != nil {
			res.Fault = fmt.Errorf("out-port %s: %w", p.out.port, p.bad)
			res.Letters++
			res.Bytes += a.write(Letter{At: now, Why: res.Fault.Error(),
				Tokens: []LetterToken{{p.out.port, flow.Token{Value: p.value, Source: a.id, Made: now}}}})
			continue
		}
		if a.given != nil {
			a.given(p.out.port, a.firing.Given()[i].Value)
		}
		a.token = flow.Token{Value: p.value, Source: a.id, Made: now, Trace: trace}
		res.Bytes += p.bytes * p.out.offer(p.to, &a.token, p.bytes)
	}
	return res
}
