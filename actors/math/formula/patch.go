package formula

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// A patcher makes calls of functions of everything in an expression that
// computes, so that it computes as Python does, and refuses all that is not in
// the language. It is shown each node after those inside it.
type patcher struct {
	variables []string
	lets      int
	err       error // the first
}

func (p *patcher) refuse(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// Visit implements ast.Visitor.
func (p *patcher) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.NilNode, *ast.BoolNode, *ast.FloatNode, *ast.StringNode, *ast.ConstantNode, *ast.ArrayNode, *ast.MapNode, *ast.PairNode, *ast.VariableDeclaratorNode:
	case *ast.IntegerNode:
		ast.Patch(node, &ast.ConstantNode{Value: int64(n.Value)})
	case *ast.IdentifierNode:
		_, known := functions[n.Value]
		if !known && n.Value != floorMark && !strings.HasPrefix(n.Value, letPrefix) && !slices.Contains(p.variables, n.Value) {
			p.refuse("%s is not known: there are %s", n.Value, strings.Join(slices.Concat(p.variables, words()), ", "))
		}
	case *ast.UnaryNode:
		p.unary(node, n)
	case *ast.BinaryNode:
		p.binary(node, n)
	case *ast.CallNode:
		name, ok := n.Callee.(*ast.IdentifierNode)
		if !ok || functions[name.Value].call == nil {
			p.refuse("only the functions %s can be called", strings.Join(words(), ", "))
		}
	case *ast.MemberNode:
		if n.Method || n.Optional {
			p.refuse("attributes have no meaning in a formula")
		}
		ast.Patch(node, call(n, "[]", n.Node, n.Property))
	case *ast.ConditionalNode:
		n.Cond = call(n, "truth", n.Cond)
	case *ast.PredicateNode, *ast.PointerNode: // in a BuiltinNode always
	case *ast.BuiltinNode:
		p.refuse("%s is not known: there are %s", n.Name, strings.Join(slices.Concat(p.variables, words()), ", "))
	case *ast.SliceNode:
		p.refuse("parts of lists, as in x[1:2], have no meaning in a formula")
	default:
		p.refuse("%s has no meaning in a formula", strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%T", n), "*ast."), "Node"))
	}
}

func (p *patcher) unary(node *ast.Node, n *ast.UnaryNode) {
	switch n.Operator {
	case "-", "+":
		ast.Patch(node, call(n, "unary"+n.Operator, n.Node))
	default:
		ast.Patch(node, call(n, "not", n.Node))
	}
}

func (p *patcher) binary(node *ast.Node, n *ast.BinaryNode) {
	switch n.Operator {
	case "and", "&&", "or", "||":
		ast.Patch(node, p.either(n))
	case "/":
		// a // b has come as (a / floorMark) / b.
		if inner, ok := floored(n.Left); ok {
			ast.Patch(node, call(n, "//", inner, n.Right))
		} else {
			ast.Patch(node, call(n, "/", n.Left, n.Right))
		}
	case "+", "-", "*", "%", "**", "==", "!=", "<", "<=", ">", ">=", "in":
		ast.Patch(node, call(n, n.Operator, n.Left, n.Right))
	default:
		p.refuse("%s has no meaning in a formula", n.Operator)
	}
}

// floored is a of the call / (a, floorMark).
func floored(n ast.Node) (a ast.Node, ok bool) {
	c, ok := n.(*ast.CallNode)
	if !ok || len(c.Arguments) != 2 {
		return nil, false
	}
	mark, ok := c.Arguments[1].(*ast.IdentifierNode)
	return c.Arguments[0], ok && mark.Value == floorMark
}

const letPrefix = "$"

// either is Python's and and or: the left side if that decides, else the right,
// which is computed only then.
func (p *patcher) either(n *ast.BinaryNode) ast.Node {
	p.lets++
	name := letPrefix + strconv.Itoa(p.lets)
	left := func() ast.Node { return &ast.IdentifierNode{Value: name} }
	choice := &ast.ConditionalNode{Cond: call(n, "truth", left()), Exp1: left(), Exp2: n.Right}
	if n.Operator == "and" || n.Operator == "&&" {
		choice.Exp1, choice.Exp2 = n.Right, left()
	}
	return &ast.VariableDeclaratorNode{Name: name, Value: n.Left, Expr: choice}
}
