package node

import (
	"slices"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/member"
)

// What people are told of a node between two looks at it.
func TestCameOrWent(t *testing.T) {
	run := func(up bool, boot uint64) member.Member {
		return member.Member{NodeInfo: flow.NodeInfo{ID: "b", Boot: boot}, Up: up}
	}
	for _, tt := range []struct {
		name    string
		was, is member.Member
		want    []control.EventKind
	}{
		{"first seen up", member.Member{}, run(true, 3), []control.EventKind{control.NodeUp}},
		{"first seen down", member.Member{}, run(false, 3), nil},
		{"goes on", run(true, 3), run(true, 3), nil},
		{"goes down", run(true, 3), run(false, 3), []control.EventKind{control.NodeDown}},
		{"stays down, of a later run", run(false, 3), run(false, 4), nil},
		{"comes back", run(false, 3), run(true, 4), []control.EventKind{control.NodeUp}},
		{"died and came back between two looks", run(true, 3), run(true, 4), []control.EventKind{control.NodeDown, control.NodeUp}},
	} {
		var got []control.EventKind
		for _, e := range cameOrWent(tt.was, tt.is) {
			got = append(got, e.kind)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: told %v, want %v", tt.name, got, tt.want)
		}
	}
}
