package rule

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
	"github.com/wardflow/wardflow/runtime/flow"
)

// deploy makes a manager with rules on a chain of its own.
func deploy(t testing.TB, rules ...Rule) (*chaintest.Sim, *Admin) {
	t.Helper()
	sim, key := chaintest.NewSim(t, time.Now)
	manager, err := Deploy(t.Context(), sim, key, key.Address(), key.Address())
	if err != nil {
		t.Fatal(err)
	}
	a := &Admin{Chain: sim, Manager: manager, Key: key}
	if len(rules) > 0 {
		if _, err := a.Set(t.Context(), rules...); err != nil {
			t.Fatal(err)
		}
	}
	return sim, a
}

// oddOld are rules of the old manager.
func oddOld() []Rule {
	return []Rule{
		{Group: "h1", Limits: []Limit{{Kind: "8310-5", Unit: "Cel", Min: 25e6, Max: 45e6, Age: time.Minute, Ahead: 2 * time.Second, Samples: 4, Rate: 250}}},
		{Group: "h1/3/icu-1", Limits: []Limit{
			{Kind: "8310-5", Unit: "Cel", Min: 30e6, Max: 42e6},
			{Kind: "8867-4", Unit: "/min", Min: math.MinInt64, Max: math.MaxInt64, Age: maxSpan, Ahead: maxSpan, Rate: math.MaxUint32, Samples: math.MaxUint32},
			{Kind: "11524-6", Unit: "mV", Min: -10e6, Max: 10e6, Rate: 360, Samples: 3},
		}},
		{Group: "h1/3/icu-2", Limits: []Limit{{Kind: "8310-5", Unit: "Cel", Min: 0, Max: 0, Age: time.Millisecond, Ahead: time.Millisecond, Rate: 1, Samples: 1}}},
		{Group: "h1/3/icu-2/x", Limits: []Limit{{Kind: "8310-5", Unit: "Cel", Min: 0, Max: 1}}},
	}
}

// Native code and contract judge alike, on readings around every limit.
func TestDifferentialOld(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	sim, a := deploy(t, oddOld()...)
	for _, err := range []error{
		second(a.Revoke(ctx, "h1/3/icu-2/x")),
		second(a.RevokeLimit(ctx, "h1/3/icu-1", "11524-6")),
		second(a.SetLimit(ctx, "h1/3/icu-1", Limit{Kind: "8478-0", Unit: "mm[Hg]", Min: 1, Max: 2})),
		second(a.SetLimit(ctx, "h1/3/icu-1", Limit{Kind: "11524-6", Unit: "mV", Min: -10e6, Max: 10e6, Rate: 360, Samples: 3})),
		second(a.RevokeLimit(ctx, "h1/3/icu-1", "8478-0")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	seen := map[flow.Reason]int{}
	compare := func(n uint64) {
		set, head, err := a.Rules(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range n {
			group, r, now := mutantOld(set, rand.New(rand.NewPCG(seed, 7)))
			v := Evaluate(set, &flow.Case{Group: group, Reading: r, Now: now})
			seen[v.Reason]++
			got, err := check(ctx, sim, a.Manager, head.Hash, appendCheck(nil, group, r, now))
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if want := (oldAnswer{v.Reason, v.Version, v.Epoch}); got != want {
				t.Fatalf("seed %d: the contract says %+v, we say %+v (%s)\ngroup %q, at %v: %+v", seed, got, want, v.Clause, group, now, r)
			}
		}
	}
	n := uint64(1500)
	if testing.Short() {
		n = 500
	}
	compare(n)
	if _, err := a.Pause(ctx); err != nil {
		t.Fatal(err)
	}
	compare(20)
	for _, reason := range []flow.Reason{flow.Accepted, flow.NoRule, flow.Revoked, flow.WrongType, flow.WrongUnit, flow.TooLow,
		flow.TooHigh, flow.TooFast, flow.TooOld, flow.InFuture, flow.TooLarge, flow.MissingField, flow.Paused} {
		if seen[reason] == 0 {
			t.Errorf("no reading was judged %q", reason)
		}
	}
	t.Log(seen)
}

func second(_ chain.Receipt, err error) error { return err }

// mutantOld is a reading that some limit of the rules likes, with a few things
// moved to a limit's edge, across it, or out of this world.
func mutantOld(s *Set, rng *rand.Rand) (string, *flow.Reading, time.Time) {
	pick := func(v ...int64) int64 { return v[rng.IntN(len(v))] }
	now := time.UnixMilli(1_790_000_000_000 + rng.Int64N(1000))
	rules := s.Rules()
	of := rules[rng.IntN(len(rules))]
	l := of.Limits[rng.IntN(len(of.Limits))]
	group := of.Group + []string{"", "/y", "/y/z"}[rng.IntN(3)]
	r := &flow.Reading{Device: "3074257BF7194E4000001A85", Stream: "s", Kind: l.Kind, Unit: l.Unit, At: now, Scale: 1,
		Samples: []int64{l.Min + (l.Max-l.Min)/2}}
	if n := pick(1, 1, 2, 3, 4, 5); n > 1 {
		r.Samples = make([]int64, n)
		for i := range r.Samples {
			r.Samples[i] = pick(l.Min, l.Max, l.Min, l.Max, l.Min+1, l.Max-1)
		}
		r.Period = time.Second / time.Duration(max(1, min(l.Rate, 1000)))
	}
	for range rng.IntN(3) {
		i := rng.IntN(len(r.Samples))
		edge := pick(-1, 0, 1)
		switch rng.IntN(12) {
		case 0:
			r.Samples[i] = l.Min + edge // around the ends of int64 it wraps, which is as good
		case 1:
			r.Samples[i] = l.Max + edge
		case 2:
			r.Scale = pick(-1, 0, 2, 1_000_000, math.MaxInt64, math.MinInt64)
			r.Samples[i] = pick(r.Samples[i], 42, 25, math.MaxInt64, math.MinInt64)
		case 3:
			r.At = now.Add(-l.Age + time.Duration(edge)*time.Millisecond)
		case 4:
			r.At = now.Add(l.Ahead + time.Duration(edge)*time.Millisecond)
		case 5:
			r.Period += time.Duration(edge)
		case 6:
			r.Period = time.Duration(pick(0, -1, 1, 1e9, 1e9-1, math.MaxInt64))
		case 7:
			r.Unit = []string{"", "cel", "Cel\x00", r.Unit + " ", strings.Repeat("x", 33), "\xff"}[rng.IntN(6)]
		case 8:
			r.Kind = []string{"", "8310-6", "8310-5\x00", strings.Repeat("x", 33), strings.Repeat("\xff", 32)}[rng.IntN(5)]
		case 9:
			r.Device = []string{"", "000000000000000000000000", "3074257bf7194e4000001a85", "x074257BF7194E4000001A85", "30"}[rng.IntN(5)]
		case 10:
			r.At = []time.Time{{}, time.UnixMilli(0), time.UnixMilli(-1), time.UnixMilli(math.MaxInt64), time.UnixMilli(math.MinInt64)}[rng.IntN(5)]
		case 11:
			group = []string{"", "/", "h1", "h1/", "h2/3", "h1/3/icu-10", "h1//3", "h1/3/icu-2/xy", "h1/3/icu-2/x/", strings.Repeat("h1/", 60)}[rng.IntN(10)]
		}
	}
	if rng.IntN(40) == 0 {
		r.Samples = nil
	}
	return group, r, now
}

// The packing by hand and the generated one make the same bytes.
func FuzzCheckCall(f *testing.F) {
	f.Add("h1/3/icu-1", "3074257BF7194E4000001A85", "8310-5", "Cel", int64(1), int64(-5), int64(7), int64(0), int64(1_790_000_000_000), int64(1_790_000_000_001))
	f.Add("", "", "", "", int64(math.MinInt64), int64(math.MaxInt64), int64(math.MinInt64), int64(-1), int64(math.MinInt64), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, group, device, kind, unit string, scale, a, b, period, at, now int64) {
		r := &flow.Reading{Device: device, Kind: kind, Unit: unit, Scale: scale, Samples: []int64{a, b},
			Period: time.Duration(period), At: time.UnixMilli(at)}
		judged := time.UnixMilli(now)
		want, err := binding.TryPackCheck(readingOf(group, r, judged))
		if err != nil {
			t.Fatal(err)
		}
		if got := appendCheck(nil, group, r, judged); !bytes.Equal(got, want) {
			t.Errorf("%+v\n got %x\nwant %x", r, got, want)
		}
	})
}

func TestMicro(t *testing.T) {
	t.Parallel()
	edges := []int64{0, 1, -1, 999_999, 1_100_000, -500_000, math.MaxInt64, math.MinInt64, 1 << 32, -1 << 32}
	for _, a := range edges {
		for _, b := range edges {
			p, want := product(a, b), microOf(a).big()
			if want.Mul(want, microOf(b).big()); p.big().Cmp(want) != 0 {
				t.Errorf("%d × %d = %v, want %v", a, b, p.big(), want)
			}
			if got := microOf(a).less(microOf(b)); got != (a < b) {
				t.Errorf("%d < %d = %v", a, b, got)
			}
		}
		back, err := parseMicro(microOf(a).String())
		if err != nil || back != a {
			t.Errorf("%d is written %v and read as %d, %v", a, microOf(a), back, err)
		}
	}
}

// Rules come back from the contract as they were set.
func TestLoad(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var rules []Rule
	for i := range pageSize + 3 { // more than one page
		rules = append(rules, Rule{Group: "h1/" + strings.Repeat("x", i+1), Limits: []Limit{
			{Kind: "8310-5", Unit: "Cel", Min: -int64(i), Max: math.MaxInt64, Rate: 1, Samples: 2, Age: time.Hour, Ahead: time.Second}}})
	}
	_, a := deploy(t, rules...)
	set, _, err := a.Rules(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Rules()) != len(rules) || set.Epoch() != 2 || // it took two transactions
		set.Paused() {
		t.Fatalf("%d rules, epoch %d, paused %v", len(set.Rules()), set.Epoch(), set.Paused())
	}
	for i, r := range set.Rules() {
		want := rules[i].Limits[0]
		want.Version = 1
		if r.Group != rules[i].Group || r.Version != 1 || len(r.Limits) != 1 || r.Limits[0] != want {
			t.Errorf("rule %d: %+v, want %+v", i, r, rules[i])
		}
	}
}

func BenchmarkAppendCheck(b *testing.B) {
	r := &flow.Reading{Device: "3074257BF7194E4000001A85", Kind: "8310-5", Unit: "Cel", At: time.UnixMilli(1), Scale: 1, Samples: []int64{1}}
	var call []byte
	b.ReportAllocs()
	for b.Loop() {
		call = appendCheck(call[:0], "h1/3/icu-1/monitor", r, r.At)
	}
}
