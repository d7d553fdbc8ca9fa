package agree

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Ways to the leader. A call is tried until it is answered or its context ends:
// everything may be repeated.

const (
	patience = 3 * time.Second       // for one answer of one voter
	pause    = 20 * time.Millisecond // between two tries, at first
	maxPause = 300 * time.Millisecond
)

// An Answer is what came of an entry.
type Answer struct {
	Index uint64 // of the entry
	Body  []byte // what the machine answered, on the leader
}

// A RefusedError is a call that the leader would not do; trying again is of no
// use.
type RefusedError struct{ Text string }

func (e *RefusedError) Error() string { return e.Text }

func refuse(format string, args ...any) error { return &RefusedError{fmt.Sprintf(format, args...)} }

// Apply has the entry agreed on and returns the leader's answer. This node's
// machine may apply it later; see [Group.Wait]. When the answer of a try was
// lost the entry is sent again, so it may be agreed more than once. Without a
// majority the error is [ErrNoLeader] once ctx ends, and the entry may or may
// not be agreed later.
func (g *Group) Apply(ctx context.Context, entry []byte) (Answer, error) {
	return g.untilLed(ctx, g.kind("apply"), entry, patience, func(v *voter) (Answer, error) { return v.apply(ctx, entry, anyTerm) })
}

// AskLeader puts one of Config.Questions to the leader. It is asked again when
// the answer was lost.
func (g *Group) AskLeader(ctx context.Context, question string, body []byte) ([]byte, error) {
	a, err := g.untilLed(ctx, g.kind("ask."+question), body, patience, func(*voter) (Answer, error) {
		b, err := g.cfg.Questions[question](ctx, g.self(), body)
		return Answer{Body: b}, err
	})
	return a.Body, err
}

// Sync waits until this node's machine has applied everything that was agreed
// before the call, if this node holds the log, and at least until a leader has
// said how far that is. It needs a majority.
func (g *Group) Sync(ctx context.Context) error {
	a, err := g.Barrier(ctx)
	if err != nil {
		return err
	}
	return g.Wait(ctx, a)
}

// Barrier is the index of the newest entry that was agreed before the call.
func (g *Group) Barrier(ctx context.Context) (uint64, error) {
	a, err := g.untilLed(ctx, g.kind("barrier"), nil, patience, func(*voter) (Answer, error) { return g.barrier(ctx) })
	return a.Index, err
}

// barrier proves that this node leads; what its machine has by then is all that
// is agreed.
func (g *Group) barrier(ctx context.Context) (Answer, error) {
	v := g.holder()
	if v == nil {
		return Answer{}, errElection
	}
	at, _ := g.fsm.has(v)
	return Answer{Index: at}, g.Prove(ctx)
}

// Wait waits until this node's machine has applied the entry at an index. On a
// node without log it does not wait.
func (g *Group) Wait(ctx context.Context, index uint64) error {
	for {
		v := g.holder()
		if v == nil {
			return nil
		}
		applied, changed := g.fsm.has(v)
		if applied >= index {
			return nil
		}
		timer := time.NewTimer(maxPause) // a log that is taken away rings nothing
		select {
		case <-changed:
		case <-timer.C:
		case <-g.run.Done():
			timer.Stop()
			return ErrClosed
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("agreed on, but not applied by this node yet: %w", ctx.Err())
		}
		timer.Stop()
	}
}

func (g *Group) kind(what string) string { return g.cfg.Name + "." + what }

// untilLed gets an answer from the leader: from here while this node leads, by
// asking otherwise.
func (g *Group) untilLed(ctx context.Context, kind string, body []byte, patience time.Duration, here func(*voter) (Answer, error)) (Answer, error) {
	if !g.enter() {
		return Answer{}, g.closedError()
	}
	defer g.leave()
	wait, next := pause, 0
	last := errElection
	for {
		changed := g.Changed()
		var a Answer
		var err error
		v := g.holder()
		leader, led := g.Leader()
		var told flow.NodeID
		switch {
		case v != nil && v.leading():
			a, err = here(v)
		case led && leader != g.cfg.Self:
			a, told, err = g.ask(ctx, leader, kind, body, patience)
		case v == nil: // any voter knows who leads
			if others := g.others(); len(others) > 0 {
				a, told, err = g.ask(ctx, others[next%len(others)], kind, body, patience)
				next++
			} else {
				err = errElection
			}
		default:
			err = errElection
		}
		var refused *RefusedError
		if err == nil || errors.As(err, &refused) {
			return a, err
		}
		if err != errElection && ctx.Err() == nil {
			last = err
		}
		if v == nil && g.holder() == nil {
			learned := told != "" && told != leader
			g.suppose(told)
			if learned {
				continue
			}
			changed = g.Changed() // suppose may have closed the other one
		}
		if g.run.Err() != nil {
			return a, g.closedError()
		}
		timer := time.NewTimer(wait)
		select {
		case <-changed:
		case <-timer.C:
		case <-g.run.Done():
		case <-ctx.Done():
			timer.Stop()
			return a, fmt.Errorf("%s: %w: no majority of the voters %s answered (%v): %w", g.cfg.Name, ErrNoLeader, g.voterNames(), last, ctx.Err())
		}
		timer.Stop()
		wait = min(2*wait, maxPause)
	}
}

func (g *Group) closedError() error { return fmt.Errorf("the %s is %w", g.cfg.Name, ErrClosed) }

// others are the voters other than this node, as far as it knows.
func (g *Group) others() []flow.NodeID {
	var ids []flow.NodeID
	for _, r := range []roll{g.roll(), rollOf(g.cfg.Voters)} {
		for _, s := range r.Servers {
			if s.node() != g.cfg.Self && !slices.Contains(ids, s.node()) {
				ids = append(ids, s.node())
			}
		}
	}
	return ids
}

func (g *Group) voterNames() string {
	var names []string
	for _, s := range g.roll().Servers {
		names = append(names, string(s.node()))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// ask puts the question to one voter, and gives up when another one leads. A
// voter that does not lead says who does, with errElection.
func (g *Group) ask(ctx context.Context, node flow.NodeID, kind string, body []byte, patience time.Duration) (Answer, flow.NodeID, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer context.AfterFunc(g.run, cancel)()
	g.busy.Go(func() {
		for {
			changed := g.Changed()
			if leader, ok := g.Leader(); ok && leader != node {
				cancel()
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	})
	b, err := g.cfg.Transport.Ask(ctx, node, kind, body)
	if err != nil {
		return Answer{}, "", err
	}
	a, leader, err := readAnswer(b)
	if err != nil && err != errElection {
		err = fmt.Errorf("answer of %s: %w", node, err)
	}
	return a, leader, err
}

// An answer begins with one of these.
const (
	answerDone    = 0 // index, what the machine answered
	answerElect   = 1 // who leads, or ""
	answerRefused = 2 // why
)

func appendAnswer(a Answer) []byte {
	b := make([]byte, 0, len(a.Body)+11)
	b = binary.AppendUvarint(append(b, answerDone), a.Index)
	return append(b, a.Body...)
}

func readAnswer(b []byte) (Answer, flow.NodeID, error) {
	if len(b) == 0 {
		return Answer{}, "", errors.New("is empty")
	}
	switch b[0] {
	case answerElect:
		return Answer{}, flow.NodeID(b[1:]), errElection
	case answerRefused:
		return Answer{}, "", &RefusedError{string(b[1:])}
	case answerDone:
		if index, n := binary.Uvarint(b[1:]); n > 0 {
			return Answer{index, b[1+n:]}, "", nil
		}
	}
	return Answer{}, "", errors.New("can't be read")
}
