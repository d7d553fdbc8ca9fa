package testactors

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Sink is test.Sink. A Go test that holds the actor reads [Sunk.Tokens].
func Sink() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "test.Sink",
			Doc: "Log tokens and, if told so, keep them",
			Args: []flow.ArgSpec{
				{Name: "store_tokens", Doc: "keep the tokens, in memory and in the state", Kind: "bool", Default: false},
				{Name: "quiet", Doc: "log at debug level", Kind: "bool", Default: false},
				{Name: "active", Doc: "false takes nothing", Kind: "bool", Default: true}},
			In:    []flow.Port{{Name: "token", Doc: "any token, exception tokens as well"}},
			State: 1},
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

	mu     sync.Mutex // guards tokens
	tokens []any
}

// Tokens are those kept so far. Any goroutine may ask.
func (s *Sunk) Tokens() []flow.Value {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.tokens)
}

// Start keeps the environment.
func (s *Sunk) Start(env flow.Env) error {
	s.env = env
	return nil
}

// Actions takes tokens, one at a time.
func (s *Sunk) Actions() []flow.Action {
	return []flow.Action{{In: []string{"token"}, Exceptions: true, Guard: func() bool { return s.active }, Fire: func(f *flow.Firing) error {
		if s.store {
			s.mu.Lock()
			s.tokens = append(s.tokens, f.In[0].Value)
			s.mu.Unlock()
		}
		s.env.Log().Log(context.Background(), s.level, "token sunk", "token", value.Text(f.In[0].Value))
		return nil
	}}}
}

// Save writes the tokens kept.
func (s *Sunk) Save() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return value.Save(s.tokens)
}

// Restore reads what Save wrote.
func (s *Sunk) Restore(version int, state []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return value.Restore(version, 1, state, &s.tokens)
}
