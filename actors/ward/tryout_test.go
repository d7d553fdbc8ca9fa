package ward_test

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/ward"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A counting accepts nothing above 100, and notes how many it is shown.
type counting struct{ before, beside []int }

func (c *counting) Judge(q *flow.Case) (flow.Verdict, error) {
	c.before, c.beside = append(c.before, len(q.Before)), append(c.beside, len(q.Beside))
	if _, high := q.Reading.Range(); high > 100 {
		return flow.Verdict{Reason: flow.TooHigh}, nil
	}
	return flow.Verdict{}, nil
}

func (c *counting) Notify(func()) func() { return func() {} }

func (c *counting) Remember(kind string) (int, []string) { return 2, []string{"a", "b"} }

// Rules that are tried see what was accepted before, and nothing else.
func TestTryout(t *testing.T) {
	c := &counting{}
	tryout := ward.NewTryout(c)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i, r := range []struct {
		kind  string
		value int64
		want  flow.Reason
	}{{"a", 1, flow.Accepted}, {"a", 101, flow.TooHigh}, {"b", 2, flow.Accepted}, {"a", 3, flow.Accepted}, {"a", 4, flow.Accepted}} {
		at = at.Add(time.Second)
		reading := &proof.Reading{Reading: flow.Reading{Device: "3074257BF7194E4000001A85", Stream: r.kind, Seq: uint64(i + 1), Kind: r.kind,
			At: at, Scale: 1, Samples: []int64{r.value}}}
		v, err := tryout.Judge("p", "h1", reading, at)
		if err != nil || v.Reason != r.want {
			t.Errorf("%d: %v, %v; want %v", i, v.Reason, err, r.want)
		}
	}
	for i, want := range []int{0, 1, 0, 1, 2} {
		if c.before[i] != want {
			t.Errorf("%d: %d readings before, want %d", i, c.before[i], want)
		}
	}
	for i, want := range []int{0, 0, 1, 1, 1} {
		if c.beside[i] != want {
			t.Errorf("%d: %d readings beside, want %d", i, c.beside[i], want)
		}
	}
}
