package netactors

import "github.com/wardflow/wardflow/runtime/flow"

// HTTPPut is net.HTTPPut.
func HTTPPut() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.HTTPPut", Fault: flow.FaultRetry,
			Doc:      "Put data at an address",
			In:       []flow.Port{urlPort, bodyPort, paramsPort, headersPort, authPort},
			Out:      answerPorts,
			Requires: []string{"http.put"}},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return byPorts("PUT", "URL", "data", "params", "headers", "auth"), nil
		},
	}
}
