package devices

import (
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Writes is an actor that sets an output once for each token. After a crash the
// last token may be written once more: the world has no transactions, and a
// lamp that is on does not mind.
type Writes struct {
	Capability string
	In         string
	// Make is what is written for a token; write false writes nothing. An
	// error should wrap [flow.ErrUnfit].
	Make func(v flow.Value) (set flow.Value, write bool, err error)

	out device.Output
}

// Start finds the output.
func (w *Writes) Start(env flow.Env) (err error) {
	w.out, err = Need[device.Output](env, w.Capability)
	return err
}

// Actions write when a token comes.
func (w *Writes) Actions() []flow.Action {
	return []flow.Action{{In: []string{w.In}, Fire: func(f *flow.Firing) error {
		set, write, err := w.Make(f.In[0].Value)
		if err != nil || !write {
			return err
		}
		return w.out.Write(set)
	}}}
}
