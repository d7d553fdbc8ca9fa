package ioactors

import (
	"log/slog"

	"github.com/wardflow/wardflow/runtime/flow"
)

// LogError is io.LogError.
func LogError() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.LogError",
			Doc: "Write each token to the node's log, as an error",
			In:  []flow.Port{{Name: "data", Doc: "any token, exception tokens as well"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &log{level: slog.LevelError}, nil },
	}
}
