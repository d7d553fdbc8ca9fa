package play

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Each file is a case, and what is said of it: JSON, or an error.
func TestCases(t *testing.T) {
	golden(t, "testdata/case/*.txtar", func(t *testing.T, in []byte) string {
		var b strings.Builder
		for one := range bytes.SplitSeq(in, []byte("\n\n")) {
			b.WriteString(playCase(one) + "\n")
		}
		return b.String()
	})
}

// playCase is what a case gives, its letters, or the error.
func playCase(in []byte) string {
	all := actors.All()
	c, err := ReadCase(bytes.NewReader(in), all)
	if err != nil {
		return "error: " + err.Error()
	}
	devices := device.Mocks()
	for name, v := range c.Devices {
		if err := devices.Put(name, v); err != nil {
			return "error: " + err.Error()
		}
	}
	res, err := c.Run(context.Background(), all, devices.Capability)
	if err != nil {
		return "error: " + err.Error()
	}
	b, err := res.MarshalJSON()
	if err != nil {
		return "error: " + err.Error()
	}
	out := string(b)
	for _, l := range res.Letters {
		out += "\nletter: " + text(l.(map[string]any)["tokens"])
	}
	return out
}

// Actors without end stop at 1000 tokens, or at 1000 seconds.
func TestCaseHorizon(t *testing.T) {
	for actor, want := range map[string]struct {
		args   map[string]flow.Value
		port   string
		tokens int
	}{
		"std.Counter":    {nil, "integer", 1000},
		"std.CountTimer": {map[string]flow.Value{"sleep": int64(3), "start": int64(1), "steps": int64(1 << 40)}, "integer", 333},
		"std.Trigger":    {map[string]flow.Value{"tick": int64(1), "data": "x"}, "data", 1000},
	} {
		res, err := Case{Actor: actor, Args: want.args}.Run(t.Context(), actors.All(), device.Mocks().Capability)
		if err != nil || len(res.Out[want.port]) != want.tokens {
			t.Errorf("%s gives %d tokens (%s), want %d; %v", actor, len(res.Out[want.port]), res.Ended, want.tokens, err)
		}
	}
}

// No input makes ReadCase panic, and what it takes can be run.
func FuzzReadCase(f *testing.F) {
	f.Add(`{"actor": "std.Sum", "args": {}, "in": {"integer": [1, 2, 3]}}`)
	f.Add(`{"actor": "flow.Alternate", "args": {"order": ["a.out"]}, "in": {"token": {"a.out": [{"$exception": "EOSToken"}]}}}`)
	f.Add(`{"actor": "std.Compare", "args": {"rel": 3}, "devices": {"io.light": 1}}`)
	all := actors.All()
	f.Fuzz(func(t *testing.T, in string) {
		c, err := ReadCase(strings.NewReader(in), all)
		if err != nil {
			return
		}
		typ := all[c.Actor]
		for _, in := range c.In {
			if _, ok := typ.Spec.InPort(in.Port); !ok {
				t.Fatalf("takes tokens for port %s of %s", in.Port, c.Actor)
			}
		}
		for _, a := range typ.Spec.Args {
			if _, ok := c.Args[a.Name]; !ok {
				t.Fatalf("leaves out the argument %s of %s", a.Name, c.Actor)
			}
		}
	})
}
