package media

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// PlayAudio is media.PlayAudio.
func PlayAudio() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "media.PlayAudio", Fault: flow.FaultRetry,
			Doc:      "Play a file of sound",
			Args:     []flow.ArgSpec{{Name: "audiofile", Doc: "what the node's player is to play", Kind: "string", Required: true}},
			In:       []flow.Port{{Name: "play", Doc: "whatever counts as true plays it once"}},
			Requires: []string{"media.audio"}, Exclusive: true},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			file := a.Name("audiofile")
			return &devices.Writes{Capability: "media.audio", In: "play",
				Make: func(v flow.Value) (flow.Value, bool, error) { return file, python.Truth(v), nil }}, a.Err()
		},
	}
}
