package data

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Source is data.Source. A record is what the node's source says, such as
// {id, tag, type, value, serverts, sourcets, calvints, status, info}; one that
// has another tag than those asked for is left out.
func Source() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "data.Source", Fault: flow.FaultRetry,
			Doc:      "Give the records of the node's data source",
			Args:     []flow.ArgSpec{{Name: "tags", Doc: "a tag or a list of tags to give; null gives all", Kind: "string|list<string>|null"}},
			Out:      []flow.Port{{Name: "parameter", Doc: "one record"}},
			Requires: []string{"data.source"},
			State:    1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			tags := tagged(&a, a.Any("tags"))
			return &devices.Changes{Capability: "data.source", Port: "parameter",
				Wants: func(record flow.Value) bool { return wants(tags, record) }}, a.Err()
		},
	}
}

func tagged(a *value.Args, v flow.Value) map[string]bool {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return map[string]bool{v: true}
	case []any:
		tags := map[string]bool{}
		for _, e := range v {
			tag, ok := e.(string)
			if !ok {
				a.Refuse("tags", "want strings, not %s", value.Kind(e))
			}
			tags[tag] = true
		}
		return tags
	}
	a.Refuse("tags", "want a string, a list of strings or null, not %s", value.Kind(v))
	return nil
}

// wants reports whether a record is asked for; no tags ask for all.
func wants(tags map[string]bool, record flow.Value) bool {
	if tags == nil {
		return true
	}
	dict, _ := record.(map[string]any)
	tag, _ := dict["tag"].(string)
	return tags[tag]
}
