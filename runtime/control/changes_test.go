package control_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/control/merge"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A story is what happens to a ward, step by step, by a seed.
type story struct {
	ward *controltest.Ward
	now  time.Time
	rng  *rand.Rand
}

func newStory(seed uint64) *story {
	s := &story{now: controltest.Begin.Add(time.Minute), rng: rand.New(rand.NewPCG(seed, 3))}
	s.ward = controltest.New(func() time.Time { return s.now })
	return s
}

func (s *story) goOn(t *testing.T) *control.Snapshot {
	t.Helper()
	s.now = s.now.Add(time.Duration(s.rng.IntN(3000)) * time.Millisecond)
	admin := flow.Identity{URI: admin, Role: flow.RoleStaff}
	nodes := []flow.NodeID{"bedside", "ward", "records"}
	node := nodes[s.rng.IntN(3)]
	var err error
	switch s.rng.IntN(12) {
	case 0:
		s.ward.Down(node, []string{"", "its power went"}[s.rng.IntN(2)])
	case 1:
		s.ward.Down("bedside", "")
		s.ward.Down("ward", "")
		s.ward.Down("records", "")
	case 2:
		_, err = s.ward.Deploy(t.Context(), admin, control.Deployment{Name: fmt.Sprintf("app%d", s.rng.IntN(3)), Script: "x"})
	case 3:
		err = s.ward.Stop(t.Context(), admin, fmt.Sprintf("app%d", s.rng.IntN(3)))
	case 4:
		s.ward.Spill(s.rng.IntN(300) - 100)
	case 5:
		s.ward.Replicate("ward:bed1:check", 1+s.rng.IntN(4))
	case 6:
		s.ward.Suspect(node, s.rng.IntN(2) > 0)
	case 7:
		err = s.ward.Move(t.Context(), admin, "ward:bed1:collector", []flow.NodeID{"", node}[s.rng.IntN(2)])
	case 8:
		s.ward.Refuse("ward:bed2:hr.out > ward:bed2:collector.in", "certificate of another root")
	}
	_ = err // where nothing can be changed just now, nothing changes
	snap, err := s.ward.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// Whatever happens in a ward, who has a snapshot and what changed has the next.
func TestChangesTellTheStory(t *testing.T) {
	for seed := range uint64(10) {
		s := newStory(seed)
		at := control.Snapshot{}
		whole, brief := 0, 0
		for step := range 40 {
			next := s.goOn(t)
			patch, _ := merge.Append(nil, &at, next)
			got, err := merge.Apply(at, patch)
			if err != nil {
				t.Fatal(err)
			}
			if again, any := merge.Append(nil, &got, next); any {
				t.Fatalf("seed %d, step %d: the patch left out %s", seed, step, again)
			}
			if step > 0 {
				whole, brief = whole+len(asJSON(t, next)), brief+len(patch)
			}
			at = got
		}
		if brief > whole/2 {
			t.Errorf("seed %d: changes are %d bytes, whole snapshots %d", seed, brief, whole)
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A program that watches sees the same as one that asks.
func TestWatchSeesChanges(t *testing.T) {
	b := newBench(t)
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	var seen []*control.Snapshot
	err := c.Watch(t.Context(), func(v *control.Snapshot) bool {
		switch len(seen) {
		case 0:
			b.ward.Down("bedside", "its power went")
		case 2:
			b.ward.Down("bedside", "")
		}
		seen = append(seen, v)
		return len(seen) < 3 || v.Nodes[0].Up == false // until it is up again
	})
	if err != nil {
		t.Fatal(err)
	}
	first, last := seen[0], seen[len(seen)-1]
	if !first.Nodes[0].Up || first.Nodes[0].ID != "bedside" || !last.Nodes[0].Up || !last.At.After(first.At) {
		t.Errorf("first %+v, last %+v: want bedside up in both", first.Nodes[0], last.Nodes[0])
	}
	went := false
	for _, v := range seen {
		went = went || !v.Nodes[0].Up
	}
	if !went || len(last.Events) < len(first.Events)+2 || last.Events[0].Kind != control.NodeUp {
		t.Errorf("bedside went down: %t, events %d and then %d", went, len(first.Events), len(last.Events))
	}
}
