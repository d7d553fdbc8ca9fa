package timer

import (
	"fmt"
	"time"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// The limits of a line, so that a state can carry it. A full line takes no more
// tokens until one has left it.
const (
	lineTokens = 4096
	lineBytes  = 128 << 10
	lineToken  = 256 << 10 // one token
)

// A Line holds tokens, each until its own time. They leave in the order in
// which they came, so one may be held up by the one before it.
type Line struct {
	env   flow.Env
	held  []held
	bytes int
}

type held struct {
	at    int64 // when it may leave
	token flow.Value
	bytes int
}

// Start begins, or goes on after a restore. Longest is how long a token is held
// at most.
func (l *Line) Start(env flow.Env, longest time.Duration) {
	l.env = env
	latest := env.Now().UnixNano() + int64(longest) // a clock set back must not silence it
	for i := range l.held {
		l.held[i].at = min(l.held[i].at, latest)
	}
	l.wake()
}

// Room reports whether the line takes one more token.
func (l *Line) Room() bool { return len(l.held) < lineTokens && l.bytes < lineBytes }

// Hold takes a token until d has passed. The error, [flow.ErrUnfit], is of a
// token that is too large.
func (l *Line) Hold(now time.Time, d time.Duration, token flow.Value) error {
	n, err := value.Hold(token)
	if err != nil {
		return err
	}
	if n > lineToken {
		return fmt.Errorf("%w: %d bytes can't be held, at most %d", flow.ErrUnfit, n, lineToken)
	}
	l.held = append(l.held, held{at: now.UnixNano() + int64(d), token: token, bytes: n})
	l.bytes += n
	l.wake()
	return nil
}

// Due reports whether the first token may leave.
func (l *Line) Due() bool { return len(l.held) > 0 && l.env.Now().UnixNano() >= l.held[0].at }

// Next takes the first token out of the line.
func (l *Line) Next() flow.Value {
	first := l.held[0]
	l.held[0] = held{} // lets go of the token
	l.held = l.held[1:]
	l.bytes -= first.bytes
	l.wake()
	return first.token
}

func (l *Line) wake() {
	if len(l.held) > 0 {
		l.env.WakeAt(time.Unix(0, l.held[0].at))
	}
}

// State is the line as a value of its actor's state.
func (l *Line) State() []any {
	list := make([]any, 0, 2*len(l.held))
	for _, h := range l.held {
		list = append(list, h.at, h.token)
	}
	return list
}

// SetState takes what State gave.
func (l *Line) SetState(list []any) error {
	l.held, l.bytes = nil, 0
	for i := 0; i+1 < len(list); i += 2 {
		at, ok := list[i].(int64)
		if !ok {
			return fmt.Errorf("state has %s as a time", value.Kind(list[i]))
		}
		n, err := value.Hold(list[i+1])
		if err != nil {
			return err
		}
		l.held = append(l.held, held{at, list[i+1], n})
		l.bytes += n
	}
	return nil
}
