package expand

import (
	"errors"
	"fmt"
	"math"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The kinds of scaling, by the predicate that asks for it (calvin-reference,
// section 4.6).
const (
	Device      = "device_scaling"      // one replica on every node that matches
	Performance = "performance_scaling" // as many as the load needs
	Manual      = "manual_scaling"      // as many as a person says
)

// A Scaling is what a rule says of how many replicas an actor has.
type Scaling struct {
	Kind  string
	Min   int  // from 1
	Max   int  // at least Min; math.MaxInt: no limit
	Alone bool // at most one on a node
}

// ScalingOf finds the scaling in a rule. Ok is false when the rule has none. It
// must stand in the rule, or in what & joins: beside ~ or | it is an error, as
// are two of them and arguments out of range. The compiler refuses these.
func ScalingOf(r *flow.Rule) (s Scaling, ok bool, err error) {
	if r == nil {
		return Scaling{}, false, nil
	}
	found, err := scalings(r, true)
	switch {
	case err != nil:
		return Scaling{}, false, err
	case len(found) == 0:
		return Scaling{}, false, nil
	case len(found) > 1:
		return Scaling{}, false, fmt.Errorf("line %d: %s beside %s: a rule has one scaling", found[1].Line, found[1].Name, found[0].Name)
	}
	s, err = readScaling(found[0])
	if err != nil {
		return Scaling{}, false, fmt.Errorf("line %d: %s: %w", found[0].Line, found[0].Name, err)
	}
	return s, true, nil
}

// scalings are the predicates of a rule that scale. Top is whether all that
// stands around the rule is "and".
func scalings(r *flow.Rule, top bool) ([]*flow.Rule, error) {
	if r.Op == "match" {
		switch r.Name {
		case Device, Performance, Manual:
			if !top {
				return nil, fmt.Errorf("line %d: %s must not stand beside ~ or |", r.Line, r.Name)
			}
			return []*flow.Rule{r}, nil
		}
		return nil, nil
	}
	top = top && (r.Op == "and" || r.Op == "or" && len(r.Terms) == 1)
	var all []*flow.Rule
	for i := range r.Terms {
		found, err := scalings(&r.Terms[i], top)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func readScaling(r *flow.Rule) (Scaling, error) {
	s := Scaling{Kind: r.Name, Min: 1, Max: math.MaxInt}
	for _, arg := range []struct {
		name string
		into *int
	}{{"min", &s.Min}, {"max", &s.Max}} {
		v, given := r.Args[arg.name]
		if !given {
			continue
		}
		n, ok := v.(int64)
		if !ok || n < 1 || n > math.MaxInt32 {
			return s, fmt.Errorf("%s must be a whole number from 1", arg.name)
		}
		*arg.into = int(n)
	}
	if v, given := r.Args["alone"]; given {
		alone, ok := v.(bool)
		if !ok {
			return s, errors.New("alone must be true or false")
		}
		s.Alone = alone
	}
	if s.Min > s.Max {
		return s, fmt.Errorf("min=%d is more than max=%d", s.Min, s.Max)
	}
	return s, nil
}
