package rule

import (
	"fmt"
	"math/big"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Slopes and agreements, judged by what they say, exactly as their contracts
// do: for rules that are not on a chain yet, and to say in words what the
// contract of one that is has found. Numbers beyond 64 bits are rare here and
// speed is not wanted, so they are big ones.

// ended is when the last sample was taken, in ms since 1970 as the contract
// works it out.
func (f *facts) ended() *big.Int {
	end := big.NewInt(f.taken)
	if n := len(f.Reading.Samples); n > 1 {
		span := new(big.Int).Mul(big.NewInt(int64(n-1)), big.NewInt(int64(max(f.Reading.Period, 0))))
		end.Add(end, span.Quo(span, big.NewInt(1e6)))
	}
	return end
}

func (s *Slope) hold(f *facts) flow.Reason {
	switch {
	case f.Reading.Kind != s.Kind:
		return flow.Accepted
	case f.Reading.Unit != s.Unit:
		return flow.WrongUnit
	case len(f.Reading.Samples) == 0:
		return flow.Accepted
	}
	if _, stuck := s.tooStill(f); stuck {
		return flow.Stuck
	}
	if _, steep := s.tooSteep(f); steep {
		return flow.TooSteep
	}
	return flow.Accepted
}

// tooStill is how long the value has been the same, and whether that is too long.
func (s *Slope) tooStill(f *facts) (still time.Duration, stuck bool) {
	if s.Stuck == 0 {
		return 0, false
	}
	low, high, jitter := f.low.big(), f.high.big(), big.NewInt(s.Jitter)
	same := apart(high, low).Cmp(jitter) <= 0
	start := f.taken
	for _, b := range s.past(f) {
		if apart(big.NewInt(b.Low), low).Cmp(jitter) > 0 || apart(big.NewInt(b.High), high).Cmp(jitter) > 0 {
			break
		}
		start, same = min(start, b.At.UnixMilli()), true
	}
	span := f.ended()
	span.Sub(span, big.NewInt(start))
	return durationOf(span.Uint64()), same && span.Cmp(big.NewInt(s.Stuck.Milliseconds())) > 0
}

// tooSteep is the earlier reading from which the value changed too fast.
func (s *Slope) tooSteep(f *facts) (from flow.Past, steep bool) {
	if s.Step == 0 {
		return from, false
	}
	per := big.NewInt(s.In.Milliseconds())
	for _, b := range s.past(f) {
		took := new(big.Int).Sub(big.NewInt(f.taken), big.NewInt(b.End.UnixMilli()))
		if took.Cmp(per) < 0 {
			took = per
		}
		change := f.change(b)
		if change.Mul(change, per).Cmp(new(big.Int).Mul(big.NewInt(s.Step), took)) > 0 {
			return b, true
		}
	}
	return from, false
}

// change is how far the range of the reading lies from that of an earlier one.
func (f *facts) change(b flow.Past) *big.Int {
	low, high := f.low.big(), f.high.big()
	switch was := big.NewInt(b.High); {
	case low.Cmp(was) > 0:
		return low.Sub(low, was)
	case high.Cmp(big.NewInt(b.Low)) < 0:
		return high.Sub(big.NewInt(b.Low), high)
	}
	return new(big.Int)
}

func (s *Slope) past(f *facts) []flow.Past {
	return f.Before[:min(len(f.Before), int(s.Past), flow.MaxPast)]
}

func apart(a, b *big.Int) *big.Int {
	d := new(big.Int).Sub(a, b)
	return d.Abs(d)
}

func (s *Slope) clause(why flow.Reason, f *facts) string {
	switch why {
	case flow.WrongUnit:
		return fmt.Sprintf("unit %s is not %s", quoted(f.Reading.Unit), s.Unit)
	case flow.Stuck:
		still, _ := s.tooStill(f)
		return fmt.Sprintf("%s has not changed for %v, more than %v", ranged(f.low.String(), f.high.String(), s.Unit), still, s.Stuck)
	case flow.TooSteep:
		b, _ := s.tooSteep(f)
		return fmt.Sprintf("%s after %s of %v before is more than %v %s in %v", ranged(f.low.String(), f.high.String(), s.Unit),
			ranged(microOf(b.Low).String(), microOf(b.High).String(), s.Unit), f.Reading.At.Sub(b.End).Truncate(time.Millisecond), microOf(s.Step), s.Unit, s.In)
	}
	return why.String()
}

func (a *Agreement) hold(f *facts) flow.Reason {
	switch k := f.Reading.Kind; {
	case k != a.Kind && k != a.With:
		return flow.Accepted
	case f.Reading.Unit != a.Unit:
		return flow.WrongUnit
	case len(f.Reading.Samples) == 0:
		return flow.Accepted
	}
	if _, differs := a.differs(f); differs {
		return flow.Disagrees
	}
	return flow.Accepted
}

// differs is the reading of the other kind that tells another story.
func (a *Agreement) differs(f *facts) (other flow.Beside, differs bool) {
	first := f.Reading.Kind == a.Kind
	wanted := a.Kind
	if first {
		wanted = a.With
	}
	low, high := f.low.big(), f.high.big()
	for _, b := range f.Beside[:min(len(f.Beside), flow.MaxBeside)] {
		if b.Kind != wanted || b.Unit != a.Unit || !a.near(f, b.Past) {
			continue
		}
		least, most := new(big.Int).Sub(low, big.NewInt(b.High)), new(big.Int).Sub(high, big.NewInt(b.Low))
		if !first {
			least, most = most.Neg(most), least.Neg(least)
		}
		if most.Cmp(big.NewInt(a.Least)) < 0 || least.Cmp(big.NewInt(a.Most)) > 0 {
			return b, true
		}
	}
	return other, false
}

// near reports whether at most Within lies between the two.
func (a *Agreement) near(f *facts, b flow.Past) bool {
	within := big.NewInt(a.Within.Milliseconds())
	after := new(big.Int).Sub(big.NewInt(f.taken), big.NewInt(b.End.UnixMilli()))
	before := new(big.Int).Sub(big.NewInt(b.At.UnixMilli()), f.ended())
	return after.Cmp(within) <= 0 && before.Cmp(within) <= 0
}

func (a *Agreement) clause(why flow.Reason, f *facts) string {
	switch why {
	case flow.WrongUnit:
		return fmt.Sprintf("unit %s is not %s", quoted(f.Reading.Unit), a.Unit)
	case flow.Disagrees:
		b, _ := a.differs(f)
		gap := f.Reading.At.Sub(b.At).Truncate(time.Millisecond)
		when := fmt.Sprintf("%v before", gap)
		if gap < 0 {
			when = fmt.Sprintf("%v after", -gap)
		}
		return fmt.Sprintf("%s of %s beside %s of %s %s: %s less %s is to be from %v to %v %s",
			ranged(f.low.String(), f.high.String(), a.Unit), f.Reading.Kind, ranged(microOf(b.Low).String(), microOf(b.High).String(), a.Unit), b.Kind, when,
			a.Kind, a.With, microOf(a.Least), microOf(a.Most), a.Unit)
	}
	return why.String()
}

// ranged is a value, or the range of samples.
func ranged(low, high, unit string) string {
	if low == high {
		return low + " " + unit
	}
	return low + " … " + high + " " + unit
}
