package rule

import (
	"math"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Evaluate judges a case just as the contract's check does, without a chain:
// what it refuses, it refuses for the first reason in the order of
// flow.Reason, save that a paused manager refuses before all else. Of several
// rule contracts the first that refuses decides. The verdict's Block is left to
// the caller. A rule contract whose parameters are not known gives BadRule. An
// accepted reading costs no allocation.
func Evaluate(s *Set, c *flow.Case) (v flow.Verdict) {
	f := factsOf(c)
	s.judge(&f, &v)
	return v
}

// facts are a case with what all clauses ask of it.
type facts struct {
	*flow.Case
	low, high micro
	taken     int64 // ms since 1970 of the first sample; 0 is missing
	since     int64 // ns from the last sample of the reading before; -1: there was none
}

func factsOf(c *flow.Case) facts {
	f := facts{Case: c, taken: takenMs(c.Reading), since: -1}
	f.low, f.high = extremes(c.Reading)
	if len(c.Before) > 0 && f.taken != 0 {
		f.since = max(0, sub(c.Reading.At.UnixNano(), c.Before[0].End.UnixNano()))
	}
	return f
}

// judge gives the native verdict, in a v of zeros.
func (s *Set) judge(f *facts, v *flow.Verdict) {
	v.Group, v.Rule, v.Epoch = f.Group, s.manager, s.epoch
	if s.paused {
		v.Reason, v.Clause = flow.Paused, "the rule manager is paused"
		return
	}
	e := s.resolve(f.Reading.Device, f.Group)
	if e == nil {
		v.Reason, v.Clause = flow.NoRule, "no rule for group "+quoted(f.Group)
		return
	}
	v.Version, v.Mode = e.version, e.mode
	if e.revoked {
		v.Reason, v.Clause = flow.Revoked, e.revokedClause()
		return
	}
	for _, p := range e.parts {
		reason, l := p.hold(f)
		v.Rule = p.name
		if reason != flow.Accepted {
			v.Reason, v.Clause = reason, clause(reason, e, p, l, f)
			return
		}
		if l != nil && v.Clause == "" {
			v.Clause = l.within
		}
	}
	if v.Clause == "" {
		v.Clause = "as the rule wants it"
	}
}

// hold holds a reading against one part. The limit is that of its kind, nil if
// it did not come to one.
func (p *part) hold(f *facts) (flow.Reason, *limit) {
	switch {
	case p.wrong != "":
		return flow.BadRule, nil
	case p.limits != nil:
		l := p.limits[f.Reading.Kind]
		if l == nil {
			return flow.WrongType, nil
		}
		return l.hold(f), l
	case p.slope != nil:
		return p.slope.hold(f), nil
	case p.agreement != nil:
		return p.agreement.hold(f), nil
	}
	return flow.BadRule, nil
}

// hold holds a reading against the limit of its kind.
func (l *limit) hold(f *facts) flow.Reason {
	r := f.Reading
	if l.Unit != r.Unit {
		return flow.WrongUnit
	}
	if len(r.Samples) > 0 {
		if f.low.less(microOf(l.Min)) {
			return flow.TooLow
		}
		if microOf(l.Max).less(f.high) {
			return flow.TooHigh
		}
	}
	if l.Rate != 0 && (faster(int64(r.Period), 1, l.Rate) && r.Period > 0 || f.since >= 0 && faster(f.since, betweenSlack, l.Rate)) {
		return flow.TooFast
	}
	if f.taken != 0 {
		age := sub(f.Now.UnixMilli(), f.taken)
		if limit := l.Age.Milliseconds(); limit != 0 && age > limit {
			return flow.TooOld
		}
		if limit := l.Ahead.Milliseconds(); limit != 0 && age < -limit {
			return flow.InFuture
		}
	}
	if l.Samples != 0 && uint64(len(r.Samples)) > uint64(l.Samples) || l.Bytes != 0 && f.size() > l.Bytes {
		return flow.TooLarge
	}
	if missing(r, f.taken) != "" || l.Fields != 0 && l.Fields&^f.fields() != 0 {
		return flow.MissingField
	}
	return flow.Accepted
}

// betweenSlack is how much two readings may be closer than a rate allows, in ns:
// many devices know their time to the millisecond.
const betweenSlack = int64(time.Millisecond)

// faster reports whether ns and a slack are less than a sample's time at a rate.
// A period of 1/360 s is rounded down to whole nanoseconds: one more is allowed
// for, or 360 samples a second would be faster than 360.
func faster(ns, slack int64, rate uint32) bool {
	return ns < int64(time.Second) && (ns+slack)*int64(rate) < int64(time.Second)
}

// takenMs is when the first sample was taken, in ms since 1970; 0 is missing.
func takenMs(r *flow.Reading) int64 {
	if r.At.IsZero() {
		return 0
	}
	return r.At.UnixMilli()
}

// fields are those that the reading has, in the order of fieldNames.
func (f *facts) fields() (have Fields) {
	r := f.Reading
	for i, is := range [...]bool{isDevice(r.Device), r.Kind != "", r.Unit != "", f.taken != 0, len(r.Samples) > 0, r.Period > 0, r.Seq != 0, r.Stream != "", f.size() != 0} {
		if is {
			have |= 1 << i
		}
	}
	return have
}

// missing names the first field that every reading must have and this one has not.
func missing(r *flow.Reading, at int64) string {
	switch {
	case !isDevice(r.Device):
		return "the device"
	case at == 0:
		return "the time of the first sample"
	case len(r.Samples) == 0:
		return "a sample"
	case len(r.Samples) > 1 && r.Period <= 0:
		return "the time between samples"
	}
	return ""
}

// isDevice reports whether an EPC is 24 hex digits, not all zero.
func isDevice(epc string) bool {
	if len(epc) != 24 {
		return false
	}
	var all byte
	for i := range 24 {
		all |= digits[epc[i]]
	}
	return all != 0 && all < noDigit
}

// digits are the values of hex digits, and noDigit for all else.
var digits = func() (of [256]byte) {
	for c := range of {
		of[c] = noDigit
	}
	for i := range byte(16) {
		of["0123456789ABCDEF"[i]], of["0123456789abcdef"[i]] = i, i
	}
	return of
}()

const noDigit = 0x80

// sub is a - b, or the nearest number there is.
func sub(a, b int64) int64 {
	d := a - b
	if (a < 0) != (b < 0) && (d < 0) != (a < 0) {
		if a < 0 {
			return math.MinInt64
		}
		return math.MaxInt64
	}
	return d
}
