package rule_test

import (
	"math"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

// noon is when everything happens here.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const epc = "3074257BF7194E4000001A85"

// temperature is a good reading of so many hundredths of a degree.
func temperature(hundredths int64) *flow.Reading {
	return &flow.Reading{Device: epc, Stream: "temp", Seq: 1, Kind: "8310-5", Unit: "Cel",
		At: noon.Add(-time.Second), Scale: 10_000, Samples: []int64{hundredths}}
}

// wave is a good second of electrocardiogram.
func wave() *flow.Reading {
	r := &flow.Reading{Device: epc, Stream: "ecg/MLII", Seq: 1, Kind: "11524-6", Unit: "mV",
		At: noon.Add(-time.Second), Period: time.Second / 360, Scale: 5000, Samples: make([]int64, 360)}
	for i := range r.Samples {
		r.Samples[i] = int64(100 * math.Sin(float64(i)/10))
	}
	return r
}

func with(r *flow.Reading, change func(*flow.Reading)) *flow.Reading {
	change(r)
	return r
}

// ward is rules of which each is reached by some test.
func ward() *rule.Set {
	rules := rule.Default()
	rules[0].Version = 3
	rules = append(rules,
		rule.Rule{Group: "h1/3/icu-1/thermometer", Version: 2, Limits: []rule.Limit{
			{Kind: "8310-5", Unit: "Cel", Min: 30e6, Max: 42e6, Age: time.Minute, Ahead: 2 * time.Second, Samples: 1},
			{Kind: "8867-4", Unit: "/min", Min: 0, Max: 1e6, Rate: 1, Bytes: 100, Fields: 1<<6 | 1<<8},
			{Kind: "11524-6", Unit: "mV", Min: -10e6, Max: 10e6, Rate: 300, Samples: 500},
		}},
		rule.Rule{Group: "h1/3/icu-1/broken", Version: 7, Revoked: true, Limits: rule.Default()[0].Limits},
	)
	return rule.NewSet("0x00000000000000000000000000000000000000AA", 9, false, rules)
}

func TestEvaluate(t *testing.T) {
	t.Parallel()
	const room, thermometer = "h1/3/icu-1/monitor", "h1/3/icu-1/thermometer"
	for _, tt := range []struct {
		name    string
		group   string
		r       *flow.Reading
		reason  flow.Reason
		clause  string
		version uint64
	}{
		{"34.1 degrees", room, temperature(3410), flow.Accepted, "within 25 to 45 Cel", 3},
		{"29.9 degrees", room, temperature(2990), flow.Accepted, "within 25 to 45 Cel", 3},
		{"1.1 degrees", room, temperature(110), flow.TooLow, "1.1 Cel is below 25 Cel", 3},
		{"just below", room, with(temperature(0), func(r *flow.Reading) { r.Scale, r.Samples[0] = 1, 24_999_999 }), flow.TooLow, "24.999999 Cel is below 25 Cel", 3},
		{"just on it", room, temperature(2500), flow.Accepted, "within 25 to 45 Cel", 3},
		{"below zero", room, temperature(-50), flow.TooLow, "-0.5 Cel is below 25 Cel", 3},
		{"too high", room, temperature(4501), flow.TooHigh, "45.01 Cel is above 45 Cel", 3},
		{"beyond 64 bits", room, with(temperature(0), func(r *flow.Reading) { r.Scale, r.Samples[0] = math.MaxInt64, math.MaxInt64 }),
			flow.TooHigh, "85070591730234615847396907784232.501249 Cel is above 45 Cel", 3},
		{"a longer path decides alone", thermometer, temperature(2990), flow.TooLow, "29.9 Cel is below 30 Cel", 2},
		{"no rule", "h1/4/icu-1/monitor", temperature(3410), flow.NoRule, `no rule for group "h1/4/icu-1/monitor"`, 0},
		{"no group", "", temperature(3410), flow.NoRule, `no rule for group ""`, 0},
		{"half a name is another floor", "h1/30/icu-1/monitor", temperature(3410), flow.NoRule, `no rule for group "h1/30/icu-1/monitor"`, 0},
		{"revoked", "h1/3/icu-1/broken", temperature(3410), flow.Revoked, "the rule of h1/3/icu-1/broken was revoked in version 7", 7},
		{"wrong type", thermometer, with(temperature(3410), func(r *flow.Reading) { r.Kind = "8480-6" }),
			flow.WrongType, `the rule of h1/3/icu-1/thermometer does not name kind "8480-6"`, 2},
		{"wrong unit", room, with(temperature(3410), func(r *flow.Reading) { r.Unit = "[degF]" }), flow.WrongUnit, `unit "[degF]" is not Cel`, 3},
		{"no unit", room, with(temperature(3410), func(r *flow.Reading) { r.Unit = "" }), flow.WrongUnit, `unit "" is not Cel`, 3},
		{"a wave", room, wave(), flow.Accepted, "within -10 to 10 mV", 3},
		{"one sample of a wave", room, with(wave(), func(r *flow.Reading) { r.Samples[100] = -2001 }), flow.TooLow, "-10.005 mV is below -10 mV", 3},
		{"too fast", thermometer, wave(), flow.TooFast, "a sample each 2.777777ms is faster than 300 a second", 2},
		{"too large", thermometer, with(wave(), func(r *flow.Reading) { r.Period, r.Samples = 4*time.Millisecond, make([]int64, 501) }),
			flow.TooLarge, "501 samples are more than 500", 2},
		{"too old", thermometer, with(temperature(3410), func(r *flow.Reading) { r.At = noon.Add(-61 * time.Second) }),
			flow.TooOld, "taken 1m1s before it was judged, more than 1m0s", 2},
		{"ahead", room, with(temperature(3410), func(r *flow.Reading) { r.At = noon.Add(2001 * time.Millisecond) }),
			flow.InFuture, "taken 2.001s ahead of the clock, more than 2s", 3},
		{"no samples", room, with(temperature(0), func(r *flow.Reading) { r.Samples = nil }), flow.MissingField, "a sample is missing", 3},
		{"no time", room, with(temperature(3410), func(r *flow.Reading) { r.At = time.Time{} }), flow.MissingField, "the time of the first sample is missing", 3},
		{"no device", room, with(temperature(3410), func(r *flow.Reading) { r.Device = "" }), flow.MissingField, "the device is missing", 3},
		{"no period", room, with(wave(), func(r *flow.Reading) { r.Period = 0 }), flow.MissingField, "the time between samples is missing", 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := flow.Verdict{Reason: tt.reason, Clause: tt.clause, Group: tt.group,
				Rule: "0x00000000000000000000000000000000000000AA", Version: tt.version, Epoch: 9}
			if got := rule.Evaluate(ward(), caseOf(tt.group, tt.r, noon)); got != want {
				t.Errorf("Evaluate:\n got %+v\nwant %+v", got, want)
			}
		})
	}
	for _, tt := range []struct {
		name   string
		change func(*flow.Case)
		reason flow.Reason
		clause string
	}{
		{"all is there", func(*flow.Case) {}, flow.Accepted, "within 0 to 1 /min"},
		{"too many bytes", func(c *flow.Case) { c.Size = 101 }, flow.TooLarge, "101 bytes are more than 100"},
		{"unknown size", func(c *flow.Case) { c.Size = 0 }, flow.MissingField, "the rule asks for what is missing: size"},
		{"no number", func(c *flow.Case) { c.Reading.Seq = 0 }, flow.MissingField, "the rule asks for what is missing: number"},
		{"a second after the one before", func(c *flow.Case) { c.Before = past(time.Second) }, flow.Accepted, "within 0 to 1 /min"},
		{"and a millisecond less", func(c *flow.Case) { c.Before = past(999 * time.Millisecond) }, flow.Accepted, "within 0 to 1 /min"},
		{"and less", func(c *flow.Case) { c.Before = past(999*time.Millisecond - 1) }, flow.TooFast, "998.999999ms after the last sample of the reading before is faster than 1 a second"},
		{"into the one before", func(c *flow.Case) { c.Before = past(-time.Minute) }, flow.TooFast, "0s after the last sample of the reading before is faster than 1 a second"},
	} {
		r := with(temperature(0), func(r *flow.Reading) { r.Kind, r.Unit = "8867-4", "/min" })
		c := caseOf(thermometer, r, noon)
		c.Size = 100
		tt.change(c)
		if v := rule.Evaluate(ward(), c); v.Reason != tt.reason || v.Clause != tt.clause {
			t.Errorf("%s: %v: %s", tt.name, v.Reason, v.Clause)
		}
	}
	paused := rule.NewSet("0xAA", 10, true, rule.Default())
	if v := rule.Evaluate(paused, caseOf("nowhere", temperature(110), noon)); v.Reason != flow.Paused {
		t.Errorf("a paused manager says %v", v.Reason)
	}
}

// past is a reading that ended so long before the good one.
func past(before time.Duration) []flow.Past {
	end := noon.Add(-time.Second - before)
	return []flow.Past{{At: end.Add(-time.Second), End: end}}
}

// What slopes and agreements say, in words.
func TestEvaluateBeyond(t *testing.T) {
	t.Parallel()
	s := rule.NewSet("0xAA", 1, false, []rule.Rule{
		{Group: "h1", Mode: flow.Confirmed,
			Slopes:     []rule.Slope{{Kind: "8310-5", Unit: "Cel", Step: 1e6, In: time.Minute, Stuck: time.Hour, Past: 4}},
			Agreements: []rule.Agreement{{Kind: "8310-5", With: "8309-7", Unit: "Cel", Least: -500_000, Most: 500_000, Within: time.Minute}}},
		{Device: "3074257BF7194E4000001AFF", Codes: []chain.Address{{1}}},
	})
	at := func(ago time.Duration, hundredths int64) flow.Past {
		return flow.Past{At: noon.Add(-ago), End: noon.Add(-ago), Low: hundredths * 10_000, High: hundredths * 10_000}
	}
	for _, tt := range []struct {
		name   string
		change func(*flow.Case)
		want   string
	}{
		{"nothing known", func(c *flow.Case) {}, "accepted: as the rule wants it"},
		{"a degree in a minute", func(c *flow.Case) { c.Before = []flow.Past{at(time.Minute, 3310)} }, "accepted: as the rule wants it"},
		{"two in half of it", func(c *flow.Case) { c.Before = []flow.Past{at(31*time.Second, 3210)} }, "too steep: 34.1 Cel after 32.1 Cel of 30s before is more than 1 Cel in 1m0s"},
		{"the same for long", func(c *flow.Case) { c.Before = []flow.Past{at(time.Minute, 3410), at(2*time.Hour, 3410)} }, "stuck: 34.1 Cel has not changed for 1h59m59s, more than 1h0m0s"},
		{"another beside", func(c *flow.Case) {
			c.Beside = []flow.Beside{{Kind: "8309-7", Unit: "Cel", Past: at(21*time.Second, 3500)}}
		},
			"disagrees: 34.1 Cel of 8310-5 beside 35 Cel of 8309-7 20s before: 8310-5 less 8309-7 is to be from -0.5 to 0.5 Cel"},
		{"too far to compare", func(c *flow.Case) {
			c.Beside = []flow.Beside{{Kind: "8309-7", Unit: "Cel", Past: at(62*time.Second, 3500)}}
		}, "accepted: as the rule wants it"},
		{"in another unit", func(c *flow.Case) { c.Reading.Unit = "K" }, `wrong unit: unit "K" is not Cel`},
		{"a kind that it is not about", func(c *flow.Case) { c.Reading.Kind = "8867-4" }, "accepted: as the rule wants it"},
		{"by code alone", func(c *flow.Case) { c.Reading.Device = "3074257BF7194E4000001AFF" }, "bad rule: rule contract 0x0100000000000000000000000000000000000000 can only be asked on its chain"},
	} {
		c := caseOf("h1/3", temperature(3410), noon)
		tt.change(c)
		if v := rule.Evaluate(s, c); v.Reason.String()+": "+v.Clause != tt.want || v.OK() && v.Mode != flow.Confirmed {
			t.Errorf("%s: %v: %s, want %s", tt.name, v.Reason, v.Clause, tt.want)
		}
	}
}

// An accepted reading, judged a thousand times a second, makes no garbage.
func TestEvaluateAllocates(t *testing.T) {
	s, r := ward(), temperature(3410)
	if n := testing.AllocsPerRun(100, func() { rule.Evaluate(s, caseOf("h1/3/icu-1/monitor", r, noon)) }); n != 0 {
		t.Errorf("%v allocations a verdict", n)
	}
}

func BenchmarkEvaluate(b *testing.B) {
	s := ward()
	for _, bb := range []struct {
		name string
		r    *flow.Reading
	}{{"value", temperature(3410)}, {"wave of 360", wave()}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			defer rule.CPU(b)()
			for b.Loop() {
				if v := rule.Evaluate(s, caseOf("h1/3/icu-1/monitor", bb.r, noon)); !v.OK() {
					b.Fatal(v)
				}
			}
		})
	}
}

// The ward of the demo: what must be accepted of the recordings, and what not.
func TestDefault(t *testing.T) {
	t.Parallel()
	rules := rule.Default()
	if len(rules) != 1 || rules[0].Group != "h1/3" {
		t.Fatalf("Default() = %+v", rules)
	}
	s := rule.NewSet("0xAA", 1, false, rules)
	for _, tt := range []struct {
		kind, unit string
		ok, no     []int64 // 10⁻³ unit
	}{
		{"11524-6", "mV", []int64{-10000, 0, 10000}, []int64{-10001, 10001}},
		{"8867-4", "/min", []int64{20000, 250000}, []int64{0, 19999, 250001}},
		{"8889-8", "/min", []int64{20000, 250000}, []int64{0}},
		{"59408-5", "%", []int64{50000, 100000}, []int64{0, 100001}},
		{"9279-1", "/min", []int64{12000}, []int64{0}},
		{"8310-5", "Cel", []int64{29900, 34100}, []int64{1100, 0}},
		{"99504-3", "mg/dL", []int64{20000, 600000}, []int64{0, 600001}},
		{"2339-0", "mg/dL", []int64{20000, 600000}, []int64{0, 600001}},
		{"8480-6", "mm[Hg]", []int64{20000, 120000, 300000}, []int64{0}},
		{"8462-4", "mm[Hg]", []int64{20000, 80000}, []int64{0}},
		{"8478-0", "mm[Hg]", []int64{90000}, []int64{0}},
	} {
		for i, v := range append(tt.ok, tt.no...) {
			r := temperature(0)
			r.Kind, r.Unit, r.Scale, r.Samples[0] = tt.kind, tt.unit, 1000, v
			if got := rule.Evaluate(s, caseOf("h1/3/icu-1/monitor", r, noon)); got.OK() != (i < len(tt.ok)) {
				t.Errorf("%s of %d/1000 %s: %v: %s", tt.kind, v, tt.unit, got.Reason, got.Clause)
			}
		}
	}
}
