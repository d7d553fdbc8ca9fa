package ioactors

import (
	"context"
	"log/slog"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Log is io.Log.
func Log() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.Log",
			Doc:  "Write each token to the node's log",
			Args: []flow.ArgSpec{{Name: "loglevel", Doc: "INFO, WARNING or ERROR", Kind: "string", Required: true}},
			In:   []flow.Port{{Name: "data", Doc: "any token, exception tokens as well"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			l := &log{}
			switch level := a.Text("loglevel"); level {
			case "INFO":
				l.level = slog.LevelInfo
			case "WARNING":
				l.level = slog.LevelWarn
			case "ERROR":
				l.level = slog.LevelError
			default:
				a.Refuse("loglevel", `want "INFO", "WARNING" or "ERROR", not %q`, level)
			}
			return l, a.Err()
		},
	}
}

type log struct {
	level slog.Level
	env   flow.Env
}

func (l *log) Start(env flow.Env) error {
	l.env = env
	return nil
}

func (l *log) Actions() []flow.Action {
	return []flow.Action{{In: []string{"data"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		t := f.In[0]
		l.env.Log().Log(context.Background(), l.level, "token logged", "from", t.Source, "token", value.Text(t.Value))
		return nil
	}}}
}
