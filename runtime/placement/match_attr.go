package placement

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Attributes of which a node has one value, under the field "value". Of the
// first four more is better, and rules mean at least what they say
// (calvin-reference, section 4.1).
const (
	CPUTotal = "cpuTotal" // a number; only how nodes compare matters
	MemTotal = "memTotal" // bytes, or with K, M, G or T behind
	CPUAvail = "cpuAvail" // per cent: 0, 25, 50, 75, 100
	MemAvail = "memAvail"

	cpuAffinity = "cpuAffinity" // a word
	value       = "value"
)

var errIndex = errors.New(`node_attr_match wants index=["TYPE", {"FIELD": "VALUE"}]`)

// attributes evaluates index=[TYPE, {FIELD: VALUE}]: each field named must be
// stated by the node with that value; others do not matter. With index=[TYPE,
// VALUE] an attribute of one value must be at least that.
func (m matcher) attributes(r *flow.Rule, n *NodeView) (bool, string, error) {
	index, ok := r.Args["index"].([]any)
	if !ok || len(index) != 2 || len(r.Args) != 1 {
		return false, "", errIndex
	}
	typ, ok := index[0].(string)
	if !ok {
		return false, "", errIndex
	}
	switch typ {
	case CPUTotal, MemTotal, CPUAvail, MemAvail:
		return m.atLeast(typ, index[1], n)
	case cpuAffinity:
		want, ok := index[1].(string)
		if !ok {
			return false, "", errIndex
		}
		return m.fields(typ, map[string]any{value: want}, n)
	}
	fields, ok := index[1].(map[string]any)
	if !ok || len(fields) == 0 {
		return false, "", errIndex
	}
	return m.fields(typ, fields, n)
}

func (m matcher) fields(typ string, fields map[string]any, n *NodeView) (bool, string, error) {
	fit := true
	for f := range fields {
		want, ok := fields[f].(string)
		if !ok {
			return false, "", errIndex
		}
		got, stated := n.Attributes[typ][f]
		fit = fit && stated && got == want
	}
	if !m.explain {
		return fit, "", nil
	}
	var yes, no []string
	for _, f := range slices.Sorted(maps.Keys(fields)) {
		want := fields[f].(string)
		switch got, stated := n.Attributes[typ][f]; {
		case !stated:
			no = append(no, fmt.Sprintf("%s.%s is not stated, so not %s", typ, f, want))
		case got == want:
			yes = append(yes, fmt.Sprintf("%s.%s is %s", typ, f, want))
		default:
			no = append(no, fmt.Sprintf("%s.%s is %s, not %s", typ, f, got, want))
		}
	}
	if fit {
		return true, strings.Join(yes, " and "), nil
	}
	return false, strings.Join(no, " and "), nil
}

// atLeast evaluates index=["memTotal", "1G"].
func (m matcher) atLeast(typ string, v any, n *NodeView) (bool, string, error) {
	text := fmt.Sprint(v)
	want, ok := Amount(text)
	if _, isDict := v.(map[string]any); !ok || isDict {
		return false, "", fmt.Errorf(`node_attr_match wants index=["%s", "AMOUNT"], such as "1000" or "1G"`, typ)
	}
	got, stated := n.Attributes[typ][value]
	have, sound := Amount(got)
	switch {
	case !stated:
		return false, fmt.Sprintf("%s is not stated, so not at least %s", typ, text), nil
	case !sound:
		return false, fmt.Sprintf("%s is %q, which is no amount", typ, got), nil
	case have < want:
		return false, fmt.Sprintf("%s is %s, less than %s", typ, got, text), nil
	}
	return true, fmt.Sprintf("%s is %s, at least %s", typ, got, text), nil
}

// Amount reads what the ordered attributes say: a number that is not negative,
// with K, M, G or T behind it for thousands of thousands.
func Amount(s string) (float64, bool) {
	unit := 1.0
	if i := strings.IndexAny(s, "KMGT"); i > 0 && i == len(s)-1 {
		for range strings.IndexByte("KMGT", s[i]) + 1 {
			unit *= 1000
		}
		s = s[:i]
	}
	n, err := strconv.ParseUint(s, 10, 50)
	return float64(n) * unit, err == nil
}

const portAbility = "portproperty."

// abilities evaluates port_property=[ABILITY, ...]: the node must have one. A
// node that states no ability has them all, as every node with an engine does;
// those of small devices state theirs.
func abilities(r *flow.Rule, n *NodeView) (bool, string, error) {
	bad := errors.New(`port_property_match wants port_property=["ABILITY"]`)
	names, ok := r.Args["port_property"].([]any)
	if !ok || len(names) == 0 || len(r.Args) != 1 {
		return false, "", bad
	}
	var all []string
	for _, v := range names {
		name, ok := v.(string)
		if !ok {
			return false, "", bad
		}
		all = append(all, strings.TrimPrefix(name, portAbility))
	}
	if !limited(n) {
		return true, "its ports can do everything", nil
	}
	for _, name := range all {
		if n.Offers(portAbility + name) {
			return true, "its ports can do " + name, nil
		}
	}
	return false, "its ports can't do " + strings.Join(all, " or "), nil
}

// limited reports whether a node says what its ports can do.
func limited(n *NodeView) bool {
	return slices.ContainsFunc(n.Capabilities, func(c string) bool { return strings.HasPrefix(c, portAbility) })
}
