package flowactors

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// CollectCompleteDict is flow.CollectCompleteDict.
func CollectCompleteDict() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.CollectCompleteDict",
			Doc:  "Wait for a token of every source and give them as one dictionary",
			Args: []flow.ArgSpec{{Name: "mapping", Doc: "which key stands for which source, as in {\"hr\": &ecg.bpm}", Kind: "dict<string>", Required: true}},
			In:   []flow.Port{{Name: "token", Doc: "any token, from each source in order", Routing: "collect-all-tagged"}},
			Out:  []flow.Port{{Name: "dict", Doc: "one token of every source, by the keys of mapping", Kind: "dict"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			c := collectDict{pass{"token", "dict"}, a.Mapping("mapping")}
			return c, a.Err()
		},
	}
}
