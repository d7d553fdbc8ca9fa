package rule_test

import (
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

func ExampleEvaluate() {
	rules, err := rule.Parse("rules.yaml", []byte(`
h1/3:
  8310-5: {unit: Cel, range: [25, 45]}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	set := rule.NewSet("0xF4aB66c8C127f581d986C4a1132b4b257CE39D4C", 1, false, rules)
	now := time.Now()
	for _, tenths := range []int64{341, 11} {
		r := &flow.Reading{Device: "3074257BF7194E4000001A85", Kind: "8310-5", Unit: "Cel", At: now, Scale: 100_000, Samples: []int64{tenths}}
		v := rule.Evaluate(set, &flow.Case{Group: "h1/3/icu-1/monitor", Reading: r, Now: now})
		fmt.Printf("%v: %s\n", v.Reason, v.Clause)
	}
	// Output:
	// accepted: within 25 to 45 Cel
	// too low: 1.1 Cel is below 25 Cel
}
