package trial

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The actors of the trials of links: a source that gives as fast as it is let,
// one that passes on, and a sink that counts.

// tokenBytes is how many bytes a token's value has; with its number, time and
// source it is about a hundred.
const tokenBytes = 86

// sample is what every token of a source carries: as a signed reading would,
// bytes that nobody looks into.
func sample() flow.Value {
	b := make([]byte, tokenBytes)
	for i := range b {
		b[i] = byte(i * 37)
	}
	return flow.Sealed{Kind: "reading", Bytes: b}
}

// A source gives tokens once its gate is open.
type source struct {
	left  int
	value flow.Value
	gate  atomic.Bool
	env   flow.Env
}

func newSource(tokens int) *source { return &source{left: tokens, value: sample()} }

func (s *source) Start(env flow.Env) error { s.env = env; return nil }

func (s *source) open() {
	s.gate.Store(true)
	s.env.Wake()
}

func (s *source) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"out"}, Guard: func() bool { return s.left > 0 && s.gate.Load() },
		Fire: func(f *flow.Firing) error {
			s.left--
			f.Give(0, s.value)
			return nil
		}}}
}

// A pass gives what it takes.
type pass struct{}

func (pass) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		f.Give(0, f.In[0].Value)
		return nil
	}}}
}

// A sink holds its tokens to coming all, once and in order.
type sink struct {
	want, got int
	last      time.Time // when the last one came
	wrong     error
	done      chan struct{} // closed with the last token, or the first wrong one
}

func newSink(tokens int) *sink { return &sink{want: tokens, done: make(chan struct{})} }

func (s *sink) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Fire: func(f *flow.Firing) error {
		s.take(&f.In[0])
		return nil
	}}}
}

func (s *sink) take(t *flow.Token) {
	if s.wrong != nil {
		return
	}
	s.got++
	v, ok := t.Value.(flow.Sealed)
	if t.Seq != uint64(s.got) || !ok || len(v.Bytes) != tokenBytes {
		s.wrong = fmt.Errorf("token %d came in place of token %d", t.Seq, s.got)
	}
	if s.got == s.want || s.wrong != nil {
		s.last = time.Now()
		close(s.done)
	}
}
