package control_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/control/merge"
	"github.com/wardflow/wardflow/runtime/flow"
)

// busy is a hospital of 247 actors and 260 links, and the same 200 ms later, when
// every counter has moved.
func busy(b *testing.B) (before, after *control.Snapshot) {
	now := controltest.Begin.Add(time.Hour)
	w := controltest.New(func() time.Time { return now })
	for i := range 12 {
		if _, err := w.Deploy(context.Background(), flow.Identity{}, control.Deployment{Name: fmt.Sprintf("ward%d", i)}); err != nil {
			b.Fatal(err)
		}
	}
	var err error
	if before, err = w.Snapshot(context.Background()); err != nil {
		b.Fatal(err)
	}
	now = now.Add(200 * time.Millisecond)
	if after, err = w.Snapshot(context.Background()); err != nil {
		b.Fatal(err)
	}
	for i := range after.Links {
		after.Links[i].Tokens++
		after.Links[i].Bytes += 300
	}
	return before, after
}

// What an update costs the node, for all viewers of one right together: five a
// second of it are to be less than one in a hundred of a core, 2 ms each.
func BenchmarkChanges(b *testing.B) {
	before, after := busy(b)
	var patch []byte
	b.ReportAllocs()
	for b.Loop() {
		patch, _ = merge.Append(patch[:0], before, after)
	}
	b.ReportMetric(float64(len(patch)), "bytes/update")
	b.ReportMetric(float64(len(after.Actors)), "actors")
}

func BenchmarkWholeSnapshot(b *testing.B) {
	_, after := busy(b)
	var data []byte
	for b.Loop() {
		data, _ = json.Marshal(after)
	}
	b.ReportMetric(float64(len(data)), "bytes/update")
}
