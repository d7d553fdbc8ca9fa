package node

import (
	"testing"

	"github.com/wardflow/wardflow/runtime/register"
)

// What the register replays after a start is not judged: not as a rollback, and
// not as anything else. What is agreed then is, and an older version that is
// agreed later, too.
func TestHistoryIsNotJudged(t *testing.T) {
	n := &Node{history: newHistory()}
	var judged []uint64
	ws := wirings{past: n.past, judge: func(app *register.App) error {
		judged = append(judged, app.Version)
		return nil
	}}
	at := func(index, version uint64) *register.View {
		return &register.View{Index: index, Apps: map[string]register.App{"ward": {Name: "ward", Version: version, Signature: []byte{byte(version)}}}}
	}
	for i, v := range []*register.View{at(1, 1), at(2, 2), at(3, 3)} {
		if _, ok := ws.of(v, "ward"); ok || len(judged) > 0 {
			t.Errorf("view %d of the history was judged: %v", i, judged)
		}
	}
	if !n.history.had([]byte{9}) {
		t.Error("before the end of the history something counts as new")
	}
	n.history.end(at(3, 3))
	n.synced.Store(true)
	if w, ok := ws.of(at(3, 3), "ward"); !ok || w.app.Version != 3 || len(judged) != 1 {
		t.Fatalf("what is agreed: %v, judged %v; want version 3 judged once", ok, judged)
	}
	if w, ok := ws.of(at(2, 2), "ward"); !ok || w.app.Version != 3 || len(judged) != 1 {
		t.Errorf("with a view of before: judged %v, want what is agreed", judged)
	}
	if !n.history.had([]byte{3}) || n.history.had([]byte{4}) {
		t.Error("what was agreed at the end of the history is not told from what came later")
	}
	// A rollback is agreed later, and judged.
	if w, ok := ws.of(at(5, 2), "ward"); !ok || w.app.Version != 2 || len(judged) != 2 {
		t.Errorf("an older version that is agreed now: judged %v, want it judged", judged)
	}
	select {
	case <-n.history.ended:
	default:
		t.Error("who waits for the end of the history still waits")
	}
}
