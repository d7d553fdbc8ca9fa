package netactors

import "github.com/wardflow/wardflow/runtime/flow"

// HTTPGetS is net.HTTPGetS.
func HTTPGetS() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.HTTPGetS", Fault: flow.FaultRetry,
			Doc:      "Get what stands at an address that stays the same",
			Args:     requestArgs,
			In:       []flow.Port{setOffPort},
			Out:      answerPorts,
			Requires: []string{"http.get"}},
		New: func(args map[string]flow.Value) (flow.Actor, error) { return byArgs("GET", args) },
	}
}
