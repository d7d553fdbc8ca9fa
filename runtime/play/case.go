package play

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// A Case is one actor and the tokens that its in-ports get.
//
//	{"actor": "std.Sum", "args": {}, "in": {"integer": [1, 2, 3]}}
//
// Tokens are written as [flow.MarshalValue] does, exception tokens as
// {"$exception": "EOSToken"}. A port that collects gets its tokens as already
// collected, or peer by peer, as the actor's arguments name them:
//
//	{"actor": "flow.Alternate", "args": {"order": ["a.out", "b.out"]},
//	 "in": {"token": {"a.out": [1, 3], "b.out": [2, 4]}}}
type Case struct {
	Actor   string
	Args    map[string]flow.Value
	In      []CaseIn              // in the order of the type's ports, then of peers
	Devices map[string]flow.Value // what mock devices read: {"io.temperature": 37.2}
}

// A CaseIn is what one in-port gets from one peer; "" is nobody in particular.
type CaseIn struct {
	Port, Peer string
	Tokens     []flow.Value
}

// ReadCase reads a case from JSON and compares it with the types there are. The
// error says what does not fit, and what would.
func ReadCase(r io.Reader, types flow.Types) (Case, error) {
	var raw struct {
		Actor   string
		Args    map[string]json.RawMessage
		In      map[string]json.RawMessage
		Devices map[string]json.RawMessage
	}
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&raw); err != nil {
		return Case{}, fmt.Errorf(`read case: %w; want {"actor": TYPE, "args": {…}, "in": {PORT: [TOKEN, …]}}`, plainly(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Case{}, errors.New("read case: there is something after it")
	}
	typ, ok := types[raw.Actor]
	if !ok {
		return Case{}, fmt.Errorf("there is no actor type %q%s", raw.Actor, nearest(raw.Actor, slices.Collect(maps.Keys(types))))
	}
	c := Case{Actor: raw.Actor}
	var err error
	if c.Args, err = caseArgs(&typ.Spec, raw.Args); err != nil {
		return Case{}, err
	}
	if c.Devices, err = readValues(raw.Devices); err != nil {
		return Case{}, fmt.Errorf("device %w", err)
	}
	c.In, err = caseIns(&typ.Spec, raw.In)
	return c, err
}

// plainly is an error of package json without Go's types.
func plainly(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	what := "it"
	if wrong.Field != "" {
		what = strings.ToLower(wrong.Field)
	}
	return fmt.Errorf("%s is of kind %s", what, wrong.Value)
}

// caseArgs are the arguments given and the defaults of the others.
func caseArgs(spec *flow.Spec, raw map[string]json.RawMessage) (map[string]flow.Value, error) {
	given, err := readValues(raw)
	if err != nil {
		return nil, fmt.Errorf("argument %w", err)
	}
	var names []string
	args := map[string]flow.Value{}
	for _, a := range spec.Args {
		names = append(names, a.Name)
		if v, ok := given[a.Name]; ok {
			args[a.Name] = v
		} else if a.Required {
			return nil, fmt.Errorf("%s wants the argument %s", spec.Name, a.Name)
		} else {
			args[a.Name] = a.Default
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := spec.Arg(name); !ok {
			return nil, fmt.Errorf("%s has no argument %q%s", spec.Name, name, nearest(name, names))
		}
	}
	return args, nil
}

// readValues reads each value; the error begins with the key.
func readValues(raw map[string]json.RawMessage) (map[string]flow.Value, error) {
	vs := map[string]flow.Value{}
	for _, k := range slices.Sorted(maps.Keys(raw)) {
		v, err := flow.UnmarshalValue(raw[k])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		vs[k] = v
	}
	return vs, nil
}

func caseIns(spec *flow.Spec, raw map[string]json.RawMessage) ([]CaseIn, error) {
	var names []string
	var ins []CaseIn
	for _, p := range spec.In {
		names = append(names, p.Name)
		b, ok := raw[p.Name]
		if !ok {
			continue
		}
		var list []json.RawMessage
		if json.Unmarshal(b, &list) == nil {
			in, err := caseIn(p.Name, "", list)
			if err != nil {
				return nil, err
			}
			ins = append(ins, in)
			continue
		}
		var peers map[string][]json.RawMessage
		if err := json.Unmarshal(b, &peers); err != nil {
			return nil, fmt.Errorf(`in-port %s: want a list of tokens, or {"peer.port": [TOKEN, …], …}`, p.Name)
		}
		for _, peer := range slices.Sorted(maps.Keys(peers)) {
			in, err := caseIn(p.Name, peer, peers[peer])
			if err != nil {
				return nil, err
			}
			ins = append(ins, in)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if _, ok := spec.InPort(name); !ok {
			return nil, fmt.Errorf("%s has no in-port %q%s", spec.Name, name, nearest(name, names))
		}
	}
	return ins, nil
}

func caseIn(port, peer string, list []json.RawMessage) (CaseIn, error) {
	in := CaseIn{Port: port, Peer: peer}
	for i, b := range list {
		v, err := flow.UnmarshalValue(b)
		if err != nil {
			return in, fmt.Errorf("in-port %s, token %d: %w", port, i+1, err)
		}
		in.Tokens = append(in.Tokens, v)
	}
	return in, nil
}

// nearest is what somebody may have meant, or all there are when those are few.
func nearest(name string, known []string) string {
	if best := script.Nearest(name, known); best != "" {
		return fmt.Sprintf("; did you mean %s?", best)
	}
	switch {
	case len(known) == 0:
		return "; it has none"
	case len(known) <= 10:
		return "; it has " + strings.Join(known, ", ")
	}
	return ""
}
