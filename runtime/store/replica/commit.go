package replica

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/store"
)

// An ask is an op on its way.
type ask struct {
	op   []byte
	done chan answer // holds one
}

const (
	patience = 5 * time.Second        // for an outcome: who waits longer learns that none is known
	grace    = 500 * time.Millisecond // for one that is under way when its context ends
	mostOps  = 1024                   // of one question
)

// Commit stores a batch: see [store.Store]. Without a majority it ends with
// [ErrUnsure] if the batch is under way, and may be tried again; it is withdrawn
// if it is not.
func (s *Store) Commit(ctx context.Context, b store.Batch) error {
	if _, err := s.ask(ctx, op{batch: b}); err != nil {
		return fmt.Errorf("commit to store: %w", err)
	}
	return nil
}

// Fence raises the epoch of an actor's checkpoint on all members: see
// [store.Store]. When it returns, this member's copy shows all that was
// committed before.
func (s *Store) Fence(ctx context.Context, actor flow.ActorID, epoch uint64) (flow.Checkpoint, error) {
	a, err := s.ask(ctx, op{actor: actor, epoch: epoch})
	if err == nil {
		err = s.group.Wait(ctx, s.acked.Load())
	}
	if err != nil {
		return flow.Checkpoint{}, fmt.Errorf("take over %s in the store: %w", actor, err)
	}
	return a.whole, nil
}

func (s *Store) ask(ctx context.Context, o op) (answer, error) {
	b, err := o.encode()
	if err != nil {
		return answer{}, err
	}
	a := &ask{b, make(chan answer, 1)}
	s.mu.Lock()
	switch {
	case s.run.Err() != nil:
		err = ErrClosed
	case ctx.Err() != nil:
		err = ctx.Err()
	default:
		s.waiting = append(s.waiting, a)
	}
	s.mu.Unlock()
	if err != nil {
		return answer{}, err
	}
	select {
	case s.signal <- struct{}{}:
	default:
	}
	got, err := s.outcome(ctx, a)
	if err != nil {
		return answer{}, err
	}
	return got, got.err
}

// outcome waits for the answer for as long as that makes sense.
func (s *Store) outcome(ctx context.Context, a *ask) (answer, error) {
	enough := time.NewTimer(patience)
	defer enough.Stop()
	over := ctx.Done()
	for {
		select {
		case got := <-a.done:
			return got, nil
		case <-over:
			if s.withdraw(a) {
				return answer{}, ctx.Err()
			}
			over = nil
			enough.Reset(grace)
		case <-enough.C:
			if s.withdraw(a) {
				return answer{}, fmt.Errorf("others wait before it: %w", s.why())
			}
			return answer{}, fmt.Errorf("%w: %w", ErrUnsure, s.why())
		}
	}
}

// why says what commits wait for.
func (s *Store) why() error {
	if behind := s.Behind(); behind != "" {
		return fmt.Errorf("%w: %s", agree.ErrNoLeader, behind)
	}
	return errors.New("the members are slow")
}

// withdraw takes an ask back unless it is under way.
func (s *Store) withdraw(a *ask) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, w := range s.waiting {
		if w == a {
			s.waiting = append(s.waiting[:i:i], s.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// next takes what waits, as much as one entry of the log holds and at least one.
func (s *Store) next() []*ask {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, size := 0, 0
	for n < len(s.waiting) && n < mostOps {
		size += len(s.waiting[n].op) + 8
		if n > 0 && size > entryBytes {
			break
		}
		n++
	}
	out := s.waiting[:n:n]
	s.waiting = s.waiting[n:]
	if len(s.waiting) == 0 {
		s.waiting = nil
	}
	return out
}

// propose asks one question after the other until the store closes.
func (s *Store) propose() {
	for seq := uint64(1); ; {
		asks := s.next()
		if len(asks) == 0 {
			select {
			case <-s.signal:
				continue
			case <-s.run.Done():
				s.refuse()
				return
			}
		}
		answers, err := s.question(seq, asks)
		seq++
		for i, a := range asks {
			if err != nil {
				a.done <- answer{err: err}
			} else {
				a.done <- answers[i]
			}
		}
	}
}

// refuse answers what waits when the store closes.
func (s *Store) refuse() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.waiting {
		a.done <- answer{err: ErrClosed}
	}
	s.waiting = nil
}

// question has a question agreed on.
func (s *Store) question(seq uint64, asks []*ask) ([]answer, error) {
	ops := make([][]byte, len(asks))
	for i, a := range asks {
		ops[i] = a.op
	}
	var last agree.Answer
	for _, e := range cut(s.origin, seq, appendQuestion(nil, ops)) {
		var err error
		if last, err = s.group.Apply(s.run, e); err != nil {
			return nil, s.ended(err)
		}
	}
	answers, err := readAnswers(last.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: read the answer: %w", ErrUnsure, err)
	}
	if len(answers) == 1 && len(asks) > 1 && answers[0].err != nil { // of the question as a whole
		return nil, answers[0].err
	}
	if len(answers) != len(asks) {
		return nil, fmt.Errorf("read the answer: %d outcomes of %d", len(answers), len(asks))
	}
	s.acked.Store(last.Index)
	return answers, nil
}

// ended is the error of a question that was not answered. A call ends because
// the store closes, or was refused by the leader.
func (s *Store) ended(err error) error {
	var refused *agree.RefusedError
	if errors.As(err, &refused) {
		return err
	}
	if s.run.Err() != nil || errors.Is(err, agree.ErrClosed) {
		return fmt.Errorf("%w, and %w", ErrClosed, ErrUnsure)
	}
	return err
}
