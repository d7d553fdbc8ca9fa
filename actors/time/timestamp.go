package timeactors

import "github.com/wardflow/wardflow/runtime/flow"

// Timestamp is time.Timestamp.
func Timestamp() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "time.Timestamp",
			Doc: "Give the seconds since 1970 (UTC) for each token",
			In:  []flow.Port{{Name: "trigger", Doc: "any token"}},
			Out: []flow.Port{{Name: "timestamp", Doc: "whole seconds", Kind: "integer<s>"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return timestamp{}, nil },
	}
}

type timestamp struct{}

func (timestamp) Actions() []flow.Action {
	return []flow.Action{{In: []string{"trigger"}, Out: []string{"timestamp"}, Fire: func(f *flow.Firing) error {
		f.Give(0, f.Now.Unix())
		return nil
	}}}
}
