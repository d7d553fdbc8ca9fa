package actortest

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Began is when the clock of a new [Env] stands.
var Began = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// An Env is a node with one actor, a clock that stands, and what the test
// offers. Set its fields before the actor starts.
type Env struct {
	Actor  flow.ActorID
	Signer flow.Signer
	Offers map[string]any // capabilities by name

	mu     sync.Mutex // guards what follows
	now    time.Time
	wakeAt time.Time
	woken  int
	log    bytes.Buffer
}

// NewEnv is an environment that offers nothing.
func NewEnv() *Env {
	return &Env{Actor: "test:actor", Offers: map[string]any{}, now: Began}
}

// Offer adds a capability and returns e.
func (e *Env) Offer(name string, v any) *Env {
	e.Offers[name] = v
	return e
}

// ID is Actor.
func (e *Env) ID() flow.ActorID { return e.Actor }

// Log keeps its lines for [Env.Logged].
func (e *Env) Log() *slog.Logger {
	return slog.New(slog.NewTextHandler(lockedWriter{e}, &slog.HandlerOptions{Level: slog.LevelDebug,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))
}

// Logged are the lines logged so far: "level=INFO msg=… key=value".
func (e *Env) Logged() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := strings.TrimSuffix(e.log.String(), "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// Now is where the clock stands.
func (e *Env) Now() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.now
}

// Set moves the clock without waking the actor, also backwards.
func (e *Env) Set(now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.now = now
}

// Wake is counted.
func (e *Env) Wake() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.woken++
}

// Woken is how often Wake was called.
func (e *Env) Woken() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.woken
}

// WakeAt sets the timer that [Bench.Advance] follows.
func (e *Env) WakeAt(t time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wakeAt = t
}

// Capability gives what was offered.
func (e *Env) Capability(name string) (any, error) {
	if v, ok := e.Offers[name]; ok {
		return v, nil
	}
	return nil, fmt.Errorf("capability %s is not offered", name)
}

// Identity is Signer.
func (e *Env) Identity() flow.Signer { return e.Signer }

// due moves the clock to the timer if that is not after limit, and clears it.
func (e *Env) due(limit time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.wakeAt.IsZero() || e.wakeAt.After(limit) {
		return false
	}
	if e.wakeAt.After(e.now) {
		e.now = e.wakeAt
	}
	e.wakeAt = time.Time{}
	return true
}

type lockedWriter struct{ e *Env }

func (w lockedWriter) Write(b []byte) (int, error) {
	w.e.mu.Lock()
	defer w.e.mu.Unlock()
	return w.e.log.Write(b)
}
