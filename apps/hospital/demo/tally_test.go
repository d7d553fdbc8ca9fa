package demo

import (
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What was sent and judged before an actor was started anew, or its application
// stopped, still counts.
func TestTheTallyOutlivesRestarts(t *testing.T) {
	at := func(sent, accepted, low uint64) *control.Snapshot {
		return &control.Snapshot{
			Actors: []control.ActorState{
				{ID: "w:s", Type: "sensor.Player"},
				{ID: "w:c", Type: "ward.RuleCheck", Judged: &control.Judged{Accepted: accepted, Refused: map[string]uint64{"too low": low}}}},
			Links: []control.LinkState{{ID: "w:s.reading > w:c.in", From: flow.Endpoint{Actor: "w:s", Port: "reading"}, Tokens: sent}},
		}
	}
	var tl tally
	for _, s := range []*control.Snapshot{at(10, 8, 1), at(15, 13, 1), at(2, 1, 1), at(4, 3, 2), {}} {
		tl.add(s)
	}
	if tl.sent != 19 || tl.accepted != 16 || tl.refusedAll() != 2 {
		t.Errorf("sent %d, accepted %d, refused %d; want 19, 16, 2", tl.sent, tl.accepted, tl.refusedAll())
	}
}
