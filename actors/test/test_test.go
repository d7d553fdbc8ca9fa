package testactors_test

import (
	"reflect"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	testactors "github.com/wardflow/wardflow/actors/test"
	"github.com/wardflow/wardflow/runtime/flow"
)

func TestFiniteCounter(t *testing.T) {
	for name, tt := range map[string]struct {
		args map[string]flow.Value
		want []flow.Value
	}{
		"three":   {map[string]flow.Value{"steps": int64(3)}, []flow.Value{int64(0), int64(1), int64(2), flow.EOS}},
		"none":    {map[string]flow.Value{"steps": int64(0)}, []flow.Value{flow.EOS}},
		"stopped": {map[string]flow.Value{"stopped": true}, nil},
		"repeat": {map[string]flow.Value{"start": int64(8), "steps": int64(2), "repeat": true},
			[]flow.Value{int64(8), int64(9), flow.EOS, int64(8), int64(9), flow.EOS, int64(8), int64(9)}},
	} {
		b := actortest.Start(t, actortest.NewEnv(), testactors.FiniteCounter(), tt.args)
		b.Room = 1
		var got []flow.Value
		for range 8 { // a restart between any two firings changes nothing
			b.Run()
			got = append(got, b.Take("integer")...)
			b.Restart()
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s gives %v, want %v", name, got, tt.want)
		}
	}
	if _, err := actortest.New(testactors.FiniteCounter(), map[string]flow.Value{"replicate_mult": true}); err == nil {
		t.Error("replicate_mult=true gives no error")
	}
}

func TestSink(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), testactors.Sink(), map[string]flow.Value{"store_tokens": true, "quiet": true})
	want := []flow.Value{"aa", int64(2), flow.EOS}
	b.Feed("token", want[:2]...)
	b.Run()
	b.Restart()
	b.Feed("token", want[2])
	b.Run()
	if got := b.Actor().(*testactors.Sunk).Tokens(); !reflect.DeepEqual(got, want) {
		t.Errorf("keeps %v, want %v", got, want)
	}
	if n := len(b.Env.Logged()); n != 3 {
		t.Errorf("logs %d lines, want 3", n)
	}
}

func TestSinkThatIsNotActive(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), testactors.Sink(), map[string]flow.Value{"active": false})
	b.Feed("token", "x")
	b.Run()
	if n := b.Left("token"); n != 1 {
		t.Errorf("%d tokens left, want 1", n)
	}
}
