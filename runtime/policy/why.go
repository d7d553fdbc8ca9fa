package policy

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	pub "github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/eval"
)

// A part is one of the conditions that must all hold for a rule to apply: one
// operand of its outermost "&&", or what its head says of the action (which is
// the first part), of who asks, or what for.
type part struct {
	policy *ast.Policy // with this condition alone
	text   string
}

// partsOf takes a rule apart.
func partsOf(tree *ast.Policy) []part {
	parts := []part{partOfHead(func(p *ast.Policy) { p.Action = tree.Action }),
		partOfHead(func(p *ast.Policy) { p.Principal = tree.Principal }),
		partOfHead(func(p *ast.Policy) { p.Resource = tree.Resource })}
	for _, c := range tree.Conditions {
		bodies := []ast.IsNode{c.Body}
		if c.Condition == ast.ConditionWhen {
			bodies = conjuncts(c.Body)
		}
		for _, b := range bodies {
			one := ast.Permit()
			one.Conditions = []ast.ConditionType{{Condition: c.Condition, Body: b}}
			parts = append(parts, part{policy: one, text: bodyOf(one)})
		}
	}
	return parts
}

func partOfHead(set func(*ast.Policy)) part {
	one := ast.Permit()
	set(one)
	return part{policy: one, text: headOf(one)}
}

func conjuncts(n ast.IsNode) []ast.IsNode {
	if and, ok := n.(ast.NodeTypeAnd); ok {
		return append(conjuncts(and.Left), conjuncts(and.Right)...)
	}
	return []ast.IsNode{n}
}

func written(p *ast.Policy) string {
	return string(bytes.TrimSpace(cedar.NewPolicyFromAST((*pub.Policy)(p)).MarshalCedar()))
}

// headOf is what a head says that is not about everything: "principal is Actor".
func headOf(p *ast.Policy) string {
	s := strings.TrimSuffix(strings.TrimSuffix(written(p), ";"), ")")
	s = strings.Join(strings.Fields(s[strings.IndexByte(s, '(')+1:]), " ")
	var said []string
	for _, v := range []string{"principal", "action", "resource"} {
		here := s
		if i := strings.Index(s, ", "+next[v]); next[v] != "" && i >= 0 {
			here, s = s[:i], s[i+2:]
		}
		if here != v {
			said = append(said, here)
		}
	}
	return strings.Join(said, ", ")
}

var next = map[string]string{"principal": "action", "action": "resource"}

// bodyOf is the one condition of a policy, with "not" before what unless has.
func bodyOf(p *ast.Policy) string {
	s := written(p)
	from, to := strings.IndexByte(s, '{'), strings.LastIndexByte(s, '}')
	s = strings.Join(strings.Fields(s[from+1:to]), " ")
	if p.Conditions[0].Condition == ast.ConditionUnless {
		return "not (" + s + ")"
	}
	return s
}

// A verdict is whether a condition holds.
type verdict int

const (
	fails verdict = iota // it can't be evaluated
	no
	maybe // what it depends on is not known
	holds
)

// judge tells whether a rule applies, and for [no] and [fails] the first
// condition that is why.
func (r *rule) judge(env eval.Env) (verdict, int) {
	all := holds
	for i, p := range r.parts {
		switch v := p.judge(env); v {
		case no, fails:
			if all == maybe && v == fails {
				continue // an earlier condition may keep it from being asked
			}
			return v, i
		case maybe:
			all = maybe
		}
	}
	return all, -1
}

func (p *part) judge(env eval.Env) verdict {
	rest, keep := eval.PartialPolicy(env, p.policy)
	switch {
	case !keep:
		return no
	case len(rest.Conditions) == 0:
		return holds
	}
	if _, failed := eval.ToPartialError(rest.Conditions[0].Body); failed {
		return fails
	}
	return maybe
}

// mostNear is how many rules are told of that did not quite permit.
const mostNear = 3

// near are the rules for this kind of question that come nearest to permitting.
func (p *Policy) near(env eval.Env) []Near {
	type miss struct {
		Near
		missing int // conditions that do not hold
		first   int // the first of them
	}
	var all []miss
	for _, r := range p.about[Action(env.Action.(cedar.EntityUID).ID)] {
		if !r.Permits {
			continue
		}
		m := miss{Near: Near{Because: r.because()}}
		for i := range r.parts {
			if v := r.parts[i].judge(env); v == no || v == fails {
				m.missing++
				if m.Failed == "" {
					m.first, m.Failed, m.Found = i, r.parts[i].text, found(&r.parts[i], env)
				}
			}
		}
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b miss) int {
		return cmp.Or(cmp.Compare(a.missing, b.missing), cmp.Compare(b.first, a.first))
	})
	var near []Near
	for _, m := range all {
		if len(near) < mostNear && m.missing == all[0].missing {
			near = append(near, m.Near)
		}
	}
	return near
}

// found says what the attributes are that a condition asks about.
func found(p *part, env eval.Env) string {
	var said []string
	for _, c := range p.policy.Conditions {
		ast.Inspect(ast.NewNode(c.Body), func(n ast.IsNode) bool {
			a, ok := n.(ast.NodeTypeAccess)
			if !ok {
				return true
			}
			of, ok := a.Arg.(ast.NodeTypeVariable)
			if !ok {
				return true
			}
			if v, err := eval.Eval(n, env); err == nil && !unknown(v) {
				said = append(said, fmt.Sprintf("%s.%s is %s", of.Name, a.Value, v.MarshalCedar()))
			}
			return false
		})
	}
	return strings.Join(slices.Compact(said), ", ")
}

func unknown(v cedar.Value) bool {
	_, is := eval.ToVariable(v)
	return is
}

// Why is the decision in one sentence for people.
func (d Decision) Why() string {
	var b strings.Builder
	for i, r := range d.Because {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(orID(r))
		if !d.Allowed && r.Mend != "" {
			b.WriteString(": " + r.Mend)
		}
	}
	if d.Allowed || len(d.Because) > 0 {
		return b.String()
	}
	if len(d.Near) == 0 {
		return "no rule of the policy permits it"
	}
	n := d.Near[0]
	fmt.Fprintf(&b, "no rule of the policy permits it; the nearest says that %s, which asks for %s", orID(n.Because), n.Failed)
	if n.Found != "" {
		b.WriteString(", and " + n.Found)
	}
	if n.Mend != "" {
		b.WriteString(": " + n.Mend)
	}
	return b.String()
}

func orID(b Because) string {
	if b.Says != "" {
		return b.Says
	}
	return "rule " + b.ID
}
