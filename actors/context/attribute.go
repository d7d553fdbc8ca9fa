package contextactors

import (
	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A node says what it is at a dotted path; nil where it says nothing.
type node interface {
	At(path string) flow.Value
}

// attribute gives one attribute of its node for each token.
type attribute struct {
	capability, path string
	node             node
}

func (a *attribute) Start(env flow.Env) (err error) {
	a.node, err = devices.Need[node](env, a.capability)
	return err
}

func (a *attribute) Actions() []flow.Action {
	return []flow.Action{{In: []string{"trigger"}, Out: []string{"value"}, Fire: func(f *flow.Firing) error {
		f.Give(0, a.node.At(a.path))
		return nil
	}}}
}
