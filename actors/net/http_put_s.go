package netactors

import "github.com/wardflow/wardflow/runtime/flow"

// HTTPPutS is net.HTTPPutS.
func HTTPPutS() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.HTTPPutS", Fault: flow.FaultRetry,
			Doc:      "Put data at an address that stays the same",
			Args:     requestArgs,
			In:       []flow.Port{setOffPort},
			Out:      answerPorts,
			Requires: []string{"http.put"}},
		New: func(args map[string]flow.Value) (flow.Actor, error) { return byArgs("PUT", args) },
	}
}
