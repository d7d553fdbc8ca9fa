package register

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A revision is what people have deployed: the leader's changes are versions only,
// the same again is neither, and it begins anew after a removal.
func TestRevisions(t *testing.T) {
	s := newState()
	first := ward("source")
	first.At, first.Signature = time.Unix(1, 0).UTC(), []byte("first")
	second := first
	second.At, second.Signature = time.Unix(2, 0).UTC(), []byte("second")
	replicas := second
	replicas.Graph.Actors = append(slices.Clone(second.Graph.Actors), flow.Node{ID: "ward:sum~2", Type: "std.Sum"})
	index := uint64(10)
	for _, tt := range []struct {
		what     string
		do       command
		version  uint64
		revision uint64
	}{
		{"the first", putApp{first}, 11, 1},
		{"the first again", putApp{first}, 11, 1},
		{"deployed anew", putAppPlan{App: second, Base: 11}, 13, 2},
		{"with the leader's replicas", putAppPlan{App: replicas, Base: 13}, 14, 2},
		{"after it was stopped", removeApp{"ward"}, 0, 0},
		{"deployed after that", putApp{second}, 16, 1},
	} {
		index++
		r := s.apply(index, tt.do)
		if app := s.apps["ward"]; r.Fault != faultNone || app.Version != tt.version || app.Revision != tt.revision {
			t.Errorf("%s: version %d, revision %d, fault %d; want version %d, revision %d", tt.what, app.Version, app.Revision, r.Fault, tt.version, tt.revision)
		}
	}
	b, err := s.apps["ward"].MarshalJSON()
	var kept App
	if err := errors.Join(err, json.Unmarshal(b, &kept)); err != nil || kept.Revision != 1 {
		t.Errorf("as it is kept: revision %d, %v", kept.Revision, err)
	}
}
