package rule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

func written(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		mark := "ok"
		if !s.OK {
			mark = "NO"
		}
		fmt.Fprintf(&b, "%s %s: %s\n", mark, s.What, s.Why)
	}
	return b.String()
}

// An explanation names each place where a rule was looked for, each clause, and
// what the contract says in the end; on mutants its last step is the verdict.
func TestExplain(t *testing.T) {
	t.Parallel()
	c, j := newJudges(t)
	now := time.UnixMilli(1_790_000_000_000)
	steps, err := j.set.Explain(j.st, &flow.Case{Group: "h1/3/slow/monitor", Now: now, Size: 90, Reading: &flow.Reading{Device: monitorEPC, Stream: "t", Seq: 4,
		Kind: "8310-5", Unit: "Cel", At: now, Scale: 1_000_000, Samples: []int64{19}}, Before: []flow.Past{{At: now.Add(-time.Minute), End: now.Add(-time.Minute), Low: 30e6, High: 30e6}}})
	if err != nil {
		t.Fatal(err)
	}
	parts := c.Rules().rules[4].Parts
	got := written(steps)
	for i, p := range parts {
		got = strings.ReplaceAll(got, p.Address.Hex(), fmt.Sprintf("C%d", i+1))
	}
	want := `ok rule manager ` + c.Manager.Hex() + `, epoch 3: not paused
ok device ` + monitorEPC + `: it has no rule of its own
ok group h1/3/slow/monitor: no rule of its own
ok rule of h1/3/slow: version 1 of block ` + fmt.Sprint(c.Rules().rules[4].Block) + `, 5 contracts, answers when anchored
ok part 1 of 5: contract C1: wardflow.limits/1, its code is known: judged natively, and by the contract when it refuses
ok unit: Cel
NO range: 19 Cel is below 20 Cel
ok rate: at most 1 a second
ok fields: all there
ok part 2 of 5: contract C2: wardflow.slope/1, judged by the contract; its code is known, and said here in words
NO slope: 19 Cel after 30 Cel of 1m0s before is more than 1 Cel in 1m0s
ok part 3 of 5: contract C3: wardflow.slope/1, judged by the contract; its code is known, and said here in words
ok slope: it is about 8867-4, not about 8310-5
ok part 4 of 5: contract C4: wardflow.agreement/1, judged by the contract; its code is known, and said here in words
ok agreement: it is about 8867-4 and 8889-8, not about 8310-5
ok part 5 of 5: contract C5: wardflow.agreement/1, judged by the contract; its code is known, and said here in words
NO agreement: unit "Cel" is not /min
NO the contract's own check: too low: 19 Cel is below 20 Cel (version 1, answered when anchored)
`
	if got != want {
		t.Errorf("explained as\n%s\nwant\n%s", got, want)
	}
	for seed := range uint64(200) {
		m := mutantOf(j.rules, seed)
		steps, err := j.set.Explain(j.st, m)
		if err != nil {
			t.Fatal(err)
		}
		v := Evaluate(j.set, m)
		all := true
		for _, s := range steps {
			all = all && s.OK
		}
		if last := steps[len(steps)-1]; last.OK != v.OK() || all != v.OK() || !strings.HasPrefix(last.Why, v.Reason.String()+": "+v.Clause) {
			t.Fatalf("seed %d: %s: %s, explained as\n%s", seed, v.Reason, v.Clause, written(steps))
		}
	}
}
