package formula

import (
	"errors"
	"fmt"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// The limits of a formula.
const (
	longest   = 4096 // bytes
	mostTerms = 1000
)

// A Formula is an expression, ready to be computed. It is not safe for
// concurrent use.
type Formula struct {
	program   *vm.Program
	variables []string
	vm        vm.VM
}

// Compile reads an expression in which the variables may stand. The error says
// what in it is not known here.
func Compile(source string, variables ...string) (*Formula, error) {
	if len(source) > longest {
		return nil, fmt.Errorf("it has %d bytes, at most %d", len(source), longest)
	}
	text, err := rewrite(source)
	if err != nil {
		return nil, err
	}
	env := types.Map{}
	for _, v := range variables {
		env[v] = types.Any
	}
	p := &patcher{variables: variables}
	options := []expr.Option{expr.Env(env), expr.DisableAllBuiltins(), expr.Optimize(false), expr.MaxNodes(mostTerms), expr.Patch(p)}
	for name, fn := range functions {
		options = append(options, expr.Function(name, fn.call, fn.types...))
	}
	program, err := expr.Compile(text, options...)
	switch {
	case p.err != nil:
		return nil, p.err
	case err != nil:
		return nil, brief(err)
	}
	return &Formula{program: program, variables: variables}, nil
}

// Eval computes the formula with values for its variables, in their order. An
// error is Python's sentence about what went wrong, such as a division by zero.
func (f *Formula) Eval(values ...flow.Value) (flow.Value, error) {
	env := make(map[string]any, len(values))
	for i, name := range f.variables {
		env[name] = values[i]
	}
	v, err := f.vm.Run(f.program, env)
	if err != nil {
		return nil, brief(err)
	}
	if _, err := firing.Weigh(v); err != nil {
		return nil, err
	}
	return v, nil
}

// brief is what an error of the library is about, without a picture of the text
// as it was rewritten.
func brief(err error) error {
	var at *file.Error
	if !errors.As(err, &at) {
		return err
	}
	if at.Prev != nil {
		return at.Prev
	}
	return errors.New(at.Message)
}

// call is a term that calls a function.
func call(at ast.Node, name string, args ...ast.Node) ast.Node {
	n := &ast.CallNode{Callee: &ast.IdentifierNode{Value: name}, Arguments: args}
	n.SetLocation(at.Location())
	return n
}
