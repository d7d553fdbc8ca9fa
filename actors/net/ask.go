package netactors

import (
	"context"
	"sync"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

// An ask is one question at a time, asked in a goroutine of its own. The tokens
// that it is about stay in their ports until it has been answered:
//
//	begin    the first firing that sees the tokens asks, and returns ErrLater
//	ready    the answer wakes the actor; now its guards see it
//	end      the firing that takes the tokens takes the answer
//
// begin, ready, peek and end belong to the actor's thread.
type ask[Q, A any] struct {
	do   func(context.Context, Q) (A, error)
	same func(Q, Q) bool
	env  flow.Env
	stop context.CancelFunc
	ctx  func() context.Context
	work sync.WaitGroup
	now  bool // do answers at once

	asked    bool
	question Q

	mu       sync.Mutex // guards what follows
	answered bool
	answer   A
	err      error
}

func (a *ask[Q, A]) start(env flow.Env, service any, do func(context.Context, Q) (A, error), same func(Q, Q) bool) {
	a.env, a.do, a.same = env, do, same
	run, stop := context.WithCancel(context.Background())
	a.stop, a.ctx = stop, func() context.Context { return run }
	_, a.now = service.(device.Instant)
}

// close breaks off what is under way, and waits for it.
func (a *ask[Q, A]) close() {
	if a.stop != nil {
		a.stop()
		a.work.Wait()
	}
}

// idle reports that nothing is asked.
func (a *ask[Q, A]) idle() bool { return !a.asked }

// begin asks q. The error is always [flow.ErrLater].
func (a *ask[Q, A]) begin(q Q) error {
	a.asked, a.question = true, q
	ctx := a.ctx()
	run := func() {
		answer, err := a.do(ctx, q)
		a.mu.Lock()
		a.answered, a.answer, a.err = true, answer, err
		a.mu.Unlock()
		a.env.Wake()
	}
	if a.now {
		run()
	} else {
		a.work.Go(run)
	}
	return flow.ErrLater
}

// peek is the answer; ok is false while there is none.
func (a *ask[Q, A]) peek() (answer A, err error, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.answer, a.err, a.asked && a.answered
}

// good and bad say what answer there is; a guard asks them.
func (a *ask[Q, A]) good() bool { _, err, ok := a.peek(); return ok && err == nil }
func (a *ask[Q, A]) bad() bool  { _, err, ok := a.peek(); return ok && err != nil }

// end takes the answer to q. If something else was asked, since a collecting
// port has turned to another link meanwhile, q is asked now.
func (a *ask[Q, A]) end(q Q) (A, error) {
	answer, err, _ := a.peek()
	mine := a.same(a.question, q)
	a.mu.Lock()
	var none A
	a.asked, a.answered, a.answer, a.err = false, false, none, nil
	a.mu.Unlock()
	if !mine {
		return none, a.begin(q)
	}
	return answer, err
}

// Awaits reports that an answer is on its way.
func (a *ask[Q, A]) Awaits() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked && !a.answered
}
