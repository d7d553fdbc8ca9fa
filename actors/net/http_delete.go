package netactors

import "github.com/wardflow/wardflow/runtime/flow"

// HTTPDelete is net.HTTPDelete.
func HTTPDelete() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.HTTPDelete", Fault: flow.FaultRetry,
			Doc:      "Delete what stands at an address",
			In:       []flow.Port{urlPort, paramsPort, headersPort, authPort},
			Out:      answerPorts,
			Requires: []string{"http.delete"}},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return byPorts("DELETE", "URL", "params", "headers", "auth"), nil
		},
	}
}
