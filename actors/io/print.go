package ioactors

import (
	"fmt"
	"io"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Print is io.Print. After a crash a line may be printed twice: paper has no
// transactions.
func Print() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "io.Print",
			Doc:      "Print each token on the node's standard output",
			In:       []flow.Port{{Name: "token", Doc: "any token, exception tokens as well"}},
			Requires: []string{"io.stdout"},
			Fault:    flow.FaultRetry},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &print{}, nil },
	}
}

type print struct{ to io.Writer }

func (p *print) Start(env flow.Env) error {
	v, err := env.Capability("io.stdout")
	if err != nil {
		return err
	}
	to, ok := v.(io.Writer)
	if !ok {
		return fmt.Errorf("capability io.stdout is a %T, want an io.Writer", v)
	}
	p.to = to
	return nil
}

func (p *print) Actions() []flow.Action {
	return []flow.Action{{In: []string{"token"}, Exceptions: true, Fire: func(f *flow.Firing) error {
		if _, err := io.WriteString(p.to, value.Text(f.In[0].Value)+"\n"); err != nil {
			return fmt.Errorf("print: %w", err)
		}
		return nil
	}}}
}
