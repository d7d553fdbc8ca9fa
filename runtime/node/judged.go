package node

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A judge is the rule book: package rule has it.
type judge interface {
	Judge(*flow.Case) (flow.Verdict, error)
	Remember(kind string) (past int, beside []string)
	Still(kind string) (within int64, asked bool)
	Notify(func()) (cancel func())
}

// judging is the rule book as one actor uses it: what it answers is counted,
// and what it refuses is shown to people.
type judging struct {
	judge
	actor flow.ActorID
	seen  *judged
	raise func(flow.ActorID, flow.Alarm)
}

// Judge asks the book and keeps count.
func (j judging) Judge(c *flow.Case) (flow.Verdict, error) {
	v, err := j.judge.Judge(c)
	if err == nil {
		j.seen.count(j.actor, c.Reading, v, c.Now)
	}
	return v, err
}

// Refused takes a refusal that the actor itself has found, such as a signature
// that does not hold.
func (j judging) Refused(r *flow.Reading, v flow.Verdict, now time.Time) {
	j.seen.count(j.actor, r, v, now)
}

// judged is what the actors of this node have judged.
type judged struct {
	mu      sync.Mutex // guards what follows
	actors  map[flow.ActorID]*control.Judged
	refused []control.Refusal // oldest first
}

func newJudged() *judged { return &judged{actors: map[flow.ActorID]*control.Judged{}} }

func (j *judged) count(actor flow.ActorID, r *flow.Reading, v flow.Verdict, now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := j.actors[actor]
	if c == nil {
		c = &control.Judged{Refused: map[string]uint64{}}
		j.actors[actor] = c
	}
	if v.Rule != "" {
		c.Rule, c.Version, c.Epoch, c.Block = v.Rule, v.Version, v.Epoch, v.Block
	}
	if v.OK() {
		c.Accepted++
		return
	}
	c.Refused[v.Reason.String()]++
	j.refused = append(j.refused, control.Refusal{At: now.UTC(), Actor: actor, Device: r.Device, Group: v.Group,
		Stream: r.Stream, Kind: r.Kind, Name: kindNames[r.Kind], Value: inWords(r), Reason: v.Reason.String(),
		Clause: v.Clause, Rule: v.Rule, Version: v.Version, Epoch: v.Epoch, Block: v.Block})
	if len(j.refused) > control.MaxRefusals {
		j.refused = append(j.refused[:0], j.refused[len(j.refused)-control.MaxRefusals:]...)
	}
}

// of is a copy of what one actor has judged; nil when it has judged nothing.
func (j *judged) of(actor flow.ActorID) *control.Judged {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := j.actors[actor]
	if c == nil {
		return nil
	}
	copied := *c
	copied.Refused = make(map[string]uint64, len(c.Refused))
	for k, n := range c.Refused {
		copied.Refused[k] = n
	}
	return &copied
}

func (j *judged) newest() []control.Refusal {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := slices.Clone(j.refused)
	slices.SortStableFunc(list, func(a, b control.Refusal) int { return cmp.Compare(b.At.UnixNano(), a.At.UnixNano()) })
	return list
}

// kindNames are LOINC codes in words (security.md section 7.2).
var kindNames = map[string]string{
	"8310-5":  "body temperature",
	"8867-4":  "heart rate",
	"8889-8":  "pulse rate",
	"59408-5": "oxygen saturation",
	"9279-1":  "respiratory rate",
	"99504-3": "interstitial glucose",
	"2339-0":  "blood glucose",
	"8480-6":  "systolic pressure",
	"8462-4":  "diastolic pressure",
	"8478-0":  "mean pressure",
	"11524-6": "ECG",
}

// inWords is a reading's value, or the range of its samples, with the unit.
func inWords(r *flow.Reading) string {
	if len(r.Samples) == 0 {
		return "no sample"
	}
	low, high := r.Range()
	if low == high {
		return decimal(low) + " " + r.Unit
	}
	return fmt.Sprintf("%s … %s %s", decimal(low), decimal(high), r.Unit)
}

// decimal is a number of millionths, exactly and without trailing zeros.
func decimal(micro int64) string {
	s := big.NewRat(micro, 1_000_000).FloatString(6)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
