package testactors

import (
	"errors"

	"github.com/wardflow/wardflow/actors/math/formula"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// TestProcess is test.TestProcess. Calvin runs its texts as Python, whatever they
// do; here eval_str is a [formula.Formula], which can only compute, and
// replicate_str is never used, since actors have no replicas.
func TestProcess() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "test.TestProcess",
			Doc: "Give what an expression makes of each token\n" +
				"The expressions are those of math.Evaluate.",
			Args: []flow.ArgSpec{
				{Name: "eval_str", Doc: "the expression, in which data is the token", Kind: "string", Required: true},
				{Name: "replicate_str", Doc: "for replicas in Calvin; not used"},
				{Name: "kwargs", Doc: "what kwargs is in the expression; null is an empty dictionary"},
				{Name: "dump", Doc: "also log each token and what comes of it", Kind: "bool|integer", Default: false}},
			In:    []flow.Port{{Name: "data", Doc: "any token"}},
			Out:   []flow.Port{{Name: "result", Doc: "the value; an exception token if there is none"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			p := &testProcess{kwargs: a.Any("kwargs"), dump: a.Bool("dump")}
			if p.kwargs == nil {
				p.kwargs = map[string]any{}
			}
			var err error
			if p.formula, err = formula.Compile(a.Text("eval_str"), "data", "kwargs"); err != nil {
				a.Refuse("eval_str", "%v", err)
			}
			return p, a.Err()
		},
	}
}

type testProcess struct {
	formula *formula.Formula
	kwargs  flow.Value
	dump    bool
	last    flow.Value
	env     flow.Env
}

func (p *testProcess) Start(env flow.Env) error {
	p.env = env
	return nil
}

func (p *testProcess) Actions() []flow.Action {
	return []flow.Action{{In: []string{"data"}, Out: []string{"result"}, Fire: func(f *flow.Firing) error {
		v, err := p.formula.Eval(f.In[0].Value, p.kwargs)
		if err != nil {
			v = flow.Exceptional("%v", err)
		}
		if p.dump {
			p.env.Log().Info("token processed", "token", value.Text(f.In[0].Value), "result", value.Text(v))
		}
		p.last = v
		f.Give(0, v)
		return nil
	}}}
}

// Report is the last result. Calvin's runs the text cmd_str; this one does not.
func (p *testProcess) Report(args map[string]flow.Value) (flow.Value, error) {
	if _, asked := args["cmd_str"]; asked {
		return nil, errors.New("cmd_str is Python, which nobody runs here; leave it out to have the last result")
	}
	return p.last, nil
}

func (p *testProcess) Save() ([]byte, error) { return value.Save(p.last) }

func (p *testProcess) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &p.last)
}
