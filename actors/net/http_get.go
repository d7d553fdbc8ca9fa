package netactors

import "github.com/wardflow/wardflow/runtime/flow"

// HTTPGet is net.HTTPGet.
func HTTPGet() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.HTTPGet", Fault: flow.FaultRetry,
			Doc:      "Get what stands at an address",
			In:       []flow.Port{urlPort, paramsPort, headersPort, authPort},
			Out:      answerPorts,
			Requires: []string{"http.get"}},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return byPorts("GET", "URL", "params", "headers", "auth"), nil
		},
	}
}
