package script

import "github.com/wardflow/wardflow/runtime/flow"

// A requirement narrows the set of nodes that an actor may run on
// (calvin-reference, section 1.9): of a list, all nodes that each "+" yields,
// less those that a "-" does. It is what one predicate yields, or anyOf.
//
// Where Calvin gives up, this is what stands: a member of a union may be a
// list, whose requirements hold all at once, and one that is not a list has a
// type only when it is "-", for the nodes that its predicate does not yield. So
// every rule has a form, by De Morgan.
type requirement struct {
	Op   string         `json:"op"`
	Args map[string]any `json:"kwargs"`
	Type string         `json:"type,omitempty"`
}

// An anyOf is what one of its members yields at least.
type anyOf struct {
	Op      string `json:"op"` // "union_group"
	Members []any  `json:"requirements"`
	Type    string `json:"type"` // "+"
}

// requirements are a rule, or what it excludes, as a list that must all hold.
func requirements(r flow.Rule, not bool) []any {
	switch {
	case r.Op == "not":
		return requirements(r.Terms[0], !not)
	case r.Op == "match" && not:
		return []any{requirement{r.Name, flow.PlainArgs(r.Args), "-"}}
	case r.Op == "match":
		return []any{requirement{r.Name, flow.PlainArgs(r.Args), "+"}}
	case (r.Op == "or") != not && len(r.Terms) != 1:
		return []any{anyOf{"union_group", members(r, not), "+"}}
	}
	list := []any{}
	for _, t := range r.Terms {
		list = append(list, requirements(t, not)...)
	}
	return list
}

// members are the requirements of which one must hold.
func members(r flow.Rule, not bool) []any {
	all := []any{}
	for _, t := range r.Terms {
		not := not
		for t.Op == "not" || len(t.Terms) == 1 { // a name for one term is no level
			not = not != (t.Op == "not")
			t = t.Terms[0]
		}
		switch {
		case t.Op == "match" && not:
			all = append(all, requirement{t.Name, flow.PlainArgs(t.Args), "-"})
		case t.Op == "match":
			all = append(all, requirement{t.Name, flow.PlainArgs(t.Args), ""})
		case (t.Op == "or") != not:
			all = append(all, members(t, not)...) // a | (b | c) is one union
		default:
			all = append(all, requirements(t, not))
		}
	}
	return all
}
