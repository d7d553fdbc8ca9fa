package script

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The shape of Calvin's compiler output (calvin-reference, section 1.7).
type (
	deployable struct {
		Name        string                    `json:"name"`
		Valid       bool                      `json:"valid"`
		Actors      map[string]deployActor    `json:"actors"`
		Connections map[string][]string       `json:"connections"`
		Ports       map[string][]deployedPort `json:"port_properties"`
	}
	deployActor struct {
		Type      string                `json:"actor_type"`
		Args      map[string]flow.Value `json:"args"`
		Signature string                `json:"signature"`
	}
	deployedPort struct {
		Port       string         `json:"port"`
		Direction  string         `json:"direction"`
		Properties map[string]any `json:"properties"`
	}
)

// Deployable is the graph as Calvin's compiler prints it (calvin-reference,
// section 1.7): indented JSON. Arguments that have their default value are
// left out, as Calvin leaves out those that are not given. A nil graph gives
// an empty deployable that is not valid.
func Deployable(g *flow.Graph, types Types) ([]byte, error) {
	d := deployable{
		Actors: map[string]deployActor{}, Connections: map[string][]string{}, Ports: map[string][]deployedPort{},
	}
	if g != nil {
		d.Name, d.Valid = g.App, true
		for _, n := range g.Actors {
			spec, ok := types(n.Type)
			if !ok {
				return nil, fmt.Errorf("describe %s: unknown actor type %s", n.ID, n.Type)
			}
			d.Actors[string(n.ID)] = deployActor{n.Type, given(&spec, n.Args), Signature(&spec)}
			for _, key := range keys(n.Ports) {
				dir, port, _ := strings.Cut(key, ":")
				d.Ports[string(n.ID)] = append(d.Ports[string(n.ID)], deployedPort{port, dir, n.Ports[key]})
			}
		}
		for _, l := range g.Links {
			d.Connections[l.From.String()] = append(d.Connections[l.From.String()], l.To.String())
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "    ")
	if err := enc.Encode(d); err != nil {
		return nil, fmt.Errorf("write deployable: %w", err)
	}
	return out.Bytes(), nil
}

func given(s *flow.Spec, args map[string]flow.Value) map[string]flow.Value {
	out := map[string]flow.Value{}
	for name, v := range args {
		if a, ok := s.Arg(name); ok && !a.Required && reflect.DeepEqual(v, a.Default) {
			continue
		}
		out[name] = v
	}
	return out
}

// Signature is by which a node finds an actor type of this shape: the SHA-256,
// in hex, of the type's name and the sorted names of its ports. Arguments are
// not part of it.
func Signature(s *flow.Spec) string {
	in, out := portNames(s.In), portNames(s.Out)
	// Struct fields are written in this order, which is that of sorted keys.
	text, err := json.Marshal(struct {
		Type string   `json:"actor_type"`
		In   []string `json:"inports"`
		Out  []string `json:"outports"`
	}{s.Name, in, out})
	if err != nil {
		panic(err) // strings always can be written
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func portNames(ports []flow.Port) []string {
	names := make([]string, len(ports))
	for i, p := range ports {
		names[i] = p.Name
	}
	slices.Sort(names)
	return names
}
