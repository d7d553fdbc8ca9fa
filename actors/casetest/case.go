package casetest

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Values, Ports and Args are short names for what cases are made of.
type (
	Values = []flow.Value
	Ports  = map[string]Values
	Args   = map[string]flow.Value
	List   = []any
	Dict   = map[string]any
)

// A Case is what an actor is given, and what it makes of it.
type Case struct {
	Name string
	Args Args
	In   Ports
	Out  Ports // ports that give nothing may be left out
	// Letters are the dead letters, in order: each has the text here in its
	// reason.
	Letters []string
	Left    Ports         // tokens that stay at in-ports, as an actor that waits leaves them
	For     time.Duration // how long the clock runs on, from timer to timer, when nothing can fire
	Room    int           // how many tokens an out-port holds; 0 is 16
	Offers  Dict          // capabilities by name
}

// Run runs the cases.
func Run(t *testing.T, typ flow.Type, cases []Case) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			c.check(t, typ, false)
			c.check(t, typ, true)
		})
	}
}

// most is how many firings a case may take.
const most = 10_000

func (c Case) check(t *testing.T, typ flow.Type, restarts bool) {
	t.Helper()
	how := "run straight on"
	if restarts {
		how = "restarted after every firing"
	}
	given := whole(c.In)
	before := encoded(t, given)
	b := newBench(t, typ, c, given)
	defer func() { b.stop() }()
	for n := 0; ; n++ {
		fired, err := b.acts.Fire(b.env.Now())
		if err != nil {
			t.Fatalf("%s: %v", how, err)
		}
		if !fired.Fired {
			if !b.env.next(c.For) {
				break
			}
			continue
		}
		if n == most {
			t.Fatalf("%s: fires without end", how)
		}
		if restarts {
			b.restart(t)
		}
	}
	if after := encoded(t, given); !bytes.Equal(before, after) {
		t.Errorf("%s: the actor changed what it was given", how)
	}
	compare(t, how+": gives", b.values(b.out), whole(c.Out))
	compare(t, how+": leaves", b.values(b.in), whole(c.Left))
	b.letters.compare(t, how, c.Letters)
}

func compare(t *testing.T, what string, got, want Ports) {
	t.Helper()
	for _, port := range slices.Sorted(maps.Keys(got)) {
		if w := want[port]; len(got[port])+len(w) > 0 && !reflect.DeepEqual(got[port], w) {
			t.Errorf("%s on %s %s, want %s", what, port, shown(got[port]), shown(w))
		}
	}
	for port := range want {
		if _, ok := got[port]; !ok {
			t.Errorf("the case names %s, which is not linked", port)
		}
	}
}

// shown is what tells values apart, in not too many letters.
func shown(vs Values) string {
	s := fmt.Sprintf("%#v", vs)
	if len(s) > 1000 {
		s = s[:1000] + "…"
	}
	return s
}

// whole is a copy in which Go ints are int64.
func whole(p Ports) Ports {
	out := Ports{}
	for port, vs := range p {
		out[port] = wholeValue(vs).([]any)
	}
	return out
}

func wholeValue(v flow.Value) flow.Value {
	switch v := v.(type) {
	case int:
		return int64(v)
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = wholeValue(e)
		}
		return list
	case map[string]any:
		dict := make(map[string]any, len(v))
		for k, e := range v {
			dict[k] = wholeValue(e)
		}
		return dict
	}
	return v
}

func encoded(t *testing.T, p Ports) (b []byte) {
	t.Helper()
	for _, port := range slices.Sorted(maps.Keys(p)) {
		for _, v := range p[port] {
			var err error
			if b, err = flow.AppendValue(b, v); err != nil {
				t.Fatalf("the case's tokens for %s: %v", port, err)
			}
		}
	}
	return b
}

// A box keeps dead letters.
type box []firing.Letter

func (b *box) Full() bool           { return false }
func (b *box) Keep(l firing.Letter) { *b = append(*b, l) }

func (b *box) compare(t *testing.T, how string, want []string) {
	t.Helper()
	for i, l := range *b {
		if i >= len(want) || !strings.Contains(l.Why, want[i]) {
			t.Errorf("%s: letter %d says %q; want %q", how, i, l.Why, want)
		}
	}
	if len(*b) < len(want) {
		t.Errorf("%s: writes %d letters, want %q", how, len(*b), want)
	}
}

// An env follows the actor's timer.
type env struct {
	*actortest.Env
	wakeAt time.Time
}

func (e *env) WakeAt(t time.Time) { e.wakeAt = t }

// next moves the clock to the timer, if that is within limit of the start.
func (e *env) next(limit time.Duration) bool {
	if e.wakeAt.IsZero() || e.wakeAt.After(actortest.Began.Add(limit)) {
		return false
	}
	if e.wakeAt.After(e.Now()) {
		e.Set(e.wakeAt)
	}
	e.wakeAt = time.Time{}
	return true
}
