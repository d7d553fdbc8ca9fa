package jsonactors

import (
	"fmt"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Dict is json.Dict. A key that comes again replaces its value and does not
// count again.
func Dict() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "json.Dict",
			Doc:  "Make a dictionary of pairs of keys and values",
			Args: []flow.ArgSpec{{Name: "n", Doc: "how many keys it has; 0 or less: as many as come before an EOS token on both ports", Kind: "integer", Default: int64(1)}},
			In: []flow.Port{
				{Name: "key", Doc: "a string, or an EOS token"},
				{Name: "value", Doc: "any token, an EOS token with that of key"}},
			Out:   []flow.Port{{Name: "dict", Doc: "the dictionary; an exception token if a key is no string, or an exception token came out of place", Kind: "dict"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			d := &dict{n: a.Int("n"), entries: map[string]any{}}
			return d, a.Err()
		},
	}
}

type dict struct {
	n            int64
	entries      map[string]any
	bytes        int  // of entries, or more
	done, failed bool // what is given next, and what became of it
}

func (d *dict) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"dict"}, Guard: func() bool { return d.done }, Fire: func(f *flow.Firing) error {
			if d.failed {
				f.Give(0, value.Failed)
			} else {
				f.Give(0, d.entries)
			}
			d.entries, d.bytes, d.done, d.failed = map[string]any{}, 0, false, false
			return nil
		}},
		{In: []string{"key", "value"}, Exceptions: true, Guard: func() bool { return !d.done }, Fire: func(f *flow.Firing) error {
			if exceptional(f) {
				d.done = true
				d.failed = d.n > 0 || !flow.IsEOS(f.In[0].Value) || !flow.IsEOS(f.In[1].Value)
				return nil
			}
			key, ok := f.In[0].Value.(string)
			if !ok {
				d.done, d.failed = true, true
				return nil
			}
			return d.put(key, f.In[1].Value)
		}},
	}
}

func (d *dict) put(key string, v flow.Value) error {
	n, err := value.Hold(v)
	if err != nil {
		return err
	}
	if n += len(key) + 8; d.bytes+n > value.MostHeld {
		if d.bytes, err = value.Hold(d.entries); err != nil { // keys that came again were counted again
			return err
		}
		if d.bytes+n > value.MostHeld {
			return fmt.Errorf("%w: the dictionary would have more than %d bytes", flow.ErrUnfit, value.MostHeld)
		}
	}
	d.bytes += n
	d.entries[key] = v
	d.done = d.n > 0 && int64(len(d.entries)) == d.n
	return nil
}

func (d *dict) Save() ([]byte, error) { return value.Save(d.entries, d.done, d.failed) }

func (d *dict) Restore(version int, state []byte) error {
	var entries flow.Value
	if err := value.Restore(version, 1, state, &entries, &d.done, &d.failed); err != nil {
		return err
	}
	var ok bool
	if d.entries, ok = entries.(map[string]any); !ok {
		return fmt.Errorf("state has %s as the dictionary", value.Kind(entries))
	}
	d.bytes, _ = value.Hold(entries)
	return nil
}
