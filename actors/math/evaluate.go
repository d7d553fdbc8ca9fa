package mathactors

import (
	"github.com/wardflow/wardflow/actors/math/formula"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Evaluate is math.Evaluate. Calvin runs the expression as Python, whatever it
// does; here it is a [formula.Formula], which can only compute. One that can't
// be read is refused when the actor is made. A result that is text becomes an
// exception token, as in Calvin.
func Evaluate() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "math.Evaluate",
			Doc: "Compute an expression in x and y\n" +
				"It has numbers, strings, lists and dictionaries; + - * / // % **; == != < <= > >= (also 30 < x < 200),\n" +
				"in, not in, and, or, not, a if c else b, x[0]; and abs bool float int len max min pow round str sum.\n" +
				"They mean what they mean in Python 2: of whole numbers 7 / 2 is 3. A result that is text becomes an exception token.",
			Args: []flow.ArgSpec{{Name: "expr", Doc: `the expression, such as "x > 38.5 and not y"`, Kind: "string", Required: true}},
			In: []flow.Port{
				{Name: "x", Doc: "a number, or what else the expression can use"},
				{Name: "y", Doc: "the same"}},
			Out: []flow.Port{{Name: "result", Doc: "the value; an exception token if there is none, as for a division by zero"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			f, err := formula.Compile(a.Text("expr"), "x", "y")
			if err != nil {
				a.Refuse("expr", "%v", err)
			}
			return evaluate{f}, a.Err()
		},
	}
}

type evaluate struct{ formula *formula.Formula }

func (e evaluate) Actions() []flow.Action {
	return []flow.Action{{In: []string{"x", "y"}, Out: []string{"result"}, Fire: func(f *flow.Firing) error {
		v, err := e.formula.Eval(f.In[0].Value, f.In[1].Value)
		if err != nil {
			v = err.Error()
		}
		if text, ok := v.(string); ok {
			v = flow.Exceptional("%s", text)
		}
		f.Give(0, v)
		return nil
	}}}
}
