package ward_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/sensor/replay"
	"github.com/wardflow/wardflow/actors/ward"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/rule"
)

// Three kinds of rules against false data (security.md, AT-false): shape and
// range, what a body can do, and what two signals say of one heart.
const againstFalseData = `
h1/3:
  8867-4: {unit: /min, range: [20, 250], rate: 2, agrees: 30 /min with 8889-8 within 10s}
  8889-8: {unit: /min, range: [20, 250], rate: 2}
  9279-1: {unit: /min, range: [1, 80], rate: 2}
  59408-5: {unit: "%", range: [50, 100], rate: 2}
  8310-5: {unit: Cel, range: [25, 45], stuck: 12h within 0.05 Cel}
  8480-6: {unit: "mm[Hg]", range: [20, 300], agrees: "0 to 250 mm[Hg] above 8478-0 within 1m"}
  8478-0: {unit: "mm[Hg]", range: [10, 280], agrees: "0 to 250 mm[Hg] above 8462-4 within 1m"}
  8462-4: {unit: "mm[Hg]", range: [5, 250]}
`

// evaluated are rules that are on no chain. That native judging and the
// contracts say the same, package rule shows.
type evaluated struct{ *rule.Set }

func (e evaluated) Judge(c *flow.Case) (flow.Verdict, error) { return rule.Evaluate(e.Set, c), nil }
func (e evaluated) Notify(func()) func()                     { return func() {} }

func tryRules(t *testing.T) *ward.Tryout {
	t.Helper()
	rules, err := rule.Parse("false.yaml", []byte(againstFalseData))
	if err != nil {
		t.Fatal(err)
	}
	return ward.NewTryout(evaluated{rule.NewSet("0xAA", 1, false, rules)})
}

// played has a recording judged. Bend may change a reading, which is then false.
func played(t *testing.T, file, patient string, bend func(*flow.Reading, time.Duration) bool, each func(r *flow.Reading, at time.Duration, v flow.Verdict, bent bool)) {
	t.Helper()
	tracks, _, err := replay.Open(actortest.SharedData(t), file, nil)
	if err != nil {
		t.Fatal(err)
	}
	try, start := tryRules(t), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for r, err := range tracks.Readings("3074257BF7194E4000001A85", start) {
		if err != nil {
			t.Fatal(err)
		}
		at := r.At.Sub(start)
		bent := bend != nil && bend(&r, at)
		v, err := try.Judge(patient, "h1/3/icu-1/monitor", &proof.Reading{Reading: r}, r.At.Add(time.Second))
		if err != nil {
			t.Fatal(err)
		}
		each(&r, at, v, bent)
	}
}

// Of 53 patients' clean heart rates, pulses, breaths and saturations less than
// one in a thousand is refused. A reading of 0 is no clean one: the monitor's
// way to say that it has none.
func TestCleanReadingsPass(t *testing.T) {
	judged, refused := 0, map[string]int{}
	for p := 1; p <= 53; p++ {
		file := fmt.Sprintf("icu-bidmc/bidmc_%02d_Numerics.csv", p)
		played(t, file, file, nil, func(r *flow.Reading, _ time.Duration, v flow.Verdict, _ bool) {
			if r.Samples[0] == 0 {
				if v.OK() {
					t.Errorf("%s: no %s was accepted as 0", file, r.Stream)
				}
				return
			}
			judged++
			if !v.OK() {
				refused[v.Reason.String()+" "+r.Stream]++
			}
		})
	}
	n := 0
	for _, k := range refused {
		n += k
	}
	t.Logf("%d of %d refused: %v", n, judged, refused)
	if judged < 90_000 || n*1000 >= judged {
		t.Errorf("%d of %d clean readings refused: %v", n, judged, refused)
	}
}

// 40 beats added to the heart rate are found within ten seconds.
func TestFalseHeartRateIsFound(t *testing.T) {
	const from = 3 * time.Minute
	for _, p := range []int{1, 2, 5, 12} {
		file := fmt.Sprintf("icu-bidmc/bidmc_%02d_Numerics.csv", p)
		var found time.Duration
		bent, passed := 0, 0
		played(t, file, "p", func(r *flow.Reading, at time.Duration) bool {
			if r.Kind != "8867-4" || at < from || r.Samples[0] == 0 {
				return false
			}
			r.Samples[0] += 40_000_000 / r.Scale
			return true
		}, func(r *flow.Reading, at time.Duration, v flow.Verdict, is bool) {
			if !is {
				return
			}
			bent++
			if v.OK() {
				passed++
			}
			if v.Reason == flow.Disagrees && found == 0 {
				found = at
				t.Logf("%s: %s", file, v.Clause)
			}
		})
		if found == 0 || found-from > 10*time.Second || passed > bent/20 {
			t.Errorf("%s: false from %v on, found at %v; %d of %d passed", file, from, found, passed, bent)
		}
	}
}

// Pressures of zero are refused, and 1.1 °C beside 34.1; 29.9 °C is a cold
// patient.
func TestFalseValuesOfStays(t *testing.T) {
	seen := map[string]int{}
	for _, stay := range []string{"141449", "134199", "136619", "138348", "139231", "141301"} {
		played(t, "icu-vitals-2012/"+stay+".txt", stay, nil, func(r *flow.Reading, _ time.Duration, v flow.Verdict, _ bool) {
			micro := r.Micro(0)
			switch pressure := r.Unit == "mm[Hg]"; {
			case pressure && micro == 0:
				seen["zero pressures"]++
				if v.OK() {
					t.Errorf("%s: a pressure of 0 was accepted", stay)
				}
			case r.Kind == "8310-5" && micro < 3_000_000:
				seen["ice"]++
				if v.Reason != flow.TooLow {
					t.Errorf("%s: %v: %s", stay, v.Reason, v.Clause)
				}
			case r.Kind == "8310-5":
				seen["temperatures"]++
				if micro == 29_900_000 {
					seen["cold patient"]++
				}
				if !v.OK() {
					t.Errorf("%s: %v: %s", stay, v.Reason, v.Clause)
				}
			}
		})
	}
	for _, what := range []string{"ice", "temperatures", "cold patient", "zero pressures"} {
		if seen[what] == 0 {
			t.Errorf("no %s among the readings: %v", what, seen)
		}
	}
	t.Log(seen)
}

// A probe that is read each second and lies on the table is found after an hour,
// though no rule looks at more than sixteen earlier readings.
func TestStuckForHours(t *testing.T) {
	rules, err := rule.Parse("body.yaml", []byte("h1: {8310-5: {unit: Cel, range: [20, 45], stuck: 1h within 0.05 Cel}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	try := ward.NewTryout(evaluated{rule.NewSet("0xAA", 1, false, rules)})
	refused := -1
	for i := range 2 * 3600 {
		value := 3700 + int64(i%60) // it moves
		if i >= 600 {
			value = 2210 + int64(i%3) // it does not, but for the last digit
		}
		r := &proof.Reading{Reading: flow.Reading{Device: "3074257BF7194E4000001A85", Stream: "t", Seq: uint64(i + 1), Kind: "8310-5", Unit: "Cel",
			At: noon.Add(time.Duration(i) * time.Second), Scale: 10_000, Samples: []int64{value}}}
		v, err := try.Judge("p", "h1", r, r.At)
		if err != nil {
			t.Fatal(err)
		}
		if !v.OK() {
			if refused = i; v.Reason != flow.Stuck {
				t.Errorf("%v: %s", v.Reason, v.Clause)
			}
			break
		}
	}
	if want := 600 + 3600 + 1; refused != want {
		t.Errorf("refused from second %d on, want %d", refused, want)
	}
}

// A signal that never moves again is found, one that moves is left alone; and
// one that jumps where no body does.
func TestStuckAndSteep(t *testing.T) {
	rules, err := rule.Parse("body.yaml", []byte("h1: {8310-5: {unit: Cel, range: [25, 45], steepest: 2 Cel in 10m, stuck: 1h within 0.01 Cel}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		value func(i int) int64 // hundredths of a degree, one every five minutes
		want  flow.Reason
		at    int // the first refused; -1: none is
	}{
		{"a body", func(i int) int64 { return 3700 + int64(i%3)*5 }, 0, -1},
		{"a fever", func(i int) int64 { return 3700 + int64(i)*20 }, 0, -1},
		{"a probe on the table", func(i int) int64 {
			if i < 10 {
				return 3700 + int64(i%2)*3
			}
			return 3600
		}, flow.Stuck, 23},
		{"a jump", func(i int) int64 {
			if i < 10 {
				return 3700 + int64(i%2)*3
			}
			return 3350
		}, flow.TooSteep, 10},
	} {
		try := ward.NewTryout(evaluated{rule.NewSet("0xAA", 1, false, rules)})
		at := -1
		for i := range 40 {
			r := &proof.Reading{Reading: flow.Reading{Device: "3074257BF7194E4000001A85", Stream: "t", Seq: uint64(i + 1), Kind: "8310-5", Unit: "Cel",
				At: noon.Add(time.Duration(i) * 5 * time.Minute), Scale: 10_000, Samples: []int64{tt.value(i)}}}
			v, err := try.Judge("p", "h1", r, r.At)
			if err != nil {
				t.Fatal(err)
			}
			if !v.OK() && at < 0 {
				if at = i; v.Reason != tt.want {
					t.Errorf("%s: %v: %s", tt.name, v.Reason, v.Clause)
				}
			}
		}
		if at != tt.at {
			t.Errorf("%s: refused from reading %d on, want %d", tt.name, at, tt.at)
		}
	}
}
