package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/wardflow/wardflow/runtime/control"
)

// Documents: what -o json, -o yaml and -o name are written from.

// document is v in JSON: an object that begins with apiVersion. A list is its
// items.
func document(v any) ([]byte, error) {
	var b bytes.Buffer
	if err := plainJSON(&b, v); err != nil {
		return nil, err
	}
	doc := bytes.TrimSpace(b.Bytes())
	version := `"apiVersion":"` + control.APIVersion + `"`
	switch {
	case bytes.Equal(doc, []byte("null")) || doc[0] == '[':
		if doc[0] != '[' {
			doc = []byte("[]")
		}
		return fmt.Appendf(nil, `{%s,"items":%s}`, version, doc), nil
	case doc[0] != '{' || versioned(doc):
		return doc, nil
	case bytes.Equal(doc, []byte("{}")):
		return fmt.Appendf(nil, "{%s}", version), nil
	}
	return fmt.Appendf(nil, "{%s,%s", version, doc[1:]), nil
}

// versioned reports whether an object has an apiVersion.
func versioned(doc []byte) bool {
	var v struct {
		APIVersion *string `json:"apiVersion"`
	}
	return json.Unmarshal(doc, &v) == nil && v.APIVersion != nil
}

// writeYAML writes a document as YAML, in the order and with the names that it
// has in JSON, which is YAML.
func writeYAML(w io.Writer, doc []byte) error {
	var n yaml.Node
	if err := yaml.Unmarshal(doc, &n); err != nil {
		return fmt.Errorf("write YAML: %w", err)
	}
	inBlocks(&n)
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(&n), enc.Close()); err != nil {
		return fmt.Errorf("write YAML: %w", err)
	}
	_, err := w.Write(stilled(b.Bytes())) // what moves stands in double quotes only
	return err
}

// inBlocks takes JSON's braces and quotes off. The encoder quotes what needs it, but
// for what turns text around, which to YAML is text like any other.
func inBlocks(n *yaml.Node) {
	n.Style = 0
	switch {
	case n.Kind != yaml.ScalarNode || n.Tag != "!!str":
	case strings.ContainsFunc(n.Value, func(r rune) bool { return moves(r) && r != '\n' }):
		n.Style = yaml.DoubleQuotedStyle
	case strings.Contains(n.Value, "\n"):
		n.Style = yaml.LiteralStyle
	}
	for _, c := range n.Content {
		inBlocks(c)
	}
}

// named are the fields by which things are called, the best first.
var named = []string{"id", "name", "uri", "holder", "group", "code", "proposal", "file", "sha256", "node"}

// errNoNames is -o name of something that has none.
var errNoNames = usageError{errors.New("-o name: this has no names: use table, json or yaml")}

// writeNames writes what a document is about, or each of its items, a line each,
// as other commands take it.
func writeNames(w io.Writer, doc []byte) error {
	var list struct {
		Items *[]map[string]any `json:"items"`
	}
	if err := json.Unmarshal(doc, &list); err != nil {
		return errNoNames
	}
	if list.Items == nil {
		var one map[string]any
		if err := json.Unmarshal(doc, &one); err != nil {
			return errNoNames
		}
		list.Items = &[]map[string]any{one}
	}
	var b strings.Builder
	for _, item := range *list.Items {
		name := nameOf(item)
		if name == "" {
			return errNoNames
		}
		fmt.Fprintln(&b, inCell(name))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func nameOf(item map[string]any) string {
	for _, key := range named {
		if s, ok := item[key].(string); ok && s != "" {
			return s
		}
	}
	return ""
}
