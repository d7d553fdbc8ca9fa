package contracts_test

import (
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/flow"
)

func (m *machine) slope(s build.Slope) common.Address {
	m.t.Helper()
	return m.mustCreate("SlopeRule", build.SlopeRuleMetaData.Bin, slopeRule.PackConstructor(s))
}

func (m *machine) agreement(a build.Agreement) common.Address {
	m.t.Helper()
	return m.mustCreate("AgreementRule", build.AgreementRuleMetaData.Bin, agreeRule.PackConstructor(a))
}

// ask is what a rule alone says of a reading.
func (m *machine) ask(rule common.Address, r build.Reading) flow.Reason {
	m.t.Helper()
	out, err := m.view(rule, rules.PackCheck(r))
	if err != nil {
		m.t.Fatalf("check: %v", err)
	}
	reason, err := rules.UnpackCheck(out)
	if err != nil {
		m.t.Fatal(err)
	}
	return flow.Reason(reason)
}

// What a limit says at each of its borders.
func TestLimitRule(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	rule := m.limits(heartRate)
	h := &hospital{machine: m}
	for _, tt := range []struct {
		name   string
		want   flow.Reason
		change func(r *build.Reading)
	}{
		{"good", flow.Accepted, func(*build.Reading) {}},
		{"another kind", flow.WrongType, func(r *build.Reading) { r.Kind[0]++ }},
		{"no kind", flow.WrongType, func(r *build.Reading) { r.Kind = [32]byte{} }},
		{"another unit", flow.WrongUnit, func(r *build.Reading) { r.Unit = code32("Hz") }},
		{"at the lower end", flow.Accepted, func(r *build.Reading) { r.Low = bigOf(20e6) }},
		{"below it", flow.TooLow, func(r *build.Reading) { r.Low = bigOf(20e6 - 1) }},
		{"at the upper end", flow.Accepted, func(r *build.Reading) { r.High = bigOf(250e6) }},
		{"above it", flow.TooHigh, func(r *build.Reading) { r.High = bigOf(250e6 + 1) }},
		{"both", flow.TooLow, func(r *build.Reading) { r.Low, r.High = bigOf(0), bigOf(300e6) }},
		{"samples at the rate", flow.Accepted, func(r *build.Reading) { r.Samples, r.Period = 4, 1e9-1 }},
		{"samples too fast", flow.TooFast, func(r *build.Reading) { r.Samples, r.Period = 4, 1e9-2 }},
		{"readings at the rate", flow.Accepted, func(r *build.Reading) { r.Since = 999e6 }},
		{"readings too fast", flow.TooFast, func(r *build.Reading) { r.Since = 999e6 - 1 }},
		{"readings that overlap", flow.TooFast, func(r *build.Reading) { r.Since = 0 }},
		{"as old as allowed", flow.Accepted, func(r *build.Reading) { r.Judged = r.Taken + 60_000 }},
		{"too old", flow.TooOld, func(r *build.Reading) { r.Judged = r.Taken + 60_001 }},
		{"as far ahead as allowed", flow.Accepted, func(r *build.Reading) { r.Judged = r.Taken - 2_000 }},
		{"too far ahead", flow.InFuture, func(r *build.Reading) { r.Judged = r.Taken - 2_001 }},
		{"the oldest time there is", flow.TooOld, func(r *build.Reading) { r.Taken = -1 << 63; r.Judged = 1<<63 - 1 }},
		{"as many samples as allowed", flow.Accepted, func(r *build.Reading) { r.Samples, r.Period = 4, 1e9 }},
		{"too many samples", flow.TooLarge, func(r *build.Reading) { r.Samples, r.Period = 5, 1e9 }},
		{"as many bytes as allowed", flow.Accepted, func(r *build.Reading) { r.Size = 1000 }},
		{"too many bytes", flow.TooLarge, func(r *build.Reading) { r.Size = 1001 }},
		{"nobody knows how many", flow.Accepted, func(r *build.Reading) { r.Size = 0 }},
		{"a required field is missing", flow.MissingField, func(r *build.Reading) { r.Fields &^= 1 << 6 }},
		{"no device", flow.MissingField, func(r *build.Reading) { r.Device = [12]byte{} }},
		{"no time", flow.MissingField, func(r *build.Reading) { r.Taken = 0 }},
		{"no samples", flow.MissingField, func(r *build.Reading) { r.Samples = 0; r.Low, r.High = bigOf(0), bigOf(0) }},
		{"no period", flow.MissingField, func(r *build.Reading) { r.Samples = 2 }},
	} {
		r := h.reading()
		tt.change(&r)
		if got := m.ask(rule, r); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// A limit that makes no sense is no rule, and equal limits have equal digests.
func TestLimitsRefused(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	for _, tt := range []struct {
		want   string
		change func(l *build.Limit)
	}{
		{"kind and unit are printable", func(l *build.Limit) { l.Kind = [32]byte{} }},
		{"kind and unit are printable", func(l *build.Limit) { l.Unit = code32("a b") }},
		{"kind and unit are printable", func(l *build.Limit) { l.Unit[20] = 'x' }},
		{"min is above max", func(l *build.Limit) { l.Min = l.Max + 1 }},
		{"age and ahead are at most ten years", func(l *build.Limit) { l.MaxAge = 3650*86_400_000 + 1 }},
		{"fields names a field that there is not", func(l *build.Limit) { l.Fields = 1 << 9 }},
	} {
		l := heartRate
		tt.change(&l)
		_, err := m.create("LimitRule", build.LimitRuleMetaData.Bin, limitRule.PackConstructor([]build.Limit{l}))
		refusedWith(t, tt.want, err, fmt.Sprintf("BadLimit(%v, %s", l.Kind, tt.want))
	}
	spo2 := heartRate
	spo2.Kind = code32("59408-5")
	many := make([]build.Limit, 65)
	for i := range many {
		many[i] = heartRate
		many[i].Kind = code32(fmt.Sprintf("%05d-0", i))
	}
	for name, limits := range map[string][]build.Limit{"none": {}, "65": many, "a kind twice": {heartRate, heartRate}, "in falling order": {heartRate, spo2}} {
		_, err := m.create("LimitRule", build.LimitRuleMetaData.Bin, limitRule.PackConstructor(limits))
		refusedWith(t, name, err, "BadLimit(")
	}
	big := m.limits(many[:64]...)
	out, err := m.view(big, limitRule.PackLimits(bigOf(60), bigOf(100)))
	if err != nil {
		t.Fatal(err)
	}
	page, err := limitRule.UnpackLimits(out)
	if err != nil || len(page) != 4 || page[3] != many[63] {
		t.Errorf("limits from number 60 on: %v, %v", page, err)
	}
	a, b := m.parts(m.limits(spo2, heartRate))[0], m.parts(m.limits(spo2, heartRate))[0]
	if a.Digest != b.Digest || a.CodeHash != b.CodeHash || build.Rules()[a.CodeHash] != "LimitRule" {
		t.Errorf("equal limits: %+v and %+v, want equal digests and the code that build.Rules knows", a, b)
	}
	if c := m.parts(m.limits(heartRate))[0]; c.Digest == a.Digest {
		t.Error("other limits have the same digest")
	}
}

func TestSlopeRule(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	// 20 a minute within 10 s; the same for a minute is stuck.
	rule := m.slope(build.Slope{Kind: heartRate.Kind, Unit: heartRate.Unit, Step: 20e6, Per: 10_000, StuckFor: 60_000, Jitter: 1e6, Past: 3})
	h := &hospital{machine: m}
	now := h.reading().Taken
	past := func(ago int64, value float64) build.Past {
		return build.Past{Taken: now - ago, Ended: now - ago, Low: int64(value), High: int64(value)}
	}
	for _, tt := range []struct {
		name   string
		want   flow.Reason
		past   []build.Past
		change func(r *build.Reading)
	}{
		{"nothing before", flow.Accepted, nil, nil},
		{"another kind", flow.Accepted, []build.Past{past(1000, 200e6)}, func(r *build.Reading) { r.Kind[0]++ }},
		{"another unit", flow.WrongUnit, nil, func(r *build.Reading) { r.Unit[0]++ }},
		{"no samples", flow.Accepted, []build.Past{past(1000, 200e6)}, func(r *build.Reading) { r.Samples = 0 }},
		{"a step up", flow.Accepted, []build.Past{past(1000, 52e6)}, nil},
		{"too large a step up", flow.TooSteep, []build.Past{past(1000, 52e6-1)}, nil},
		{"a step down", flow.Accepted, []build.Past{past(1000, 92e6)}, nil},
		{"too large a step down", flow.TooSteep, []build.Past{past(1000, 92e6+1)}, nil},
		{"more in more time", flow.Accepted, []build.Past{past(20_000, 32e6)}, nil},
		{"too much in more time", flow.TooSteep, []build.Past{past(20_000, 32e6-1)}, nil},
		{"small steps that add up", flow.TooSteep, []build.Past{past(1000, 80e6), past(2000, 90e6), past(3000, 100e6)}, nil},
		{"further back than it looks", flow.Accepted, []build.Past{past(1000, 80e6), past(2000, 82e6), past(3000, 84e6), past(4000, 200e6)}, nil},
		{"a range that touches", flow.Accepted, []build.Past{past(1000, 200e6)}, func(r *build.Reading) { r.High = bigOf(180e6) }},
		{"time runs backwards", flow.TooSteep, []build.Past{past(-5000, 200e6)}, nil},
		{"the same for a minute", flow.Accepted, []build.Past{past(30_000, 72e6), past(60_000, 71e6)}, nil},
		{"the same for longer", flow.Stuck, []build.Past{past(30_000, 72e6), past(60_001, 73e6)}, nil},
		{"almost the same", flow.Accepted, []build.Past{past(30_000, 72e6), past(60_001, 73e6+1)}, nil},
		{"not the same in between", flow.Accepted, []build.Past{past(30_000, 75e6), past(60_001, 72e6)}, nil},
		{"a flat line", flow.Stuck, nil, func(r *build.Reading) { r.Samples, r.Period = 61, 1_001e6 }},
		{"a line that moves", flow.Accepted, nil, func(r *build.Reading) { r.Samples, r.Period = 61, 1_001e6; r.High = bigOf(74e6) }},
	} {
		r := h.reading()
		r.Past = tt.past
		if tt.change != nil {
			tt.change(&r)
		}
		if got := m.ask(rule, r); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	for want, s := range map[string]build.Slope{
		"kind and unit":       {Unit: heartRate.Unit, Step: 1, Per: 1, Past: 1},
		"neither step":        {Kind: heartRate.Kind, Unit: heartRate.Unit, Past: 1},
		"a step needs a time": {Kind: heartRate.Kind, Unit: heartRate.Unit, Step: 1, Past: 1},
		"times are":           {Kind: heartRate.Kind, Unit: heartRate.Unit, StuckFor: 86_400_001, Past: 1},
		"it looks at 1 to 16": {Kind: heartRate.Kind, Unit: heartRate.Unit, StuckFor: 1, Past: 17},
		"step and jitter are": {Kind: heartRate.Kind, Unit: heartRate.Unit, Step: 1 << 63, Per: 1, Past: 1},
	} {
		_, err := m.create("SlopeRule", build.SlopeRuleMetaData.Bin, slopeRule.PackConstructor(s))
		refusedWith(t, want, err, "BadSlope("+want)
	}
}

func TestAgreementRule(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	pulse := code32("8889-8")
	rule := m.agreement(build.Agreement{Kind: heartRate.Kind, Other: pulse, Unit: heartRate.Unit, Least: -10e6, Most: 20e6, Within: 5000})
	h := &hospital{machine: m}
	now := h.reading().Taken
	beside := func(kind [32]byte, ago int64, low, high float64) build.Beside {
		return build.Beside{Kind: kind, Unit: heartRate.Unit, Past: build.Past{Taken: now - ago - 100, Ended: now - ago, Low: int64(low), High: int64(high)}}
	}
	for _, tt := range []struct {
		name   string
		want   flow.Reason
		kind   [32]byte
		beside []build.Beside
	}{
		{"nothing beside", flow.Accepted, heartRate.Kind, nil},
		{"another kind beside", flow.Accepted, heartRate.Kind, []build.Beside{beside(code32("1-8"), 0, 200e6, 200e6)}},
		{"itself beside", flow.Accepted, heartRate.Kind, []build.Beside{beside(heartRate.Kind, 0, 200e6, 200e6)}},
		{"10 below", flow.Accepted, heartRate.Kind, []build.Beside{beside(pulse, 0, 82e6, 82e6)}},
		{"more than 10 below", flow.Disagrees, heartRate.Kind, []build.Beside{beside(pulse, 0, 82e6+1, 90e6)}},
		{"20 above", flow.Accepted, heartRate.Kind, []build.Beside{beside(pulse, 0, 52e6, 52e6)}},
		{"more than 20 above", flow.Disagrees, heartRate.Kind, []build.Beside{beside(pulse, 0, 40e6, 52e6-1)}},
		{"the other way round", flow.Accepted, pulse, []build.Beside{beside(heartRate.Kind, 0, 92e6, 92e6)}},
		{"too far the other way round", flow.Disagrees, pulse, []build.Beside{beside(heartRate.Kind, 0, 92e6+1, 99e6)}},
		{"5 s before", flow.Disagrees, heartRate.Kind, []build.Beside{beside(pulse, 5000, 200e6, 200e6)}},
		{"longer before", flow.Accepted, heartRate.Kind, []build.Beside{beside(pulse, 5001, 200e6, 200e6)}},
		{"5 s later", flow.Disagrees, heartRate.Kind, []build.Beside{beside(pulse, -5100, 200e6, 200e6)}},
		{"longer after", flow.Accepted, heartRate.Kind, []build.Beside{beside(pulse, -5101, 200e6, 200e6)}},
		{"the second one disagrees", flow.Disagrees, heartRate.Kind, []build.Beside{beside(code32("1-8"), 0, 0, 0), beside(pulse, 0, 200e6, 200e6)}},
	} {
		r := h.reading()
		r.Kind, r.Beside = tt.kind, tt.beside
		if got := m.ask(rule, r); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	r := h.reading()
	r.Beside = []build.Beside{beside(pulse, 0, 200e6, 200e6)}
	r.Beside[0].Unit = code32("Hz")
	if got := m.ask(rule, r); got != flow.Accepted {
		t.Errorf("another unit beside: %v, want it not compared", got)
	}
	if r.Unit = code32("Hz"); m.ask(rule, r) != flow.WrongUnit {
		t.Errorf("another unit: %v", m.ask(rule, r))
	}
	good := build.Agreement{Kind: heartRate.Kind, Other: pulse, Unit: heartRate.Unit, Within: 1}
	for want, change := range map[string]func(a *build.Agreement){
		"kinds and unit": func(a *build.Agreement) { a.Other = [32]byte{} },
		"a kind always":  func(a *build.Agreement) { a.Other = a.Kind },
		"least is above": func(a *build.Agreement) { a.Least = 1 },
		"within is":      func(a *build.Agreement) { a.Within = 0 },
	} {
		a := good
		change(&a)
		_, err := m.create("AgreementRule", build.AgreementRuleMetaData.Bin, agreeRule.PackConstructor(a))
		refusedWith(t, want, err, "BadAgreement("+want)
	}
}
