package control

import "testing"

func TestLacks(t *testing.T) {
	two := []NodeState{{Up: true}, {Up: true}, {}}
	for _, tt := range []struct {
		s    Snapshot
		want string
	}{
		{Snapshot{}, "0 of 2 nodes are up"},
		{Snapshot{Nodes: two}, "the register has no leader"},
		{Snapshot{Nodes: two, Register: &RegisterState{}}, "the register has no leader"},
		{Snapshot{Nodes: two, Register: &RegisterState{Leader: "a"}}, "the rules are not known"},
		{Snapshot{Nodes: two, Register: &RegisterState{Leader: "a"}, Chain: &ChainState{Why: "no node has it"}}, "the rules are not known: no node has it"},
		{Snapshot{Nodes: two, Register: &RegisterState{Leader: "a"}, Chain: &ChainState{Ready: true}}, ""},
	} {
		if got := tt.s.Lacks(2); got != tt.want {
			t.Errorf("it lacks %q, want %q", got, tt.want)
		}
	}
}
