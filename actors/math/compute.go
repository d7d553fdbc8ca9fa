package mathactors

import (
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Compute is math.Compute. It computes as Python 2 does (see package python): of
// whole numbers, 7 / 2 is 3 and -7 / 2 is -4. An unknown operator gives null for
// every pair, as in Calvin, and is said in the log.
func Compute() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "math.Compute",
			Doc: "Compute with two numbers\n" +
				"Of whole numbers 7 / 2 is 3 and -7 / 2 is -4; with a float on either side the result is a float.\n" +
				"Whole numbers beyond 64 bits become floats. True counts as 1.",
			Args: []flow.ArgSpec{{Name: "op", Doc: "one of + - * / div mod; / and div round whole numbers down; anything else gives null", Kind: "string", Required: true}},
			In: []flow.Port{
				{Name: "a", Doc: "the left side; + takes strings and lists as well"},
				{Name: "b", Doc: "the right side"}},
			Out: []flow.Port{{Name: "result", Doc: "a op b; an exception token if there is none, as for a division by zero"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			c := &compute{word: a.Text("op")}
			switch c.word {
			case "+", "-", "*", "/", "div", "mod":
				c.op, _ = python.Operator(c.word)
			}
			return c, a.Err()
		},
	}
}

type compute struct {
	word string
	op   func(a, b flow.Value) (flow.Value, error) // nil: unknown
}

func (c *compute) Start(env flow.Env) error {
	if c.op == nil {
		env.Log().Warn("operator is unknown and gives null", "operator", c.word)
	}
	return nil
}

func (c *compute) Actions() []flow.Action {
	return []flow.Action{{In: []string{"a", "b"}, Out: []string{"result"}, Fire: func(f *flow.Firing) error {
		if c.op == nil {
			f.Give(0, nil)
			return nil
		}
		v, err := c.op(f.In[0].Value, f.In[1].Value)
		if err != nil {
			v = flow.Exceptional("%v", err)
		}
		f.Give(0, v)
		return nil
	}}}
}
