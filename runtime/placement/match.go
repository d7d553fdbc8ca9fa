package placement

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A matcher evaluates rules for one application.
type matcher struct {
	here    flow.NodeID // the node that got the request; "": not known
	explain bool        // make sentences, too
}

// match reports whether a node satisfies a rule, and with explain says what
// about the node decided it. An error means that the rule can't be understood:
// it then matches nothing, whatever stands around it.
func (m matcher) match(r *flow.Rule, n *NodeView) (ok bool, why string, err error) {
	switch r.Op {
	case "and", "or":
		return m.join(r, n)
	case "not":
		if len(r.Terms) != 1 {
			return false, "", fmt.Errorf("line %d: not of %d terms", r.Line, len(r.Terms))
		}
		ok, why, err := m.match(&r.Terms[0], n)
		if ok && m.explain {
			why += ", which the rule excludes"
		}
		return !ok && err == nil, why, err
	case "match":
		ok, why, err := m.predicate(r, n)
		if err != nil {
			err = fmt.Errorf("line %d: %w", r.Line, err)
		}
		return ok, why, err
	}
	return false, "", fmt.Errorf("line %d: unknown operator %q", r.Line, r.Op)
}

// join evaluates every term, so that one that can't be understood is found
// wherever it stands.
func (m matcher) join(r *flow.Rule, n *NodeView) (bool, string, error) {
	if len(r.Terms) == 0 {
		return false, "", fmt.Errorf("line %d: %s of no terms", r.Line, r.Op)
	}
	var yes, no []string
	all, some := true, false
	for i := range r.Terms {
		ok, why, err := m.match(&r.Terms[i], n)
		if err != nil {
			return false, "", err
		}
		all, some = all && ok, some || ok
		switch {
		case why == "":
		case ok:
			yes = append(yes, why)
		default:
			no = append(no, why)
		}
	}
	fit := r.Op == "and" && all || r.Op == "or" && some
	switch {
	case fit && r.Op == "or" && len(yes) > 0:
		return true, yes[0], nil
	case fit:
		return true, strings.Join(yes, " and "), nil
	}
	return false, strings.Join(no, " and "), nil
}

// predicate evaluates one test (calvin-reference, section 4.3).
func (m matcher) predicate(r *flow.Rule, n *NodeView) (bool, string, error) {
	switch r.Name {
	case "node_attr_match":
		return m.attributes(r, n)
	case "runtime_name":
		name, ok := r.Args["name"].(string)
		if !ok || name == "" || len(r.Args) != 1 {
			return false, "", errors.New("runtime_name wants name=\"NAME\"")
		}
		if string(n.ID) == name || n.Attributes["node_name"]["name"] == name {
			return true, "name is " + name, nil
		}
		return false, "name is not " + name, nil
	case "current_node":
		if len(r.Args) != 0 {
			return false, "", errors.New("current_node takes no arguments")
		}
		if m.here == "" {
			return false, "", errors.New("current_node: it is not known which node got the request")
		}
		if n.ID == m.here {
			return true, "it got the request", nil
		}
		return false, "it did not get the request", nil
	case "all_nodes":
		if len(r.Args) != 0 {
			return false, "", errors.New("all_nodes takes no arguments")
		}
		return true, "every node will do", nil
	case "actor_reqs_match":
		return requires(r, n)
	case "port_property_match":
		return abilities(r, n)
	case "device_scaling", "performance_scaling", "manual_scaling":
		return true, "", nil // package expand makes the replicas
	case near, apart:
		return true, "", nil // see company.go
	}
	return false, "", fmt.Errorf("unknown predicate %q", r.Name)
}

// requires evaluates requires=[CAPABILITY, ...]: the node must offer each.
func requires(r *flow.Rule, n *NodeView) (bool, string, error) {
	names, ok := r.Args["requires"].([]any)
	if !ok || len(names) == 0 || len(r.Args) != 1 {
		return false, "", errors.New(`actor_reqs_match wants requires=["CAPABILITY"]`)
	}
	var lacking, all []string
	for _, v := range names {
		name, ok := v.(string)
		if !ok {
			return false, "", errors.New(`actor_reqs_match wants requires=["CAPABILITY"]`)
		}
		all = append(all, name)
		if !slices.Contains(n.Capabilities, name) {
			lacking = append(lacking, name)
		}
	}
	if len(lacking) > 0 {
		return false, "it does not offer " + strings.Join(lacking, ", "), nil
	}
	return true, "it offers " + strings.Join(all, ", "), nil
}
