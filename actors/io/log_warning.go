package ioactors

import (
	"log/slog"

	"github.com/wardflow/wardflow/runtime/flow"
)

// LogWarning is io.LogWarning.
func LogWarning() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.LogWarning",
			Doc: "Write each token to the node's log, as a warning",
			In:  []flow.Port{{Name: "data", Doc: "any token, exception tokens as well"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &log{level: slog.LevelWarn}, nil },
	}
}
