package actortest_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/runtime/flow"
)

// half is a type that halves even numbers and knows no others.
func half(policy flow.FaultPolicy) flow.Type {
	t := flow.Type{Spec: flow.Spec{Name: "test.Half", Fault: policy,
		In:  []flow.Port{{Name: "in", Routing: "collect-all-tagged"}},
		Out: []flow.Port{{Name: "out", Routing: "dispatch-mapped"}}}}
	t.New = func(map[string]flow.Value) (flow.Actor, error) { return halver{}, nil }
	return t
}

type halver struct{}

func (halver) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		n, ok := f.In[0].Value.(int64)
		if !ok || n%2 != 0 {
			return errors.New("not even")
		}
		f.Give(0, n/2)
		return nil
	}}}
}

// The bench fires as the engine does: what an action can't do stands in the
// letters or stays, and exceptions that no action takes stop nobody.
func TestBenchKeepsLetters(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), half(""), nil)
	b.Feed("in", int64(2), flow.EOS, int64(3), int64(4))
	if err := b.TryRun(); err == nil || b.Left("in") != 1 {
		t.Errorf("error %v, %d tokens left", err, b.Left("in"))
	}
	b.Run()
	if got := b.Take("out"); !reflect.DeepEqual(got, []flow.Value{int64(1), int64(2)}) {
		t.Errorf("gives %v", got)
	}
	ls := b.Letters()
	if len(ls) != 2 || ls[0].Tokens[0].Token.Value != flow.EOS || ls[1].Why != "not even" || len(b.Letters()) > 0 {
		t.Errorf("letters %+v", ls)
	}

	b = actortest.Start(t, actortest.NewEnv(), half(flow.FaultRetry), nil)
	b.Feed("in", int64(3))
	if err := b.TryRun(); err == nil || b.Left("in") != 1 || len(b.Letters()) > 0 {
		t.Errorf("error %v, %d tokens left", err, b.Left("in"))
	}
}

// An out-port holds Room tokens until they are taken.
func TestBenchRoom(t *testing.T) {
	b := actortest.Start(t, actortest.NewEnv(), half(""), nil)
	b.Room = 2
	b.Feed("in", int64(2), int64(4), int64(6))
	b.Run()
	if b.Left("in") != 1 || len(b.Take("out")) != 2 {
		t.Errorf("%d tokens left", b.Left("in"))
	}
	b.Run()
	if len(b.Take("out")) != 1 {
		t.Error("doesn't go on when tokens are taken")
	}
}
