package testactors

import (
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// ReplicaIdentity is test.ReplicaIdentity. Actors have no replicas here, so it
// is always number 0.
func ReplicaIdentity() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "test.ReplicaIdentity",
			Doc:   "Put the number of the actor's replica before the text of each token",
			Args:  []flow.ArgSpec{{Name: "dump", Doc: "also log each token", Kind: "bool|integer", Default: false}},
			In:    []flow.Port{{Name: "token", Doc: "any token"}},
			Out:   []flow.Port{{Name: "token", Doc: "its text, as in 0:1", Kind: "string"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			p := &passer{dump: a.Bool("dump"), make: func(v flow.Value) flow.Value { return "0:" + python.Text(v) }}
			return p, a.Err()
		},
	}
}
