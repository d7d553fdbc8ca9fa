package netactors

import "github.com/wardflow/wardflow/runtime/flow"

// HTTPPost is net.HTTPPost.
func HTTPPost() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "net.HTTPPost", Fault: flow.FaultRetry,
			Doc:      "Post data to an address",
			In:       []flow.Port{urlPort, bodyPort, paramsPort, headersPort, authPort},
			Out:      answerPorts,
			Requires: []string{"http.post"}},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return byPorts("POST", "URL", "data", "params", "headers", "auth"), nil
		},
	}
}
