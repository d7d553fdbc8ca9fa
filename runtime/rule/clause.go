package rule

import (
	"fmt"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// clause says in words why a part of a rule refuses a reading. The limit is nil
// where hold leaves it so. Numbers are exact: nothing is rounded, so no value
// ever looks equal to the limit that it breaks.
func clause(why flow.Reason, e *entry, p *part, l *limit, f *facts) string {
	r := f.Reading
	switch {
	case why == flow.BadRule:
		return p.badClause()
	case why == flow.WrongType && p.limits != nil:
		return fmt.Sprintf("the rule of %s does not name kind %s", e.named(), quoted(r.Kind))
	case l != nil:
		return l.clause(why, f)
	case p.slope != nil:
		return p.slope.clause(why, f)
	case p.agreement != nil:
		return p.agreement.clause(why, f)
	}
	return fmt.Sprintf("rule contract %s says: %s", p.name, why)
}

func (e *entry) revokedClause() string {
	return fmt.Sprintf("the rule of %s was revoked in version %d", e.named(), e.version)
}

func (p *part) badClause() string {
	if p.wrong != "" {
		return fmt.Sprintf("rule contract %s %s", p.name, p.wrong)
	}
	return p.unjudged()
}

// clause says which clause of a limit a reading breaks.
func (l *limit) clause(why flow.Reason, f *facts) string {
	r := f.Reading
	switch why {
	case flow.WrongUnit:
		return fmt.Sprintf("unit %s is not %s", quoted(r.Unit), l.Unit)
	case flow.TooLow:
		return fmt.Sprintf("%v %s is below %v %s", f.low, l.Unit, microOf(l.Min), l.Unit)
	case flow.TooHigh:
		return fmt.Sprintf("%v %s is above %v %s", f.high, l.Unit, microOf(l.Max), l.Unit)
	case flow.TooFast:
		if r.Period > 0 && faster(int64(r.Period), 1, l.Rate) {
			return fmt.Sprintf("a sample each %v is faster than %d a second", r.Period, l.Rate)
		}
		return fmt.Sprintf("%v after the last sample of the reading before is faster than %d a second", time.Duration(f.since), l.Rate)
	case flow.TooOld:
		return fmt.Sprintf("taken %v before it was judged, more than %v", f.between(), l.Age)
	case flow.InFuture:
		return fmt.Sprintf("taken %v ahead of the clock, more than %v", -f.between(), l.Ahead)
	case flow.TooLarge:
		if l.Samples != 0 && uint64(len(r.Samples)) > uint64(l.Samples) {
			return fmt.Sprintf("%d samples are more than %d", len(r.Samples), l.Samples)
		}
		return fmt.Sprintf("%d bytes are more than %d", f.Size, l.Bytes)
	case flow.MissingField:
		if m := missing(r, f.taken); m != "" {
			return m + " is missing"
		}
		return "the rule asks for what is missing: " + strings.Join((l.Fields&^f.fields()).Names(), ", ")
	}
	return why.String()
}

// within is the clause of a reading that is accepted.
func within(l Limit) string {
	return fmt.Sprintf("within %v to %v %s", microOf(l.Min), microOf(l.Max), l.Unit)
}

func (f *facts) between() time.Duration {
	return f.Now.Sub(f.Reading.At).Truncate(time.Millisecond)
}

// quoted shows a string that a device has made.
func quoted(s string) string {
	if len(s) > 64 {
		s = s[:64] + "…"
	}
	return fmt.Sprintf("%q", s)
}

func namedGroup(group string) string {
	if group == "" {
		return "everything"
	}
	return group
}
