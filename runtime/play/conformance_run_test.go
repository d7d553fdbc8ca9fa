package play

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// plays runs a script in every way there is and holds what it gives against
// the claim.
func (c *claim) plays(t *testing.T, g *flow.Graph) {
	for seed := range uint64(4) {
		for _, migrate := range []bool{false, true} {
			how := fmt.Sprintf("virtual, seed %d, migrations %v", seed, migrate)
			if wrong := c.play(g, Config{Virtual: true, For: c.virtual(), Migrate: migrate, Seed: seed}); wrong != "" {
				t.Fatalf("%s: %s", how, wrong)
			}
		}
	}
	for _, migrate := range []bool{false, true} {
		if wrong := c.onEngines(t, g, migrate); wrong != "" {
			t.Fatalf("on engines, migrations %v: %s", migrate, wrong)
		}
	}
}

// onEngines runs the script on engines. One with an end, or with a time of its
// own, does so by the clock of a bubble, so that nobody waits for its timers.
func (c *claim) onEngines(t *testing.T, g *flow.Graph, migrate bool) (wrong string) {
	if !c.endless() && !c.real {
		synctest.Test(t, func(*testing.T) {
			time.Sleep(time.Until(c.now)) // a bubble's clock begins in the year 2000
			wrong = c.play(g, Config{For: c.span, Migrate: migrate})
		})
		return wrong
	}
	// A source without end stops the clock of a bubble, too. A run that was too short
	// for a busy computer is made again, longer.
	for _, span := range []time.Duration{20 * time.Millisecond, time.Second, 10 * time.Second} {
		if wrong = c.play(g, Config{For: span, Migrate: migrate}); wrong == "" {
			break
		}
	}
	return wrong
}

// virtual is for how long the script runs in virtual time.
func (c *claim) virtual() time.Duration {
	if c.span == 0 && c.endless() {
		return 3 * time.Millisecond
	}
	return c.span
}

// play runs the script once; wrong is "" when all is as claimed.
func (c *claim) play(g *flow.Graph, cfg Config) (wrong string) {
	out := &paper{}
	set, err := c.mocks(out)
	if err != nil {
		return err.Error()
	}
	cfg.Graph, cfg.Types, cfg.Now = g, actors.All(), c.now
	cfg.Capability = func(_ flow.ActorID, name string) (any, error) { return set.Capability(name) }
	res, err := Run(context.Background(), cfg)
	if err != nil {
		return err.Error()
	}
	for id, why := range res.Stopped {
		return fmt.Sprintf("%s stopped: %s", id, why)
	}
	for _, wrong := range []string{c.sinks(g.App, res.Sinks), c.prints(out.String()), c.wrote(set), c.letters(res.Letters)} {
		if wrong != "" {
			return wrong
		}
	}
	return ""
}

// mocks are devices as the claim sets them, and out as standard output.
func (c *claim) mocks(out *paper) (*device.Set, error) {
	set := device.Mocks()
	set.Bind("io.stdout", out)
	for _, d := range c.devices {
		v, err := flow.UnmarshalValue([]byte(d[1]))
		if err == nil {
			err = set.Put(d[0], v)
		}
		if err != nil {
			return nil, err
		}
	}
	return set, nil
}

// tries runs a test block.
func (c *claim) tries(t *testing.T, trial script.Trial) {
	devices := func() *device.Set {
		set, err := c.mocks(&paper{})
		if err != nil {
			t.Error(err)
		}
		return set
	}
	for seed := range uint64(4) {
		v := Test(trial, TestConfig{Types: actors.All(), Devices: devices, Seed: seed})
		for _, f := range v.Failures {
			t.Errorf("test %s, seed %d, line %d: %s: got %s, want %s", v.Name, seed, f.Span.Start.Line, f.Why, show(f.Got), show(f.Want))
		}
	}
}

// A paper is what io.Print prints on.
type paper struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(b)
}

func (p *paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

// sinks compares what sinks took. A sink may have several lines.
func (c *claim) sinks(app string, got map[flow.ActorID][]flow.Value) string {
	said := map[string]bool{}
	for _, line := range lines(c.expect["sinks"]) {
		name, rest, _ := strings.Cut(line, " ")
		said[name] = true
		values, ok := got[flow.ActorID(app+":"+name)]
		if !ok {
			return "there is no sink " + name
		}
		if wrong := matches(values, rest); wrong != "" {
			return fmt.Sprintf("sink %s took %s; %s", name, show(values), wrong)
		}
	}
	if len(said) == 0 {
		return ""
	}
	for id := range got {
		if !said[id.Local()] {
			return fmt.Sprintf("sink %s took %s; nothing is said of it", id.Local(), show(got[id]))
		}
	}
	return ""
}

// matches reads what is wanted of values:
//
//	[1, 2]            just these
//	[1, 2, ...]       these at least at the start
//	any order [1, 2]  just these, in any order
//	in order [1, 2]   these, in this order, with others between
//	at least 20       so many
func matches(got []flow.Value, want string) string {
	var least int
	if n, _ := fmt.Sscanf(want, "at least %d", &least); n == 1 {
		if len(got) < least {
			return fmt.Sprintf("that is %d, want %s", len(got), want)
		}
		return ""
	}
	start := strings.IndexByte(want, '[')
	how, text := strings.TrimSpace(want[:max(start, 0)]), want[max(start, 0):]
	open := strings.HasSuffix(text, ", ...]")
	list, err := flow.UnmarshalValue([]byte(strings.Replace(text, ", ...]", "]", 1)))
	w, ok := list.([]any)
	if err != nil || !ok {
		return fmt.Sprintf("can't read %s: %v", want, err)
	}
	fine := false
	switch {
	case how == "any order":
		fine = sameBag(got, w)
	case how == "in order":
		for _, v := range got {
			if len(w) > 0 && like(v, w[0]) {
				w = w[1:]
			}
		}
		fine = len(w) == 0
	case open:
		fine = len(got) >= len(w) && slices.EqualFunc(got[:len(w)], w, like)
	default:
		fine = slices.EqualFunc(got, w, like)
	}
	if fine {
		return ""
	}
	return "want " + want
}

func sameBag(got, want []any) bool {
	left := slices.Clone(got)
	for _, w := range want {
		i := slices.IndexFunc(left, func(g any) bool { return like(g, w) })
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return len(left) == 0
}

func show(values []flow.Value) string {
	const most = 60
	more := ""
	if len(values) > most {
		values, more = values[:most], fmt.Sprintf(" and %d more", len(values)-most)
	}
	b, err := flow.MarshalValue(slices.Clone(values))
	if err != nil {
		return err.Error()
	}
	return string(b) + more
}

func (c *claim) prints(got string) string {
	want, ok := c.expect["print"]
	if !ok || got == want {
		return ""
	}
	return fmt.Sprintf("printed\n%s\nwant\n%s", got, want)
}

// wrote compares what actors wrote to devices.
func (c *claim) wrote(set *device.Set) string {
	for _, line := range lines(c.expect["devices"]) {
		name, want, _ := strings.Cut(line, " ")
		m := set.Mock(name)
		if m == nil {
			return "there is no mock " + name
		}
		if wrong := matches(m.Written(), want); wrong != "" {
			return fmt.Sprintf("%s got %s; %s", name, show(m.Written()), wrong)
		}
	}
	return ""
}

// letters compares dead letters in any order, by the keys that are wanted.
func (c *claim) letters(got []flow.Value) string {
	text, ok := c.expect["letters"]
	if !ok {
		return ""
	}
	want := lines(text)
	wrong := fmt.Sprintf("dead letters are %s, want %s", show(got), want)
	if len(got) != len(want) {
		return wrong
	}
	left := slices.Clone(got)
	for _, line := range want {
		var w map[string]any
		if err := json.Unmarshal([]byte(line), &w); err != nil {
			return err.Error()
		}
		i := slices.IndexFunc(left, func(g any) bool {
			b, err := json.Marshal(flow.Plain(g))
			var have map[string]any
			if err != nil || json.Unmarshal(b, &have) != nil {
				return false
			}
			maps.DeleteFunc(have, func(k string, _ any) bool { _, asked := w[k]; return !asked })
			return like(have, w)
		})
		if i < 0 {
			return wrong
		}
		left = slices.Delete(left, i, i+1)
	}
	return ""
}
