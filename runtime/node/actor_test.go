package node_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What people ask an actor goes to the node it runs on, wherever they ask; what
// a script includes goes along with it.
func TestAskActorElsewhere(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b")
	c.startAll()
	c.ready("a")
	by := c.h.Staff("dr").ID
	_, err := c.nodes["a"].Deploy(t.Context(), by, c.signed(control.Deployment{Name: "lab",
		Script: "include adding\napply sum, sink : runtime_name(name=\"b\")\n",
		Includes: map[string]string{"adding": `
count : test.FiniteCounter(start=1, steps=3)
sum : std.Sum()
init : flow.Init(data=0)
sink : test.Sink(store_tokens=1, quiet=1)
count.integer > sum.integer
sum.integer > init.in
init.out > sink.token
`}}))
	if err != nil {
		t.Fatal(err)
	}
	c.until("a", "the end of the stream is a dead letter", func(s *control.Snapshot) bool {
		for _, a := range s.Actors {
			if a.ID == "lab:sum" {
				return a.Node == "b" && a.Letters == 1
			}
		}
		return false
	})
	n := c.nodes["a"]
	letters, err := n.Letters(t.Context(), by, "lab:sum")
	if err != nil || len(letters) != 1 || !reflect.DeepEqual(letters[0].Tokens, map[string]any{"integer": flow.Plain(flow.EOS)}) {
		t.Fatalf("Letters = %v, %v, want one with the end of the stream", letters, err)
	}
	if err := n.DropLetters(t.Context(), by, "lab:sum", letters[0].Number); err != nil {
		t.Fatal(err)
	}
	if letters, err := n.Letters(t.Context(), by, "lab:sum"); err != nil || len(letters) != 0 {
		t.Fatalf("Letters after they were dropped = %v, %v", letters, err)
	}
	c.until("a", "the sink has the sums", func(*control.Snapshot) bool {
		v, err := n.Report(t.Context(), by, "lab:sink", nil)
		return err == nil && reflect.DeepEqual(v, []any{int64(0), int64(1), int64(3), int64(6)})
	})
	if err := n.Resume(t.Context(), by, "lab:sum"); err != nil {
		t.Errorf("Resume of an actor that runs: %v", err)
	}
	if _, err := n.Report(t.Context(), by, "lab:init", nil); !errors.Is(err, control.ErrConflict) {
		t.Errorf("Report of a type that answers nothing: %v, want %v", err, control.ErrConflict)
	}
	if _, err := n.Report(t.Context(), by, "lab:none", nil); !errors.Is(err, control.ErrNotFound) {
		t.Errorf("Report of an actor that is not there: %v, want %v", err, control.ErrNotFound)
	}
}
