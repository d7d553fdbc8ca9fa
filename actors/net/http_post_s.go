package netactors

import "github.com/wardflow/wardflow/runtime/flow"

// HTTPPostS is net.HTTPPostS.
func HTTPPostS() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.HTTPPostS", Fault: flow.FaultRetry,
			Doc:      "Post data to an address that stays the same",
			Args:     requestArgs,
			In:       []flow.Port{setOffPort},
			Out:      answerPorts,
			Requires: []string{"http.post"}},
		New: func(args map[string]flow.Value) (flow.Actor, error) { return byArgs("POST", args) },
	}
}
