package policy

import (
	_ "embed"
	"fmt"
	"iter"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/eval"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
)

// Limits of a hospital's own text.
const (
	MaxText  = 64 << 10 // bytes
	MaxRules = 256
	maxDepth = 48  // brackets within each other
	maxIfs   = 512 // times "if"
)

//go:embed policy.cedar
var builtIn string

//go:embed policy.cedarschema
var schemaText string

// BuiltIn is the text of the built-in rules.
func BuiltIn() string { return builtIn }

// Schema is the text that says what rules may speak of.
func Schema() string { return schemaText }

// A Policy is the built-in rules and a hospital's own. It never changes, and
// any goroutine may ask it.
type Policy struct {
	own   string
	rules rules
	about map[Action]rules // those that may apply to an action
	cache cache
}

// A Rule is one rule as people see it.
type Rule struct {
	ID      string `json:"id"`
	Permits bool   `json:"permits"` // false: it forbids
	Says    string `json:"says,omitempty"`
	Mend    string `json:"mend,omitempty"` // what to do about a refusal
	Own     bool   `json:"own,omitempty"`  // of the hospital's text
	Line    int    `json:"line"`           // of its text, from 1
}

// A rule is a Rule with what decides.
type rule struct {
	Rule
	policy *cedar.Policy
	parts  []part // its conditions, one by one
}

type rules []*rule

// All lets cedar walk the rules, in the order of their texts.
func (rs rules) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, r := range rs {
			if !yield(cedar.PolicyID(r.ID), r.policy) {
				return
			}
		}
	}
}

// New is the built-in rules with those of a hospital's own text, which may be
// "". A text that does not read, names what there is not, or is beyond the
// limits is an [*Error].
func New(own string) (*Policy, error) {
	p := &Policy{own: own}
	for _, src := range []struct {
		text string
		own  bool
	}{{builtIn, false}, {own, true}} {
		read, err := readRules(src.text, src.own)
		if err != nil {
			return nil, err
		}
		p.rules = append(p.rules, read...)
	}
	seen := map[string]bool{}
	for _, r := range p.rules {
		if seen[r.ID] {
			return nil, &Error{Line: r.Line, Col: 1, Msg: fmt.Sprintf("rule %q is there already", r.ID), Hint: "give it another @id"}
		}
		seen[r.ID] = true
	}
	p.about = map[Action]rules{}
	for a := range actions {
		env := eval.Env{Entities: entities{}, Action: a}
		for _, r := range p.rules {
			if r.parts[0].judge(env) == holds {
				p.about[Action(a.ID)] = append(p.about[Action(a.ID)], r)
			}
		}
	}
	return p, nil
}

// Own is the hospital's own text.
func (p *Policy) Own() string { return p.own }

// Rules are all rules: the built-in first, each in the order of its text.
func (p *Policy) Rules() []Rule {
	all := make([]Rule, len(p.rules))
	for i, r := range p.rules {
		all[i] = r.Rule
	}
	return all
}

func readRules(text string, own bool) (rules, error) {
	if err := bounded(text); err != nil {
		return nil, err
	}
	list, err := cedar.NewPolicyListFromBytes("", []byte(text))
	if err != nil {
		return nil, syntaxError(text, err)
	}
	if len(list) > MaxRules {
		return nil, &Error{Line: list[MaxRules].Position().Line, Col: 1, Msg: fmt.Sprintf("%d rules, at most %d are allowed", len(list), MaxRules)}
	}
	rs := make(rules, len(list))
	for i, c := range list {
		tree := (*ast.Policy)(c.AST())
		at, notes := c.Position(), c.Annotations()
		if err := known(tree); err != nil {
			return nil, &Error{Line: at.Line, Col: at.Column, Msg: err.Error(), Hint: "what rules may speak of: wardflow policy show --schema"}
		}
		r := &rule{policy: c, parts: partsOf(tree), Rule: Rule{ID: string(notes["id"]), Permits: c.Effect() == cedar.Permit,
			Says: string(notes["says"]), Mend: string(notes["mend"]), Own: own, Line: at.Line}}
		if r.ID == "" {
			r.ID = fmt.Sprintf("rule-%d", i+1)
		}
		rs[i] = r
	}
	return rs, nil
}

// validator tells whether a rule names only what there is.
var validator = func() *validate.Validator {
	var s schema.Schema
	if err := s.UnmarshalCedar([]byte(schemaText)); err != nil {
		panic(err) // the text is ours
	}
	resolved, err := s.Resolve()
	if err != nil {
		panic(err)
	}
	return validate.New(resolved, validate.WithPermissive())
}()

func known(tree *ast.Policy) error { return validator.Policy("rule", tree) }
