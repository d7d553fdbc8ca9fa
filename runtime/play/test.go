package play

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
	"github.com/wardflow/wardflow/runtime/stage"
)

// A TestConfig is what the tests of a script run on.
type TestConfig struct {
	Types flow.Types
	// Devices makes what one test's actors may ask for. Each test has its own,
	// so that none sees what another has set.
	Devices func() *device.Set
	Seed    uint64       // of the schedule
	Log     *slog.Logger // nil: nowhere
}

// A Verdict is how one test went.
type Verdict struct {
	Name     string
	Failures []Failure     // none: it passed
	Took     time.Duration // of the stage's time
	Printed  string        // by io.Print
	Letters  []stage.Letter
	Stopped  map[flow.ActorID]string // actors that came to a stand, and why
}

// Passed reports whether all was as expected.
func (v *Verdict) Passed() bool { return len(v.Failures) == 0 }

// A Failure is something that was not as expected.
type Failure struct {
	File string
	Span script.Span
	Why  string // in a sentence

	// Of tokens that were not those expected: the port as the script names it,
	// what it gave and what it should have, More saying that there may be more.
	Port      string
	Got, Want []flow.Value
	More      bool
}

// Test runs one test block in virtual time. Each expect first lets everything
// happen that can at that instant, or, when it ends in "...", until there are
// enough tokens; each after does so, too, and then lets its time pass. A port
// is given its tokens past its routing: one that collects, as already collected.
func Test(t script.Trial, cfg TestConfig) Verdict {
	v := Verdict{Name: t.Name}
	devices := cfg.Devices()
	defer devices.Close()
	var printed strings.Builder
	devices.Bind("io.stdout", &printed)
	sc := stage.Config{Graph: t.Graph, Types: cfg.Types, Seed: cfg.Seed, Log: cfg.Log,
		Capability: func(_ flow.ActorID, name string) (any, error) { return devices.Capability(name) }}
	for _, step := range t.Steps {
		for _, e := range step.Ports {
			if step.Do == script.StepGive {
				sc.Feeds = append(sc.Feeds, stage.Feed{To: e})
			} else {
				sc.Watch = append(sc.Watch, e)
			}
		}
	}
	sc.Feeds = unique(sc.Feeds)
	s, err := stage.New(sc)
	if err != nil {
		v.Failures = append(v.Failures, Failure{File: t.File, Span: t.Span, Why: err.Error()})
		return v
	}
	defer s.Close()
	began := s.Now()
	for _, step := range t.Steps {
		if f := do(s, step, devices); f != nil {
			f.File, f.Span = t.File, step.Span
			v.Failures = append(v.Failures, *f)
		}
	}
	v.Took, v.Printed = s.Now().Sub(began), printed.String()
	v.Letters, v.Stopped = s.Letters(), s.Stopped()
	return v
}

// do does one step; nil is as expected.
func do(s *stage.Stage, step script.Step, devices *device.Set) *Failure {
	switch step.Do {
	case script.StepGive:
		for _, e := range step.Ports {
			if err := s.Feed(stage.Feed{To: e}, step.Values...); err != nil {
				return &Failure{Why: err.Error()}
			}
		}
	case script.StepSet:
		if err := devices.Put(step.As, step.Values[0]); err != nil {
			return &Failure{Why: err.Error()}
		}
	case script.StepAfter:
		s.Settle(nil)
		s.Run(context.Background(), s.Now().Add(step.After), nil)
	case script.StepExpect:
		return expect(s, step)
	}
	return nil
}

// expect compares what ports gave with what they should have.
func expect(s *stage.Stage, step script.Step) *Failure {
	var enough func() bool
	if step.More {
		enough = func() bool { return s.Count(step.Ports...) >= len(step.Values) }
	}
	end := s.Settle(enough)
	got := s.Given(step.Ports...)
	f := &Failure{Port: step.As, Got: got, Want: step.Values, More: step.More}
	compared := got
	if step.More && len(got) > len(step.Values) {
		compared = got[:len(step.Values)]
	}
	switch {
	case end == stage.Endless && !step.More:
		f.Why = step.As + " gives tokens without end; end the list with ... if only the first matter"
		f.Got = got[:min(len(got), len(step.Values)+1)]
		return f
	case same(compared, step.Values):
		return nil
	case len(got) < len(step.Values) && same(got, step.Values[:len(got)]):
		f.Why = fmt.Sprintf("%s gave %s, not %d", step.As, tokens(len(got)), len(step.Values))
	case len(got) > len(step.Values) && same(got[:len(step.Values)], step.Values):
		f.Why = fmt.Sprintf("%s gave %s, not %d", step.As, tokens(len(got)), len(step.Values))
	default:
		f.Why = step.As + " gave other tokens"
	}
	return f
}

func tokens(n int) string {
	if n == 1 {
		return "1 token"
	}
	return fmt.Sprintf("%d tokens", n)
}

func unique(feeds []stage.Feed) (some []stage.Feed) {
	seen := map[stage.Feed]bool{}
	for _, f := range feeds {
		if !seen[f] {
			seen[f] = true
			some = append(some, f)
		}
	}
	return some
}
