package rule_test

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

func TestTally(t *testing.T) {
	t.Parallel()
	var tally rule.Tally
	if tally.Share() != 0 {
		t.Errorf("of nothing %v %% were refused", tally.Share())
	}
	at := time.Unix(1e9, 0)
	add := func(kind string, why flow.Reason) {
		tally.Add("p", &flow.Reading{Kind: kind, Stream: "s", At: at}, flow.Verdict{Reason: why, Clause: why.String()})
	}
	add("a", flow.Accepted)
	add("a", flow.TooLow)
	for range 4 {
		add("b", flow.TooHigh)
	}
	add("b", flow.Accepted)
	add("a", flow.Accepted)
	tally.Sort()
	if tally.Tried != 8 || tally.Refused != 5 || tally.Share() != 62.5 {
		t.Errorf("%+v", tally)
	}
	if k := tally.Kinds; len(k) != 2 || k[0] != (rule.KindTally{Kind: "a", Tried: 3, Refused: 1}) || k[1] != (rule.KindTally{Kind: "b", Tried: 5, Refused: 4}) {
		t.Errorf("kinds %+v", k)
	}
	if r := tally.Reasons; len(r) != 2 || r[0].Reason != "too high" || r[0].Count != 4 || len(r[0].Examples) != 3 || r[1].Kind != "a" || r[1].Count != 1 {
		t.Errorf("reasons %+v", r)
	}
}
