package kappa_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/kappa"
	"github.com/wardflow/wardflow/runtime/flow"
)

func TestSource(t *testing.T) {
	env := actortest.NewEnv().Offer("kappa", true)
	b := actortest.Start(t, env, kappa.Source(), nil)
	ask := func(args map[string]flow.Value) (flow.Value, error) { return b.Actor().(flow.Reporter).Report(args) }
	for i, args := range []map[string]flow.Value{{"data": "a"}, {"data": map[string]any{"b": int64(1)}}, {}} {
		if n, err := ask(args); n != int64(i+1) || err != nil {
			t.Errorf("Report(%v) = %v, %v; want %d", args, n, err, i+1)
		}
	}
	if env.Woken() == 0 {
		t.Error("the actor was not woken")
	}
	b.Restart()
	b.Run()
	if got, want := b.Take("out"), []flow.Value{"a", map[string]any{"b": int64(1)}, nil}; !reflect.DeepEqual(got, want) {
		t.Errorf("gives %v, want %v", got, want)
	}
	if _, err := ask(map[string]flow.Value{"value": "a"}); err == nil || !strings.Contains(err.Error(), `want {"data": value}`) {
		t.Errorf("Report of a wrong argument = %v", err)
	}
	if _, err := ask(map[string]flow.Value{"data": strings.Repeat("x", flow.MaxToken)}); err == nil {
		t.Error("Report takes what no token can carry")
	}
	for range 64 {
		if _, err := ask(nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ask(nil); err == nil || !strings.Contains(err.Error(), "64 values wait already") {
		t.Errorf("Report to a full source = %v", err)
	}
}

func TestSink(t *testing.T) {
	for size, holds := range map[int64]int{5: 5, 2: 2, 99: 10} {
		b := actortest.Start(t, actortest.NewEnv().Offer("kappa", true), kappa.Sink(), map[string]flow.Value{"buffer_size": size})
		ask := func() flow.Value {
			v, err := b.Actor().(flow.Reporter).Report(nil)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if v := ask(); v != nil {
			t.Errorf("Report of an empty sink = %v", v)
		}
		b.Feed("in", "a", flow.EOS, "c", "d", "e", "f", "g", "h", "i", "j", "k")
		b.Run()
		if left := b.Left("in"); left != 11-holds {
			t.Errorf("buffer_size %d leaves %d tokens, want %d", size, left, 11-holds)
		}
		b.Restart()
		if v := ask(); v != "a" {
			t.Errorf("Report = %v, want a", v)
		}
		b.Run()
		if v := ask(); v != flow.EOS {
			t.Errorf("Report = %v, want the end of the stream", v)
		}
		if left := b.Left("in"); left != 10-holds {
			t.Errorf("one taken away leaves %d tokens, want %d", left, 10-holds)
		}
	}
}
