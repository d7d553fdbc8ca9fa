package flowactors_test

import (
	"reflect"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	flowactors "github.com/wardflow/wardflow/actors/flow"
	"github.com/wardflow/wardflow/runtime/flow"
)

func TestCollect(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), flowactors.Collect(), nil)
	want := []flow.Value{int64(1), "a", flow.EOS}
	b.Feed("token", want...)
	b.Run()
	if got := b.Take("token"); !reflect.DeepEqual(got, want) {
		t.Errorf("gives %v, want %v", got, want)
	}
}

// The initial token leaves before the first input token, once, also when the
// actor moves in between.
func TestInit(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), flowactors.Init(), map[string]flow.Value{"data": int64(0)})
	b.Feed("in", int64(1), int64(2))
	b.Run()
	b.Restart()
	b.Feed("in", flow.EOS)
	b.Run()
	if got, want := b.Take("out"), []flow.Value{int64(0), int64(1), int64(2), flow.EOS}; !reflect.DeepEqual(got, want) {
		t.Errorf("gives %v, want %v", got, want)
	}
}

func TestTerminatorAndVoid(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), flowactors.Terminator(), nil)
	b.Feed("void", int64(1), flow.EOS)
	b.Run()
	if n := b.Left("void"); n != 0 {
		t.Errorf("Terminator leaves %d tokens", n)
	}
	b = actortest.Start(t, actortest.NewEnv(), flowactors.Void(), nil)
	b.Run()
	if got := b.Take("void"); got != nil {
		t.Errorf("Void gives %v", got)
	}
}
