package flowactors

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// CollectDict is flow.CollectDict.
func CollectDict() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.CollectDict",
			Doc:  "Give the tokens that the sources have as one dictionary, whenever any has one",
			Args: []flow.ArgSpec{{Name: "mapping", Doc: "which key stands for which source, as in {\"hr\": &ecg.bpm}", Kind: "dict<string>", Required: true}},
			In:   []flow.Port{{Name: "token", Doc: "any token, from each source in order", Routing: "collect-any-tagged"}},
			Out:  []flow.Port{{Name: "dict", Doc: "at most one token of each source, by the keys of mapping", Kind: "dict"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			c := collectDict{pass{"token", "dict"}, a.Mapping("mapping")}
			return c, a.Err()
		},
	}
}

// A collectDict leaves the work to its port, which it tells of the mapping. It
// serves CollectCompleteDict, too.
type collectDict struct {
	pass
	mapping map[string]string
}

func (c collectDict) Routes() map[string]flow.Route {
	return map[string]flow.Route{"in:token": {Mapping: c.mapping}}
}
