package script

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The shape of Calvin's compiler output (calvin-reference, sections 1.7, 1.8
// and 1.9).
type (
	deployable struct {
		Name         string                    `json:"name"`
		Valid        bool                      `json:"valid"`
		Actors       map[string]deployActor    `json:"actors"`
		Connections  map[string][]string       `json:"connections"`
		Ports        map[string][]deployedPort `json:"port_properties"`
		Requirements map[string][]any          `json:"requirements,omitempty"`
		Issues       []deployIssue             `json:"issues"`
	}
	deployActor struct {
		Type      string         `json:"actor_type"`
		Args      map[string]any `json:"args"`
		Signature string         `json:"signature"`
	}
	deployedPort struct {
		Port       string         `json:"port"`
		Direction  string         `json:"direction"`
		Properties map[string]any `json:"properties"`
	}
	deployIssue struct {
		Type   string `json:"type"` // "error" or "warning"
		Reason string `json:"reason"`
		Code   string `json:"code"`
		Line   int32  `json:"line"`
		Col    int32  `json:"col"`
		File   string `json:"file,omitempty"` // where it is not the script itself
	}
)

// Deployable is the outcome as Calvin's compiler prints it (calvin-reference,
// section 1.7): indented JSON. It has the issues as well, with Calvin's reasons,
// and for each target of an apply the requirements of section 1.9. With errors
// among the issues it is not valid, and has what is known of the graph. Actors
// of unknown type are left out, as are arguments that the script does not give.
func (o *Outcome) Deployable() ([]byte, error) {
	d := deployable{
		Name: o.app, Valid: o.Issues.Err() == nil,
		Actors: map[string]deployActor{}, Connections: map[string][]string{}, Ports: map[string][]deployedPort{},
		Requirements: map[string][]any{}, Issues: []deployIssue{},
	}
	if o.Known != nil {
		o.describe(&d, o.Known)
	}
	for path, rule := range o.targets {
		d.Requirements[path] = requirements(*rule, false)
	}
	for _, i := range o.Issues {
		d.Issues = append(d.Issues, calvinIssues(i, o.file)...)
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

// describe writes a graph into the deployable.
func (o *Outcome) describe(d *deployable, g *flow.Graph) {
	for _, n := range g.Actors {
		for _, key := range keys(n.Ports) {
			dir, port, _ := strings.Cut(key, ":")
			d.Ports[string(n.ID)] = append(d.Ports[string(n.ID)], deployedPort{port, dir, flow.PlainArgs(n.Ports[key])})
		}
		spec, ok := o.types(n.Type)
		if !ok {
			continue
		}
		args := map[string]any{}
		for _, name := range o.given[n.ID] {
			args[name] = flow.Plain(n.Args[name])
		}
		d.Actors[string(n.ID)] = deployActor{n.Type, args, Signature(&spec)}
	}
	for _, l := range g.Links {
		d.Connections[l.From.String()] = append(d.Connections[l.From.String()], l.To.String())
	}
}

// calvinIssues is an issue as Calvin tells it: a type that is missing it tells
// of twice. Notes are warnings there.
func calvinIssues(i Issue, file string) []deployIssue {
	typ := "error"
	if i.Severity != Error {
		typ = "warning"
	}
	d := deployIssue{typ, i.Reason, i.Code, i.Span.Start.Line, i.Span.Start.Col, ""}
	if i.File != file {
		d.File = i.File
	}
	out := []deployIssue{d}
	again := d
	switch i.Code {
	case missingComp.code:
		again.Reason = fmt.Sprintf("Unknown actor type: '%s'", i.subject)
	case unknownType.code:
		again.Type, again.Reason = "warning", fmt.Sprintf("Not validating actor type: '%s'", i.subject)
	default:
		return out
	}
	return append(out, again)
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
