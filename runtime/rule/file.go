package rule

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A FileError is a mistake in a rule file.
type FileError struct {
	File      string
	Line, Col int // from 1
	Msg       string
}

func (e *FileError) Error() string { return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg) }

// Parse reads a rule file: YAML, from group to kind to the limit, as the file
// ward.yaml of this package shows. All mistakes found are returned, joined,
// each a [*FileError]. Name is that of the file, for them.
func Parse(name string, text []byte) ([]Rule, error) {
	return (&parser{file: name}).parse(text)
}

func (p *parser) parse(text []byte) ([]Rule, error) {
	name := p.file
	var doc yaml.Node
	dec := yaml.NewDecoder(strings.NewReader(string(text)))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, &FileError{name, 1, 1, "no rules in it"}
	} else if err != nil {
		return nil, syntaxError(name, err)
	}
	var rules []Rule
	devices := map[string]bool{}
	p.pairs(doc.Content[0], "a map from groups to rules", func(scope string, key, value *yaml.Node) {
		r := p.rule(scope, key, value)
		if r.Device != "" && devices[r.Device] { // in another case: as text it was not here yet
			p.fail(key, "%q is here twice", scope)
		}
		devices[r.Device] = true
		rules = append(rules, r)
	})
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) && len(p.errs) == 0 {
		p.fail(doc.Content[0], "more than one document: want one")
	}
	if len(p.errs) == 0 && len(rules) == 0 {
		p.fail(doc.Content[0], "no rules in it")
	}
	if len(p.errs) > 0 {
		return nil, errors.Join(p.errs...)
	}
	return rules, nil
}

// syntaxError keeps the line that the YAML reader names.
func syntaxError(name string, err error) error {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if rest, ok := strings.CutPrefix(msg, "line "); ok {
		if n, tail, ok := strings.Cut(rest, ": "); ok {
			if i, err := strconv.Atoi(n); err == nil {
				line, msg = i, tail
			}
		}
	}
	if strings.Contains(msg, "cannot start any token") {
		msg += ": indent with spaces, not tabs, and put quotes around text that begins with a sign"
	}
	return &FileError{name, line, 1, msg}
}

type parser struct {
	file     string
	anyUnits bool // also what is no code of UCUM, as a chain may have
	errs     []error
}

func (p *parser) fail(n *yaml.Node, format string, args ...any) {
	p.errs = append(p.errs, &FileError{p.file, n.Line, n.Column, fmt.Sprintf(format, args...)})
}

// pairs walks a map in the order of the file.
func (p *parser) pairs(n *yaml.Node, want string, each func(name string, key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		p.fail(n, "want %s", want)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || key.Tag == "!!merge":
			p.fail(key, "want a plain name")
		case value.Kind == yaml.AliasNode:
			p.fail(value, "aliases are not taken here: write it out")
		case seen[key.Value]:
			p.fail(key, "%q is here twice", key.Value)
		default:
			seen[key.Value] = true
			each(key.Value, key, value)
		}
	}
}

// texts are the values of a scalar, or of a list of scalars.
func (p *parser) texts(n *yaml.Node, want string) []*yaml.Node {
	all := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		all = n.Content
	}
	for _, t := range all {
		if t.Kind != yaml.ScalarNode {
			p.fail(t, "want %s", want)
			return nil
		}
	}
	return all
}

// Names in the place of a kind that are about the whole rule. No LOINC code is
// like them.
const (
	modeKey      = "mode"
	contractsKey = "contracts"
)

func (p *parser) rule(scope string, key, value *yaml.Node) Rule {
	var r Rule
	var why string
	if r.Group, r.Device, why = scopeOf(scope); why != "" && strings.HasPrefix(scope, "device ") {
		p.fail(key, "%q: %s", scope, why)
	} else if why != "" {
		p.fail(key, "group %q: %s: want site/floor/room/type or the beginning of it", scope, why)
	}
	s := &sides{rule: &r, kinds: map[string]string{}}
	p.pairs(value, "a map from kinds to limits", func(name string, key, value *yaml.Node) {
		switch name {
		case modeKey:
			r.Mode = p.mode(value)
		case contractsKey:
			r.Codes = p.contracts(value)
		default:
			p.limit(s, name, key, value)
		}
	})
	p.agree(s)
	if value.Kind == yaml.MappingNode && len(r.Limits)+len(r.Codes) == 0 {
		p.fail(key, "group %q names no kind: to withdraw a rule, retire it", scope)
	}
	if n := r.parts(); n > MaxParts {
		p.fail(key, "the rule needs %d contracts, at most %d: one for all limits, and one for each kind that is steepest or stuck, each agreement and each of contracts", n, MaxParts)
	}
	return r
}

// parts is how many rule contracts the rule needs.
func (r *Rule) parts() int {
	n := len(r.Slopes) + len(r.Agreements) + len(r.Codes)
	if len(r.Limits) > 0 {
		n++
	}
	return n
}

func (p *parser) mode(n *yaml.Node) flow.Mode {
	m, ok := flow.ParseMode(n.Value)
	if !ok || n.Kind != yaml.ScalarNode {
		p.fail(n, "mode %q: want anchored, confirmed or per-check", n.Value)
	}
	return m
}

func (p *parser) contracts(n *yaml.Node) (all []chain.Address) {
	seen := map[chain.Address]bool{}
	for _, t := range p.texts(n, "addresses of rule contracts, such as [0x…]") {
		a, err := parseAddress(t.Value)
		if err != nil {
			p.fail(t, "%v", err)
		} else if seen[a] {
			p.fail(t, "%s is here twice", a)
		}
		seen[a] = true
		all = append(all, a)
	}
	return all
}
