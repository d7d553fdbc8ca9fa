package proof

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Apart counts windows that are in quarantine for one reason: they did not
// hold when they came, and count for their chains only. None of their readings
// is in the record.
type Apart struct {
	Why      string `json:"why"` // as the store says
	Windows  int    `json:"windows"`
	Readings int    `json:"readings"` // leaves of those windows
}

// mostReasons is how many reasons a report names. Those beyond are counted
// under one, as each may name another leaf.
const mostReasons = 20

const otherReasons = "other reasons"

var errUnderQuarantine = errors.New("the window is in quarantine, yet something is recorded under it")

// apart checks a window in quarantine: it must be the link of its chain that it
// stands for, and nothing may be recorded under it.
func (v *verifier) apart(s SealedWindow, prior Prior, kept []KeptLeaf) Prior {
	at := Bad{Encounter: s.Encounter, Window: s.Number, Leaf: -1}
	next := Prior{Number: s.Number, Hash: s.Hash, Streams: prior.Streams}
	w, err := OpenWindow(flow.Sealed{Kind: KindWindow, Bytes: s.Bytes})
	if err != nil {
		v.bad(at, fmt.Errorf("in quarantine: %w", err))
		return next
	}
	at.At = w.First
	err = w.link(v.trust, prior)
	if err == nil && !s.of(w) {
		err = fmt.Errorf("%w: %s", ErrIndex, s.differs(w))
	}
	if err == nil && len(kept) > 0 {
		err = fmt.Errorf("%w: %w", ErrIndex, errUnderQuarantine)
	}
	if err != nil {
		v.bad(at, fmt.Errorf("in quarantine: %w", err))
	}
	v.now.Quarantined++
	v.now.Apart += w.Count
	v.report.count(s.Quarantine, w.Count)
	for _, leaf := range w.Leaves {
		v.left[leaf] = struct{}{}
	}
	v.came[s.Encounter] = w.passed(v.came[s.Encounter])
	return next
}

func (r *Report) count(why string, readings int) {
	i := slices.IndexFunc(r.Quarantine, func(a Apart) bool { return a.Why == why })
	if i < 0 && len(r.Quarantine) >= mostReasons {
		why = otherReasons
		i = slices.IndexFunc(r.Quarantine, func(a Apart) bool { return a.Why == why })
	}
	if i < 0 {
		r.Quarantine = append(r.Quarantine, Apart{Why: why})
		i = len(r.Quarantine) - 1
	}
	r.Quarantine[i].Windows++
	r.Quarantine[i].Readings += readings
}

// sort puts the commonest reason first.
func (r *Report) sort() {
	slices.SortStableFunc(r.Quarantine, func(a, b Apart) int { return cmp.Compare(b.Windows, a.Windows) })
}
