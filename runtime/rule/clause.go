package rule

import (
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// clause says in words why a reading is refused. Rule and limit are nil where
// decide leaves them so. Numbers are exact: nothing is rounded, so no value
// ever looks equal to the limit that it breaks.
func clause(why flow.Reason, e *entry, l *limit, group string, r *flow.Reading, low, high micro, now time.Time) string {
	switch why {
	case flow.Paused:
		return "the rule manager is paused"
	case flow.NoRule:
		return fmt.Sprintf("no rule for group %s", quoted(group))
	case flow.Revoked:
		if l != nil {
			return fmt.Sprintf("the limit of %s in the rule of %s was revoked in version %d", l.Kind, namedGroup(e.group), l.Version)
		}
		return fmt.Sprintf("the rule of %s was revoked in version %d", namedGroup(e.group), e.version)
	case flow.WrongType:
		return fmt.Sprintf("the rule of %s does not name kind %s", namedGroup(e.group), quoted(r.Kind))
	case flow.WrongUnit:
		return fmt.Sprintf("unit %s is not %s", quoted(r.Unit), l.Unit)
	case flow.TooLow:
		return fmt.Sprintf("%v %s is below %v %s", low, l.Unit, microOf(l.Min), l.Unit)
	case flow.TooHigh:
		return fmt.Sprintf("%v %s is above %v %s", high, l.Unit, microOf(l.Max), l.Unit)
	case flow.TooFast:
		return fmt.Sprintf("a sample each %v is faster than %d a second", r.Period, l.Rate)
	case flow.TooOld:
		return fmt.Sprintf("taken %v before it was judged, more than %v", between(r, now), l.Age)
	case flow.InFuture:
		return fmt.Sprintf("taken %v ahead of the clock, more than %v", -between(r, now), l.Ahead)
	case flow.TooLarge:
		return fmt.Sprintf("%d samples are more than %d", len(r.Samples), l.Samples)
	case flow.MissingField:
		return missing(r, takenMs(r)) + " is missing"
	}
	return why.String()
}

// within is the clause of a reading that is accepted.
func within(l Limit) string {
	return fmt.Sprintf("within %v to %v %s", microOf(l.Min), microOf(l.Max), l.Unit)
}

func between(r *flow.Reading, now time.Time) time.Duration {
	return now.Sub(r.At).Truncate(time.Millisecond)
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
