package firing_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A recorder is a tracer that begins a way at each firing without tokens, and
// remembers what it is told.
type recorder struct {
	fired []flow.Fired
	begin bool
}

func (r *recorder) Sample() bool { return r.begin }

func (r *recorder) Record(f flow.Fired) *flow.Trace {
	r.fired = append(r.fired, f)
	t := &flow.Trace{ID: [16]byte{1}, Span: [8]byte{byte(len(r.fired))}}
	if len(f.From) > 0 {
		t.ID = f.From[0].ID
	}
	return t
}

var way = &flow.Trace{ID: [16]byte{7}, Span: [8]byte{7}}

func traced(rec firing.Tracer) func(*firing.Config) {
	return func(c *firing.Config) { c.Tracer = rec }
}

// Without a tracer a token's trace is passed on as it came, and with one it is
// that of the firing; tokens that have none are given none.
func TestTracesArePassedOn(t *testing.T) {
	rec := &recorder{begin: true}
	for _, tt := range []struct {
		name string
		with firing.Tracer
		came *flow.Trace
		want flow.Trace // zero: none
	}{
		{"nobody records, not traced", nil, nil, flow.Trace{}},
		{"nobody records", nil, way, *way},
		{"not traced", rec, nil, flow.Trace{}},
		{"recorded", rec, way, flow.Trace{ID: way.ID, Span: [8]byte{1}}},
	} {
		r := newRig(t, 1, 1, "", "", actor{actions: []flow.Action{pass()}}, traced(tt.with))
		r.ins[0].Offer(&flow.Token{Value: "v", Source: "app:a", Made: time.Now(), Trace: tt.came}, 0)
		r.fire(t)
		got := r.outs[0].tokens[0].Trace
		if tt.want == (flow.Trace{}) != (got == nil) || got != nil && *got != tt.want {
			t.Errorf("%s: the token carries %v, want %v", tt.name, got, tt.want)
		}
	}
	if len(rec.fired) != 1 || rec.fired[0].Source != "app:a" || rec.fired[0].Took != 1 || rec.fired[0].Gave != 1 || rec.fired[0].From[0] != way {
		t.Errorf("recorded was %+v", rec.fired)
	}
}

// What an actor gathers and gives later comes of the last traced token that it
// took: a window, of its readings.
func TestAWindowComesOfItsReadings(t *testing.T) {
	var taken int
	gather := flow.Action{In: []string{"in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		if taken++; taken == 3 {
			f.Give(0, "window")
			taken = 0
		}
		return nil
	}}
	rec := &recorder{}
	r := newRig(t, 1, 1, "", "", actor{actions: []flow.Action{gather}}, traced(rec))
	for n := range 6 {
		tok := flow.Token{Value: int64(n)}
		if n == 1 {
			tok.Trace = way
		}
		r.ins[0].Offer(&tok, 0)
		r.fire(t)
	}
	first, second := r.outs[0].tokens[0].Trace, r.outs[0].tokens[1].Trace
	if first == nil || first.ID != way.ID || second != nil {
		t.Fatalf("the windows carry %v and %v, want the first to carry %v", first, second, way)
	}
	if len(rec.fired) != 2 || rec.fired[0].Gave != 0 || rec.fired[1].From[0].Span != [8]byte{1} {
		t.Errorf("recorded was %+v: want the taking, and below it the giving", rec.fired)
	}
}

// Ways begin where tokens do, and only if something comes of it; a fault is
// recorded where it was.
func TestWaysBeginAtSources(t *testing.T) {
	give := false
	source := flow.Action{Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		if give {
			f.Give(0, int64(1))
		}
		return nil
	}}
	rec := &recorder{begin: true}
	r := newRig(t, 0, 1, "", "", actor{actions: []flow.Action{source}}, traced(rec))
	r.fire(t)
	if len(rec.fired) != 0 {
		t.Fatalf("nothing was given, and recorded was %+v", rec.fired)
	}
	give = true
	r.fire(t)
	if len(rec.fired) != 1 || r.outs[0].tokens[0].Trace == nil || len(rec.fired[0].From) != 0 {
		t.Errorf("recorded was %+v", rec.fired)
	}

	rec = new(recorder)
	amiss := errors.New("amiss")
	fail := flow.Action{In: []string{"in"}, Fire: func(f *flow.Firing) error {
		if f.In[0].Value == "later" {
			return flow.ErrLater
		}
		return amiss
	}}
	r = newRig(t, 1, 0, "", "", actor{actions: []flow.Action{fail}}, traced(rec))
	r.ins[0].Offer(&flow.Token{Value: "now", Trace: way}, 0)
	r.ins[0].Offer(&flow.Token{Value: "later", Trace: way}, 0)
	for range 3 {
		_, _ = r.acts.Fire(now)
	}
	if len(rec.fired) != 1 || !errors.Is(rec.fired[0].Err, amiss) {
		t.Errorf("recorded was %+v: want the fault once, and no waiting", rec.fired)
	}
}

// What it costs that ways could be recorded: nobody records; one who does, and this
// token's is not; it is.
func BenchmarkTrace(b *testing.B) {
	for _, bb := range []struct {
		name  string
		with  firing.Tracer
		trace *flow.Trace
	}{{"off", nil, nil}, {"on, not this one", nothing{}, nil}, {"passed on", nil, way}, {"recorded", nothing{}, way}} {
		b.Run(bb.name, func(b *testing.B) {
			r := newRig(b, 1, 1, "", "", actor{actions: []flow.Action{pass()}}, traced(bb.with), func(c *firing.Config) {
				c.Given = nil
				c.In[0].End, c.Out[0].End = &spring{flow.Token{Value: "x", Trace: bb.trace}}, &spring{}
			})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.acts.Fire(now); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

type nothing struct{}

func (nothing) Sample() bool                    { return false }
func (nothing) Record(f flow.Fired) *flow.Trace { return f.From[0] }
