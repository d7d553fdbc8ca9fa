package ioactors

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// StandardIn is io.StandardIn. Two of them on a node each get every line.
func StandardIn() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.StandardIn", Fault: flow.FaultRetry,
			Doc:      "Give each line of the node's standard input",
			Out:      []flow.Port{{Name: "out", Doc: "a line without its end; the end of a stream after the last", Kind: "string|eos"}},
			Requires: []string{"io.stdin"},
			State:    1},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &devices.Changes{Capability: "io.stdin", Port: "out", Keeps: "it reads the standard input of its process"}, nil
		},
	}
}
