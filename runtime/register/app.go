package register

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An App is one deployed application. Nothing in it is changed once it has been
// put or read.
type App struct {
	Name      string
	Script    string            // the source text
	Includes  map[string]string // the texts it includes, by name
	Source    flow.Graph        // what the script compiled to; Source.App is Name
	Graph     flow.Graph        // what runs: Source with its replicas and spools; Graph.App is Name
	By        string            // SPIFFE ID of who deployed it
	Here      flow.NodeID       // the node that was asked to deploy it, for rules that name it
	At        time.Time         // when it was deployed, by the deployer's clock
	Signature []byte            // by the deployer over what package control says
	Version   uint64            // given by the register; rises with each change
	// Revision is given by the register: how often an application of this name has
	// been deployed since it was last removed, this time with it. What the leader
	// changes of it later, such as replicas, does not count. 0: it was deployed
	// before revisions were counted.
	Revision uint64
	// Lives are given by the register: the version since which each link has
	// been there without a break, and between actors of the same types. A link
	// that is taken out and put in again has another life, and its numbers
	// begin anew.
	Lives map[flow.LinkID]uint64
}

// appJSON is the form an App is kept in. JSON has one kind of number; here a
// float is written with a point or an exponent and an integer without, so that
// 2.0 does not come back as 2.
type appJSON struct {
	Name      string            `json:"name"`
	Script    string            `json:"script"`
	Includes  map[string]string `json:"includes,omitempty"`
	Source    *flow.Graph       `json:"source,omitempty"` // nil: it is the graph
	Graph     flow.Graph        `json:"graph"`
	By        string            `json:"by"`
	Here      flow.NodeID       `json:"here,omitempty"`
	At        time.Time         `json:"at"`
	Signature []byte            `json:"signature,omitempty"`
	Version   uint64            `json:"version"`
	Revision  uint64            `json:"revision,omitempty"`

	Lives map[flow.LinkID]uint64 `json:"lives,omitempty"`
}

// MarshalJSON writes the application with its numbers kept apart. An argument
// that JSON can't hold is an error that names it.
func (a App) MarshalJSON() ([]byte, error) {
	g, err := mapGraph(a.Graph, exact)
	if err != nil {
		return nil, err
	}
	source, err := sourceOf(&a)
	if err != nil {
		return nil, err
	}
	return json.Marshal(appJSON{a.Name, a.Script, a.Includes, source, g, a.By, a.Here, a.At, a.Signature, a.Version, a.Revision, a.Lives})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (a *App) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var j appJSON
	if err := d.Decode(&j); err != nil {
		return err
	}
	g, err := mapGraph(j.Graph, native)
	if err != nil {
		return err
	}
	source := g
	if j.Source != nil {
		if source, err = mapGraph(*j.Source, native); err != nil {
			return err
		}
	}
	*a = App{j.Name, j.Script, j.Includes, source, g, j.By, j.Here, j.At, j.Signature, j.Version, j.Revision, j.Lives}
	return nil
}

// sourceOf is the source to be written: nil if it is no other than what runs, as
// it was in all applications deployed before there was one.
func sourceOf(a *App) (*flow.Graph, error) {
	if a.Source.App == "" || reflect.DeepEqual(a.Source, a.Graph) {
		return nil, nil
	}
	g, err := mapGraph(a.Source, exact)
	return &g, err
}

// mapGraph is g with every value of it mapped. It shares nothing that changes.
func mapGraph(g flow.Graph, f func(any) (any, error)) (flow.Graph, error) {
	actors := make([]flow.Node, len(g.Actors))
	for i, n := range g.Actors {
		var err error
		if len(n.Args) == 0 {
			n.Args = nil // as it comes back
		}
		if n.Args, err = mapArgs(n.Args, f); err != nil {
			return g, fmt.Errorf("actor %s: %w", n.ID, err)
		}
		if n.Ports != nil {
			ports := make(map[string]map[string]any, len(n.Ports))
			for name, props := range n.Ports {
				if ports[name], err = mapArgs(props, f); err != nil {
					return g, fmt.Errorf("actor %s: port %s: %w", n.ID, name, err)
				}
			}
			n.Ports = ports
		}
		if n.Rule != nil {
			r, err := mapRule(*n.Rule, f)
			if err != nil {
				return g, fmt.Errorf("actor %s: rule: %w", n.ID, err)
			}
			n.Rule = &r
		}
		actors[i] = n
	}
	if g.Actors != nil {
		g.Actors = actors
	}
	return g, nil
}

func mapRule(r flow.Rule, f func(any) (any, error)) (flow.Rule, error) {
	var err error
	if r.Args, err = mapArgs(r.Args, f); err != nil {
		return r, err
	}
	if r.Terms == nil {
		return r, nil
	}
	terms := make([]flow.Rule, len(r.Terms))
	for i, t := range r.Terms {
		if terms[i], err = mapRule(t, f); err != nil {
			return r, err
		}
	}
	r.Terms = terms
	return r, nil
}

func mapArgs(args map[string]any, f func(any) (any, error)) (map[string]any, error) {
	if args == nil {
		return nil, nil
	}
	out := make(map[string]any, len(args))
	for k, v := range args {
		var err error
		if out[k], err = f(v); err != nil {
			return nil, fmt.Errorf("argument %s: %w", k, err)
		}
	}
	return out, nil
}

// exact is v with each float64 as a number that shows it is one.
func exact(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, int64, string:
		return v, nil
	case int:
		return int64(v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%v is not a number that can be kept", v)
		}
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return json.Number(s), nil
	case []any:
		return mapList(v, exact)
	case map[string]any:
		return mapArgs(v, exact)
	}
	return nil, fmt.Errorf("a %T can't be an argument", v)
}

// native undoes exact.
func native(v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return v.Float64()
		}
		return v.Int64()
	case []any:
		return mapList(v, native)
	case map[string]any:
		return mapArgs(v, native)
	}
	return v, nil
}

func mapList(list []any, f func(any) (any, error)) (any, error) {
	out := make([]any, len(list))
	for i, v := range list {
		var err error
		if out[i], err = f(v); err != nil {
			return nil, err
		}
	}
	return out, nil
}
