package timeactors

import "github.com/wardflow/wardflow/runtime/flow"

// Datetime is time.Datetime. Calvin gives the local time of the node; here it is
// UTC, so that it does not change when the actor moves.
func Datetime() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "time.Datetime",
			Doc: "Give the date and time, in UTC, for each token",
			In:  []flow.Port{{Name: "trigger", Doc: "any token"}},
			Out: []flow.Port{{Name: "datetime", Doc: "century (20), year (26), month, day, hour, minute, second and timezone (null)",
				Kind: "record{century: integer, year: integer, month: integer, day: integer, hour: integer, minute: integer, second: integer, timezone: null}"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return datetime{}, nil },
	}
}

type datetime struct{}

func (datetime) Actions() []flow.Action {
	return []flow.Action{{In: []string{"trigger"}, Out: []string{"datetime"}, Fire: func(f *flow.Firing) error {
		t := f.Now.UTC()
		f.Give(0, map[string]any{
			"century": int64(t.Year() / 100), "year": int64(t.Year() % 100), "month": int64(t.Month()), "day": int64(t.Day()),
			"hour": int64(t.Hour()), "minute": int64(t.Minute()), "second": int64(t.Second()), "timezone": nil})
		return nil
	}}}
}
