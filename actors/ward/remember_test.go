package ward_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// attentive are rules that note what they are shown.
type attentive struct {
	*rules
	shown []string
}

func (a *attentive) Remember(kind string) (int, []string) { return 2, []string{"8310-5"} }

func (a *attentive) Judge(c *flow.Case) (flow.Verdict, error) {
	s := fmt.Sprintf("%d %dB:", c.Reading.Samples[0], min(c.Size, 1))
	for _, p := range c.Before {
		s += fmt.Sprintf(" %d", p.Low/100_000)
	}
	a.shown = append(a.shown, s)
	return a.rules.Judge(c)
}

// Each judge shows the rules what he has accepted himself, and remembers it
// over a restart: the check by its checkpoint, the store by what is stored.
func TestJudgesRemember(t *testing.T) {
	w := newHouse(t)
	check, store := &attentive{rules: &rules{low: 30_000_000}}, &attentive{rules: &rules{low: 35_000_000}}
	w.check.Env.Offer("rules", check)
	w.store.Env.Offer("rules", store)
	w.check.Restart()
	w.store.Restart()
	feed := func(tenths ...int64) {
		for _, v := range tenths {
			w.measure(w.therm, v)
			w.later(time.Second)
		}
	}
	feed(360, 361, 340, 290, 362) // 34 °C is the check's, not the store's; 29 °C nobody's
	w.check.Restart()
	w.store.Restart()
	feed(363, 364)
	same(t, "the check", check.shown, "360 1B:", "361 1B: 360", "340 1B: 361 360", "290 1B: 340 361", "362 1B: 340 361", "363 1B: 362 340", "364 1B: 363 362")
	same(t, "the store", store.shown, "360 1B:", "361 1B: 360", "340 1B: 361 360", "362 1B: 361 360", "363 1B: 362 361", "364 1B: 363 362")
}

func same(t *testing.T, who string, got []string, want ...string) {
	t.Helper()
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("%s was shown\n%q, want\n%q", who, got, want)
	}
}
