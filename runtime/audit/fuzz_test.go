package audit

import (
	"bytes"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A line that is read is written the same, unless somebody wrote it otherwise
// than we do; then its hash would still have to be right.
func FuzzLine(f *testing.F) {
	for _, e := range []Entry{
		{N: 2, Event: &flow.AuditEvent{Kind: flow.AuditFrame, What: "sent a frame", Why: "replayed"}},
		{N: 1, Begin: &Begin{At: time.Unix(0, 0).UTC(), Node: "ward", File: 1}},
		{N: 9, Lost: 3},
	} {
		line, err := e.line(Hash{})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.TrimSuffix(line, []byte("\n")))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := parseLine(line, Hash{})
		if err != nil {
			return
		}
		again, err := e.line(Hash{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseLine(bytes.TrimSuffix(again, []byte("\n")), Hash{}); err != nil {
			t.Fatalf("%s reads, and written anew %s does not: %v", line, again, err)
		}
	})
}
