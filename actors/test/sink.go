package testactors

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// kept is how many bytes of tokens a sink keeps in its state: the newest.
// Calvin's keeps all, until its node has no memory left.
const kept = value.MostHeld

// Sink is test.Sink. A Go test that holds the actor reads [Sunk.Tokens].
func Sink() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "test.Sink",
			Doc: "Log tokens and, if told so, keep them",
			Args: []flow.ArgSpec{
				{Name: "store_tokens", Doc: "keep the tokens (the newest 384 kB), to report them", Kind: "bool|integer", Default: false},
				{Name: "quiet", Doc: "log at debug level", Kind: "bool|integer", Default: false},
				{Name: "active", Doc: "false takes nothing, until a report says otherwise", Kind: "bool|integer", Default: true}},
			In:    []flow.Port{{Name: "token", Doc: "any token, exception tokens as well"}},
			State: 2},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			s := &Sunk{store: a.Bool("store_tokens"), active: a.Bool("active"), level: slog.LevelInfo, tokens: []any{}}
			if a.Bool("quiet") {
				s.level = slog.LevelDebug
			}
			return s, a.Err()
		},
	}
}

// Sunk is an actor of type test.Sink.
type Sunk struct {
	store, active bool
	level         slog.Level
	env           flow.Env

	mu     sync.Mutex // guards what follows
	tokens []any
	sizes  []int // of each, in bytes
	bytes  int   // of all
}

// Tokens are those kept so far. Any goroutine may ask.
func (s *Sunk) Tokens() []flow.Value {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]any{}, s.tokens...)
}

// Start keeps the environment.
func (s *Sunk) Start(env flow.Env) error {
	s.env = env
	return nil
}

// Actions takes tokens, one at a time, exception tokens as well.
func (s *Sunk) Actions() []flow.Action {
	return []flow.Action{{In: []string{"token"}, Exceptions: true, Guard: func() bool { return s.active }, Fire: func(f *flow.Firing) error {
		if s.store {
			if err := s.keep(f.In[0].Value); err != nil {
				return err
			}
		}
		s.env.Log().Log(context.Background(), s.level, "token sunk", "token", value.Text(f.In[0].Value))
		return nil
	}}}
}

// keep keeps a token, and lets go of the oldest ones if that is too much.
func (s *Sunk) keep(token flow.Value) error {
	n, err := value.Hold(token)
	if err != nil {
		return err
	}
	if n > kept {
		return fmt.Errorf("%w: %d bytes can't be kept, at most %d", flow.ErrUnfit, n, kept)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens, s.sizes, s.bytes = append(s.tokens, token), append(s.sizes, n), s.bytes+n
	for s.bytes > kept {
		s.bytes -= s.sizes[0]
		s.tokens[0] = nil // lets go of it
		s.tokens, s.sizes = s.tokens[1:], s.sizes[1:]
	}
	return nil
}

// Report is the list of tokens kept. Told {"active": true} or false, it takes
// tokens from now on, or none.
func (s *Sunk) Report(args map[string]flow.Value) (flow.Value, error) {
	if v, told := args["active"]; told {
		s.active = python.Truth(v)
	}
	return s.Tokens(), nil
}

// Save writes the tokens kept.
func (s *Sunk) Save() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return value.Save(append([]any{}, s.tokens...), s.active)
}

// Restore reads what Save wrote.
func (s *Sunk) Restore(version int, state []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if version == 1 { // before a report could make it active
		err = value.Restore(version, 1, state, &s.tokens)
	} else {
		err = value.Restore(version, 2, state, &s.tokens, &s.active)
	}
	if err != nil {
		return err
	}
	s.sizes, s.bytes = nil, 0
	for _, token := range s.tokens {
		n, err := value.Hold(token)
		if err != nil {
			return err
		}
		s.sizes, s.bytes = append(s.sizes, n), s.bytes+n
	}
	return nil
}
