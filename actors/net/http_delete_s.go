package netactors

import "github.com/wardflow/wardflow/runtime/flow"

// HTTPDeleteS is net.HTTPDeleteS.
func HTTPDeleteS() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.HTTPDeleteS", Fault: flow.FaultRetry,
			Doc:      "Delete what stands at an address that stays the same",
			Args:     requestArgs,
			In:       []flow.Port{setOffPort},
			Out:      answerPorts,
			Requires: []string{"http.delete"}},
		New: func(args map[string]flow.Value) (flow.Actor, error) { return byArgs("DELETE", args) },
	}
}
