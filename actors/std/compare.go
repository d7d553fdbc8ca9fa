package std

import (
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Compare is std.Compare. Any two tokens can be compared: numbers by value (true
// is 1), and of different kinds as package python orders them. An unknown
// relation is never true, as in Calvin, and said in the log.
func Compare() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Compare",
			Doc: "Tell whether two tokens stand in a relation\n" +
				"Numbers are compared by value, true being 1. Of different kinds, null is least, then come numbers,\n" +
				"dictionaries, lists and strings.",
			Args: []flow.ArgSpec{{Name: "rel", Doc: "one of = != < <= > >=; anything else is never true", Kind: "string", Required: true}},
			In: []flow.Port{
				{Name: "a", Doc: "the left side, any token"},
				{Name: "b", Doc: "the right side, any token"}},
			Out: []flow.Port{{Name: "result", Doc: "whether a rel b", Kind: "bool"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			c := &compare{rel: a.Text("rel")}
			if c.rel != "==" { // Calvin has no such relation
				c.holds, _ = python.Relation(c.rel)
			}
			return c, a.Err()
		},
	}
}

type compare struct {
	rel   string
	holds func(a, b flow.Value) bool // nil: never
}

func (c *compare) Start(env flow.Env) error {
	if c.holds == nil {
		env.Log().Warn("relation is unknown and never true", "relation", c.rel)
	}
	return nil
}

func (c *compare) Actions() []flow.Action {
	return []flow.Action{{In: []string{"a", "b"}, Out: []string{"result"}, Fire: func(f *flow.Firing) error {
		f.Give(0, c.holds != nil && c.holds(f.In[0].Value, f.In[1].Value))
		return nil
	}}}
}
