package ioactors

import (
	"log/slog"

	"github.com/wardflow/wardflow/runtime/flow"
)

// LogInfo is io.LogInfo.
func LogInfo() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.LogInfo",
			Doc: "Write each token to the node's log, as an info",
			In:  []flow.Port{{Name: "data", Doc: "any token, exception tokens as well"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &log{level: slog.LevelInfo}, nil },
	}
}
