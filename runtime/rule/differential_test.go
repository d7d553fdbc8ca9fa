package rule

import (
	"bytes"
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

var long = flag.Bool("long", false, "judge a million mutated readings natively and by the contracts")

const (
	monitorEPC = "3074257BF7194E4000001A85"
	pumpEPC    = "3074257BF7194E4000001A86"
	goneEPC    = "3074257BF7194E4000001A87"
)

// odd are rules with limits close to each other and to the ends of numbers, of
// every sort.
func odd() []Rule {
	temperature := Limit{Kind: "8310-5", Unit: "Cel", Min: 25e6, Max: 45e6, Age: time.Minute, Ahead: 2 * time.Second, Samples: 4, Rate: 250, Bytes: 300}
	return []Rule{
		{Group: "h1", Limits: []Limit{temperature}, Mode: flow.Confirmed},
		{Group: "h1/3/icu-1", Limits: []Limit{
			{Kind: "8310-5", Unit: "Cel", Min: 30e6, Max: 42e6, Fields: 511},
			{Kind: "8867-4", Unit: "/min", Min: math.MinInt64, Max: math.MaxInt64, Age: maxSpan, Ahead: maxSpan, Rate: math.MaxUint32, Samples: math.MaxUint32, Bytes: math.MaxUint32},
			{Kind: "11524-6", Unit: "mV", Min: -10e6, Max: 10e6, Rate: 360, Samples: 3},
		}},
		{Group: "h1/3/icu-2", Limits: []Limit{{Kind: "8310-5", Unit: "Cel", Min: 0, Max: 0, Age: time.Millisecond, Ahead: time.Millisecond, Rate: 1, Samples: 1, Bytes: 1, Fields: 64 + 128}}},
		{Group: "h1/3/icu-2/x", Limits: []Limit{{Kind: "8310-5", Unit: "Cel", Min: 0, Max: 1}}},
		{Group: "h1/3/slow", Limits: []Limit{{Kind: "8310-5", Unit: "Cel", Min: 20e6, Max: 50e6, Rate: 1}, {Kind: "8889-8", Unit: "/min", Min: 0, Max: 300e6}, {Kind: "8867-4", Unit: "/min", Min: 0, Max: 300e6}},
			Slopes: []Slope{{Kind: "8310-5", Unit: "Cel", Step: 1e6, In: time.Minute, Stuck: 10 * time.Second, Jitter: 1000, Past: 3},
				{Kind: "8867-4", Unit: "/min", Step: 20e6, In: time.Second, Past: 16}},
			Agreements: []Agreement{{Kind: "8867-4", With: "8889-8", Unit: "/min", Least: -20e6, Most: 20e6, Within: 10 * time.Second},
				{Kind: "8889-8", With: "8310-5", Unit: "/min", Least: math.MinInt64, Most: math.MaxInt64, Within: time.Hour}}},
		{Group: "h1/3/flat", Slopes: []Slope{{Kind: "8310-5", Unit: "Cel", Stuck: time.Millisecond, Past: 1}}},
		{Device: pumpEPC, Limits: []Limit{{Kind: "8310-5", Unit: "Cel", Min: 35e6, Max: 36e6}}, Mode: flow.PerCheck},
		{Device: goneEPC, Limits: []Limit{temperature}},
	}
}

// A bench holds native code against contracts on one state.
type judges struct {
	t       testing.TB
	set     *Set
	st      chain.State
	manager chain.Address
	rules   []Rule
	call    []byte
	seen    map[flow.Reason]int
}

// judge has both judge the mutant of a seed, and fails unless they say the same.
func (j *judges) judge(seed uint64) {
	c := mutantOf(j.rules, seed)
	v := Evaluate(j.set, c)
	j.seen[v.Reason]++
	f := factsOf(c)
	j.call = appendQuestion(j.call[:0], &f)
	out, err := j.st.Call(j.manager, j.call)
	if err != nil {
		j.t.Fatalf("seed %d: %v", seed, err)
	}
	got, ok := answerOf(out)
	if want := (answer{v.Reason, chain.Address(addressIn(j.t, v.Rule)), v.Version, v.Epoch}); !ok || got != want {
		j.t.Fatalf("seed %d: the contract says %+v, we say %+v (%s)\n%+v\n%+v", seed, got, want, v.Clause, c, c.Reading)
	}
	if v.Clause == "" {
		j.t.Fatalf("seed %d: %v, and not a word why", seed, v.Reason)
	}
}

func addressIn(t testing.TB, s string) chain.Address {
	a, err := chain.ParseAddress(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newJudges(t testing.TB) (*Court, *judges) {
	t.Helper()
	c := NewCourt(t, odd()...)
	c.Retire(Rule{Group: "h1/3/icu-2/x"})
	c.Retire(Rule{Device: goneEPC})
	j := &judges{t: t, manager: c.Manager, rules: odd(), seen: map[flow.Reason]int{}}
	j.look(c)
	return c, j
}

func (j *judges) look(c *Court) { j.set, j.st = c.Rules(), c.State() }

// Native code and contracts judge alike, on readings around every limit.
func TestDifferential(t *testing.T) {
	t.Parallel()
	c, j := newJudges(t)
	n := uint64(20_000)
	switch {
	case raced:
		n = 2000
	case testing.Short():
		n = 4000
	}
	if *long {
		n = 1_000_000
	}
	begun := time.Now()
	for seed := range n {
		j.judge(seed)
	}
	if took := time.Since(begun); *long {
		t.Logf("%d readings, %v each, both ways", n, took/time.Duration(n))
	}
	c.Pause()
	j.look(c)
	for seed := range uint64(20) {
		j.judge(seed)
	}
	for _, reason := range []flow.Reason{flow.Accepted, flow.NoRule, flow.Revoked, flow.WrongType, flow.WrongUnit, flow.TooLow,
		flow.TooHigh, flow.TooFast, flow.TooOld, flow.InFuture, flow.TooLarge, flow.MissingField, flow.Paused, flow.Stuck, flow.TooSteep, flow.Disagrees} {
		if j.seen[reason] == 0 {
			t.Errorf("no reading was judged %q", reason)
		}
	}
	t.Log(j.seen)
}

func mutantOf(rules []Rule, seed uint64) *flow.Case {
	return mutant(rules, rand.New(rand.NewPCG(seed, 7)))
}

// mutant is a case that some rule likes, with a few things moved to the edge of
// a limit, across it, or out of this world.
func mutant(rules []Rule, rng *rand.Rand) *flow.Case {
	m := &mutation{rng: rng, now: time.UnixMilli(1_790_000_000_000 + rng.Int64N(1000)), of: rules[rng.IntN(len(rules))]}
	m.c = &flow.Case{Now: m.now, Size: 86, Group: m.of.Group + []string{"", "/y", "/y/z"}[rng.IntN(3)]}
	m.r = &flow.Reading{Device: monitorEPC, Stream: "s", Seq: 1 + rng.Uint64N(3), At: m.now, Scale: 1}
	m.c.Reading = m.r
	if m.of.Device != "" {
		m.r.Device, m.c.Group = m.of.Device, "h1/3/icu-1"
	}
	m.kind()
	m.samples()
	m.history()
	for range rng.IntN(3) {
		m.move()
	}
	if rng.IntN(40) == 0 {
		m.r.Samples = nil
	}
	return m.c
}

type mutation struct {
	rng *rand.Rand
	now time.Time
	of  Rule
	l   Limit
	c   *flow.Case
	r   *flow.Reading
}

func (m *mutation) pick(v ...int64) int64 { return v[m.rng.IntN(len(v))] }

// kind takes that of one of the rule's limits, or of what else it names.
func (m *mutation) kind() {
	switch {
	case len(m.of.Limits) > 0:
		m.l = m.of.Limits[m.rng.IntN(len(m.of.Limits))]
	default:
		s := m.of.Slopes[m.rng.IntN(len(m.of.Slopes))]
		m.l = Limit{Kind: s.Kind, Unit: s.Unit, Min: 20e6, Max: 40e6}
	}
	m.r.Kind, m.r.Unit = m.l.Kind, m.l.Unit
}

func (m *mutation) samples() {
	l := m.l
	m.r.Samples = []int64{l.Min + (l.Max-l.Min)/2}
	if n := m.pick(1, 1, 2, 3, 4, 5); n > 1 {
		m.r.Samples = make([]int64, n)
		for i := range m.r.Samples {
			m.r.Samples[i] = m.pick(l.Min, l.Max, l.Min, l.Max, l.Min+1, l.Max-1)
		}
		m.r.Period = time.Second / time.Duration(max(1, min(l.Rate, 1000)))
	}
}

// history is what was accepted before and beside, around the edges of slopes
// and agreements.
func (m *mutation) history() {
	low, high := m.r.Range()
	at := m.r.At
	step := m.pick(0, 0, 1, 1000, 1001, 1e6, 1e6+1, 20e6, 20e6+1, -1e6, -1e6-1, math.MaxInt64)
	gap := time.Duration(m.pick(0, 1, 5, 1000, 3333, 10_000, 60_000, 61_000)) * time.Millisecond
	for range m.rng.IntN(6) {
		if m.rng.IntN(4) == 0 {
			gap += time.Duration(m.pick(-1, 1)) * time.Millisecond
		}
		at = at.Add(-gap)
		p := flow.Past{At: at.Add(-time.Duration(m.pick(0, 0, 1, 999)) * time.Millisecond), End: at, Low: low - step, High: high - step}
		m.c.Before = append(m.c.Before, p)
	}
	for _, kind := range []string{"8310-5", "8867-4", "8889-8"} {
		if kind == m.r.Kind || m.rng.IntN(3) == 0 {
			continue
		}
		off := m.pick(0, 20e6, 20e6+1, -20e6, -20e6-1, 40e6, math.MinInt64)
		when := m.r.At.Add(time.Duration(m.pick(0, -10_000, -10_001, 10_000, 10_001, -3_600_000, -3_600_001)) * time.Millisecond)
		m.c.Beside = append(m.c.Beside, flow.Beside{Kind: kind, Unit: []string{"/min", "/min", "/min", "Cel"}[m.rng.IntN(4)],
			Past: flow.Past{At: when, End: when.Add(time.Duration(m.pick(0, 0, 500)) * time.Millisecond), Low: low + off, High: high + off}})
	}
}

// move changes one thing.
func (m *mutation) move() {
	r, l, i, edge := m.r, m.l, m.rng.IntN(len(m.r.Samples)), m.pick(-1, 0, 1)
	switch m.rng.IntN(16) {
	case 0:
		r.Samples[i] = l.Min + edge // around the ends of int64 it wraps, which is as good
	case 1:
		r.Samples[i] = l.Max + edge
	case 2:
		r.Scale = m.pick(-1, 0, 2, 1_000_000, math.MaxInt64, math.MinInt64)
		r.Samples[i] = m.pick(r.Samples[i], 42, 25, math.MaxInt64, math.MinInt64)
	case 3:
		r.At = m.now.Add(-l.Age + time.Duration(edge)*time.Millisecond)
	case 4:
		r.At = m.now.Add(l.Ahead + time.Duration(edge)*time.Millisecond)
	case 5:
		r.Period += time.Duration(edge)
	case 6:
		r.Period = time.Duration(m.pick(0, -1, 1, 1e9, 1e9-1, math.MaxInt64))
	case 7:
		r.Unit = []string{"", "cel", "Cel\x00", r.Unit + " ", strings.Repeat("x", 33), "\xff"}[m.rng.IntN(6)]
	case 8:
		r.Kind = []string{"", "8310-6", "8310-5\x00", strings.Repeat("x", 33), strings.Repeat("\xff", 32)}[m.rng.IntN(5)]
	case 9:
		r.Device = []string{"", "000000000000000000000000", strings.ToLower(pumpEPC), pumpEPC, goneEPC, "x074257BF7194E4000001A85", "30"}[m.rng.IntN(7)]
	case 10:
		r.At = []time.Time{{}, time.UnixMilli(0), time.UnixMilli(-1), time.UnixMilli(math.MaxInt64), time.UnixMilli(math.MinInt64)}[m.rng.IntN(5)]
	case 11:
		m.c.Group = []string{"", "/", "h1", "h1/", "h2/3", "h1/3/icu-10", "h1//3", "h1/3/icu-2/xy", "h1/3/icu-2/x/", strings.Repeat("h1/", 60)}[m.rng.IntN(10)]
	case 12:
		m.c.Size = int(m.pick(0, -1, int64(l.Bytes)-1, int64(l.Bytes), int64(l.Bytes)+1, math.MaxUint32+1))
	case 13:
		r.Seq, r.Stream = uint64(m.pick(0, 1)), []string{"", "s"}[m.rng.IntN(2)]
	case 14:
		if len(m.c.Before) > 0 && l.Rate > 0 { // around the rate from one reading to the next, a millisecond allowed for
			m.c.Before[0].End = r.At.Add(time.Duration(edge) + time.Millisecond - time.Second/time.Duration(l.Rate))
		}
	case 15:
		if len(m.c.Before) > 0 {
			m.c.Before[0].Low, m.c.Before[0].High = m.pick(math.MinInt64, 0), m.pick(math.MaxInt64, 0)
		}
	}
}

// The packing by hand and the generated one make the same bytes.
func FuzzQuestion(f *testing.F) {
	f.Add("h1/3/icu-1", "3074257BF7194E4000001A85", "8310-5", "Cel", int64(1), int64(-5), int64(7), int64(0), int64(1_790_000_000_000), int64(1_790_000_000_001), 86, uint8(3), uint8(2))
	f.Add("", "", "", "", int64(math.MinInt64), int64(math.MaxInt64), int64(math.MinInt64), int64(-1), int64(math.MinInt64), int64(math.MaxInt64), -1, uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, group, device, kind, unit string, scale, a, b, period, at, now int64, size int, past, beside uint8) {
		c := &flow.Case{Group: group, Now: time.UnixMilli(now), Size: size, Reading: &flow.Reading{Device: device, Kind: kind, Unit: unit,
			Scale: scale, Samples: []int64{a, b}, Period: time.Duration(period), At: time.UnixMilli(at)}}
		for i := range past % 20 {
			c.Before = append(c.Before, flow.Past{At: time.UnixMilli(at - int64(i)), End: time.UnixMilli(at), Low: a - int64(i), High: b})
		}
		for i := range beside % 20 {
			c.Beside = append(c.Beside, flow.Beside{Kind: kind, Unit: unit, Past: flow.Past{At: time.UnixMilli(now), End: time.UnixMilli(at), Low: b, High: a + int64(i)}})
		}
		facts := factsOf(c)
		want, err := managerABI().TryPackCheck(generated(&facts))
		if err != nil {
			t.Fatal(err)
		}
		if got := appendQuestion(nil, &facts); !bytes.Equal(got, want) {
			t.Errorf("%+v\n got %x\nwant %x", c, got, want)
		}
		leaf := [32]byte{1, 2, 3}
		if want, err = managerABI().TryPackCheckAndLog(generated(&facts), leaf); err != nil {
			t.Fatal(err)
		}
		if got := CheckAndLog(c, leaf); !bytes.Equal(got, want) {
			t.Errorf("to log: %+v\n got %x\nwant %x", c, got, want)
		}
	})
}

// generated is a reading as the generated packing takes it.
func generated(f *facts) build.Reading {
	r := f.Reading
	device, _ := deviceOf(r.Device)
	kind, _ := bytesOf(r.Kind)
	unit, _ := bytesOf(r.Unit)
	in := build.Reading{Group: f.Group, Device: device, Kind: kind, Unit: unit, Low: f.low.big(), High: f.high.big(), Samples: uint32(len(r.Samples)),
		Period: uint64(max(r.Period, 0)), Taken: f.taken, Judged: f.Now.UnixMilli(), Size: f.size(), Fields: uint32(f.fields()), Since: f.since}
	past := func(p flow.Past) build.Past {
		return build.Past{Taken: p.At.UnixMilli(), Ended: p.End.UnixMilli(), Low: p.Low, High: p.High}
	}
	for _, p := range f.Before[:min(len(f.Before), flow.MaxPast)] {
		in.Past = append(in.Past, past(p))
	}
	for _, b := range f.Beside[:min(len(f.Beside), flow.MaxBeside)] {
		k, _ := bytesOf(b.Kind)
		u, _ := bytesOf(b.Unit)
		in.Beside = append(in.Beside, build.Beside{Kind: k, Unit: u, Past: past(b.Past)})
	}
	return in
}

// Rules come back from the chain as they were written.
func TestLoadState(t *testing.T) {
	t.Parallel()
	var rules []Rule
	for i := range entryPage + 3 { // more than one page
		rules = append(rules, Rule{Group: "h1/" + strings.Repeat("x", i+1), Limits: []Limit{
			{Kind: "8310-5", Unit: "Cel", Min: -int64(i), Max: math.MaxInt64, Rate: 1, Samples: 2, Age: time.Hour, Ahead: time.Second}}})
	}
	c := NewCourt(t, append(rules[:entryPage-6:entryPage-6], odd()...)...) // one transaction holds so many
	set := c.Rules()
	want := append(rules[:entryPage-6:entryPage-6], odd()...)
	if len(set.Rules()) != len(want) || set.Epoch() != 1 || set.Paused() || set.Manager() != c.Manager {
		t.Fatalf("%d rules, epoch %d, paused %v", len(set.Rules()), set.Epoch(), set.Paused())
	}
	for i, r := range set.Rules() {
		w := want[i]
		slices.SortFunc(w.Limits, func(a, b Limit) int { return strings.Compare(a.Kind, b.Kind) })
		if r.Group != w.Group || r.Device != w.Device || r.Mode != w.Mode || r.Version != 1 || r.Block == 0 || r.Revoked ||
			!slices.Equal(r.Limits, w.Limits) || !slices.Equal(r.Slopes, w.Slopes) || !slices.Equal(r.Agreements, w.Agreements) || len(r.Codes) != 0 {
			t.Errorf("rule %d: %+v, want %+v", i, r, w)
		}
	}
	for kind, past := range map[string]int{"8310-5": 3, "8867-4": 16, "11524-6": 1, "8889-8": 0, "x": 0} {
		if n := set.asks.of(kind); n != past {
			t.Errorf("of %s it asks for %d, want %d", kind, n, past)
		}
	}
	if got := strings.Join(set.asks.beside, " "); got != "8310-5 8867-4 8889-8" {
		t.Errorf("beside it asks for %s", got)
	}
}
