package rule

import (
	"cmp"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Tally counts what rules said of readings that they were tried on.
type Tally struct {
	Tried   int         `json:"tried"`
	Refused int         `json:"refused"`
	Kinds   []KindTally `json:"kinds"`   // in the order in which they came
	Reasons []WhyTally  `json:"reasons"` // the most frequent first
}

// A KindTally counts the readings of one kind.
type KindTally struct {
	Kind    string `json:"kind"`
	Tried   int    `json:"tried"`
	Refused int    `json:"refused"`
}

// A WhyTally counts the readings of one kind that were refused for one reason.
type WhyTally struct {
	Kind     string    `json:"kind"`
	Reason   string    `json:"reason"`
	Count    int       `json:"count"`
	Examples []Example `json:"examples"` // the first few
}

// An Example is a reading that was refused.
type Example struct {
	Patient string    `json:"patient"`
	Stream  string    `json:"stream"`
	At      time.Time `json:"at"`     // of its first sample
	Clause  string    `json:"clause"` // why
}

// mostExamples is how many of each reason are kept.
const mostExamples = 3

// Add counts a reading and its verdict.
func (t *Tally) Add(patient string, r *flow.Reading, v flow.Verdict) {
	k := slices.IndexFunc(t.Kinds, func(k KindTally) bool { return k.Kind == r.Kind })
	if k < 0 {
		k, t.Kinds = len(t.Kinds), append(t.Kinds, KindTally{Kind: r.Kind})
	}
	t.Tried++
	t.Kinds[k].Tried++
	if v.OK() {
		return
	}
	t.Refused++
	t.Kinds[k].Refused++
	why := v.Reason.String()
	i := slices.IndexFunc(t.Reasons, func(w WhyTally) bool { return w.Kind == r.Kind && w.Reason == why })
	if i < 0 {
		i, t.Reasons = len(t.Reasons), append(t.Reasons, WhyTally{Kind: r.Kind, Reason: why})
	}
	w := &t.Reasons[i]
	if w.Count++; len(w.Examples) < mostExamples {
		w.Examples = append(w.Examples, Example{patient, r.Stream, r.At, v.Clause})
	}
}

// Sort puts the reasons in order. What was added counts as before.
func (t *Tally) Sort() {
	slices.SortStableFunc(t.Reasons, func(a, b WhyTally) int { return cmp.Compare(b.Count, a.Count) })
}

// Share is how many of a hundred readings were refused; 0 of none.
func (t *Tally) Share() float64 {
	if t.Tried == 0 {
		return 0
	}
	return 100 * float64(t.Refused) / float64(t.Tried)
}
