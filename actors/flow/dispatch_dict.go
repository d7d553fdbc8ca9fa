package flowactors

import (
	"fmt"
	"maps"
	"slices"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// DispatchDict is flow.DispatchDict. It goes by the order of the keys: first
// those that are mapped, then the others. (Calvin's has no order.)
func DispatchDict() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.DispatchDict",
			Doc:  "Take dictionaries apart and give each value to the target of its key",
			Args: []flow.ArgSpec{{Name: "mapping", Doc: "which key goes to which target, as in {\"hr\": &alarm.bpm}", Kind: "dict<string>", Required: true}},
			In:   []flow.Port{{Name: "dict", Doc: "a dictionary", Kind: "dict"}},
			Out: []flow.Port{
				{Name: "token", Doc: "the values of mapped keys, each for its target", Routing: "dispatch-mapped"},
				{Name: "default", Doc: "the values of all other keys"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			d := &dispatchDict{mapping: a.Mapping("mapping")}
			return d, a.Err()
		},
	}
}

type dispatchDict struct {
	mapping map[string]string
	dict    map[string]any
	mapped  []string // keys of dict still to be given, in order
	others  []string
}

// Routes tell the port what each key selects.
func (d *dispatchDict) Routes() map[string]flow.Route {
	return map[string]flow.Route{"out:token": {Mapping: d.mapping}}
}

func (d *dispatchDict) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"token"}, Guard: func() bool { return len(d.mapped) > 0 }, Fire: func(f *flow.Firing) error {
			f.Give(0, map[string]any{d.mapped[0]: d.dict[d.mapped[0]]})
			d.mapped = d.mapped[1:]
			return nil
		}},
		{Out: []string{"default"}, Guard: func() bool { return len(d.others) > 0 }, Fire: func(f *flow.Firing) error {
			f.Give(0, d.dict[d.others[0]])
			d.others = d.others[1:]
			return nil
		}},
		{In: []string{"dict"}, Guard: func() bool { return len(d.mapped)+len(d.others) == 0 }, Fire: func(f *flow.Firing) error {
			dict, ok := f.In[0].Value.(map[string]any)
			if !ok {
				return fmt.Errorf("can't take %s apart: want a dictionary", value.Kind(f.In[0].Value))
			}
			d.dict = dict
			for _, k := range slices.Sorted(maps.Keys(dict)) {
				if _, ok := d.mapping[k]; ok {
					d.mapped = append(d.mapped, k)
				} else {
					d.others = append(d.others, k)
				}
			}
			return nil
		}},
	}
}

// Save writes the dictionary and how many of its keys are still to be given.
func (d *dispatchDict) Save() ([]byte, error) {
	if len(d.mapped)+len(d.others) == 0 {
		return value.Save(nil, int64(0), int64(0))
	}
	return value.Save(d.dict, int64(len(d.mapped)), int64(len(d.others)))
}

func (d *dispatchDict) Restore(version int, state []byte) error {
	var dict flow.Value
	var mapped, others int64
	if err := value.Restore(version, 1, state, &dict, &mapped, &others); err != nil {
		return err
	}
	d.dict, _ = dict.(map[string]any)
	d.mapped, d.others = nil, nil
	for _, k := range slices.Sorted(maps.Keys(d.dict)) {
		if _, ok := d.mapping[k]; ok {
			d.mapped = append(d.mapped, k)
		} else {
			d.others = append(d.others, k)
		}
	}
	if mapped < 0 || mapped > int64(len(d.mapped)) || others < 0 || others > int64(len(d.others)) {
		return fmt.Errorf("state has %d and %d keys left of a dictionary of %d", mapped, others, len(d.dict))
	}
	d.mapped, d.others = d.mapped[int64(len(d.mapped))-mapped:], d.others[int64(len(d.others))-others:]
	return nil
}
