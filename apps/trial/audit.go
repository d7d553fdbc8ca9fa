package trial

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
)

// An audit is what a copy of the store holds, beside what the devices know.
type audit struct {
	stored     int      // readings
	lost       int      // acknowledged and not stored
	duplicated int      // stored twice, or offered to the store again when it had them
	missing    int      // never acknowledged, and not stored although later ones of the device are
	findings   []string // a few of them, for people
}

// auditCopy compares a store's file with what the devices know. Nobody has the
// file open.
func (m *monitor) auditCopy(ctx context.Context, file string) (a audit, err error) {
	st, err := sqlite.OpenReadOnly(file)
	if err != nil {
		return a, err
	}
	defer st.Close()
	seen := map[proof.Stream][]bool{}
	for c, err := range st.Chunks(ctx, store.Query{}) {
		if err != nil {
			return a, fmt.Errorf("read %s: %w", file, err)
		}
		s := c.Reading.Of()
		for uint64(len(seen[s])) < c.Reading.Seq {
			seen[s] = append(seen[s], false)
		}
		if seen[s][c.Reading.Seq-1] {
			a.twice(s, c.Reading.Seq, "stored twice")
		}
		seen[s][c.Reading.Seq-1] = true
		a.stored++
	}
	for r, err := range st.Refusals(ctx, store.Query{}) {
		if err != nil {
			return a, fmt.Errorf("read %s: %w", file, err)
		}
		if have := seen[r.Stream]; r.Verdict.Reason == flow.OutOfSequence && r.Seq > 0 && r.Seq <= uint64(len(have)) && have[r.Seq-1] {
			a.twice(r.Stream, r.Seq, "came to the store again")
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range m.devices {
		have := seen[proof.Stream{Device: strings.ToUpper(o.signer.ID.EPC), Name: streamName}]
		for i := range max(uint64(len(have)), o.acked) {
			switch stored := i < uint64(len(have)) && have[i]; {
			case stored:
			case i < o.acked:
				a.lost++
				a.find("reading %d of %s was acknowledged and is not stored", i+1, o.name)
			default:
				a.missing++
				a.find("reading %d of %s is not stored, and later ones are", i+1, o.name)
			}
		}
	}
	return a, nil
}

func (a *audit) twice(s proof.Stream, seq uint64, how string) {
	a.duplicated++
	a.find("reading %d of %s %s", seq, s, how)
}

func (a *audit) find(format string, args ...any) {
	if len(a.findings) < 5 {
		a.findings = append(a.findings, fmt.Sprintf(format, args...))
	}
}

// worse is the worse of two copies in each respect.
func (a audit) worse(b audit) audit {
	return audit{stored: min(a.stored, b.stored), lost: max(a.lost, b.lost), duplicated: max(a.duplicated, b.duplicated),
		missing: max(a.missing, b.missing), findings: slices.Concat(a.findings, b.findings)}
}
