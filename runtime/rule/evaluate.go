package rule

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Evaluate judges a reading of a device of the group, at the time now, just as
// the contract's check does: what it refuses, it refuses for the first reason
// in the order of flow.Reason, save that a paused manager refuses before all
// else. The verdict's Block is left to the caller. An accepted reading costs
// no allocation.
func Evaluate(s *Set, group string, r *flow.Reading, now time.Time) flow.Verdict {
	v := flow.Verdict{Group: group, Rule: s.manager, Epoch: s.epoch}
	low, high := extremes(r)
	e, l, reason := decide(s, group, r, low, high, now)
	if e != nil {
		v.Version = e.version
	}
	v.Reason = reason
	if reason == flow.Accepted {
		v.Clause = l.within
	} else {
		v.Clause = clause(reason, e, l, group, r, low, high, now)
	}
	return v
}

// decide finds the rule, the limit and the reason. Rule and limit are nil when
// it did not come to them.
func decide(s *Set, group string, r *flow.Reading, low, high micro, now time.Time) (*entry, *limit, flow.Reason) {
	if s.paused {
		return nil, nil, flow.Paused
	}
	e := s.resolve(group)
	if e == nil {
		return nil, nil, flow.NoRule
	}
	if e.revoked {
		return e, nil, flow.Revoked
	}
	l := e.limits[r.Kind]
	if l == nil {
		return e, nil, flow.WrongType
	}
	return e, l, l.hold(r, low, high, now)
}

// hold holds a reading against the limit of its kind.
func (l *limit) hold(r *flow.Reading, low, high micro, now time.Time) flow.Reason {
	if l.Revoked {
		return flow.Revoked
	}
	if l.Unit != r.Unit {
		return flow.WrongUnit
	}
	if len(r.Samples) > 0 {
		if low.less(microOf(l.Min)) {
			return flow.TooLow
		}
		if microOf(l.Max).less(high) {
			return flow.TooHigh
		}
	}
	// A period of 1/360 s is rounded down to whole nanoseconds: one more is
	// allowed for, or 360 samples a second would be faster than 360.
	if r.Period > 0 && l.Rate != 0 && r.Period < time.Second && (int64(r.Period)+1)*int64(l.Rate) < int64(time.Second) {
		return flow.TooFast
	}
	at := takenMs(r)
	if at != 0 {
		age := sub(now.UnixMilli(), at)
		if limit := l.Age.Milliseconds(); limit != 0 && age > limit {
			return flow.TooOld
		}
		if limit := l.Ahead.Milliseconds(); limit != 0 && age < -limit {
			return flow.InFuture
		}
	}
	if l.Samples != 0 && uint64(len(r.Samples)) > uint64(l.Samples) {
		return flow.TooLarge
	}
	if missing(r, at) != "" {
		return flow.MissingField
	}
	return flow.Accepted
}

// takenMs is when the first sample was taken, in ms since 1970; 0 is missing.
func takenMs(r *flow.Reading) int64 {
	if r.At.IsZero() {
		return 0
	}
	return r.At.UnixMilli()
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
	zero := true
	for i := range len(epc) {
		c := epc[i]
		if !(c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f') {
			return false
		}
		zero = zero && c == '0'
	}
	return !zero
}

// sub is a - b, or the nearest number there is.
func sub(a, b int64) int64 {
	d := a - b
	if (a < 0) != (b < 0) && (d < 0) != (a < 0) {
		if a < 0 {
			return -1 << 63
		}
		return 1<<63 - 1
	}
	return d
}
