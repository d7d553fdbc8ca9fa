package rule

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// What a file leaves out.
const (
	defaultAge     = 24 * time.Hour
	defaultAhead   = 2 * time.Second
	defaultSamples = 8192
	none           = "none" // in place of a number: not limited
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
	var doc yaml.Node
	dec := yaml.NewDecoder(strings.NewReader(string(text)))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, &FileError{name, 1, 1, "no rules in it"}
	} else if err != nil {
		return nil, syntaxError(name, err)
	}
	p := &parser{file: name}
	var rules []Rule
	p.pairs(doc.Content[0], "a map from groups to rules", func(group string, key, value *yaml.Node) {
		rules = append(rules, p.rule(group, key, value))
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
	return &FileError{name, line, 1, msg}
}

type parser struct {
	file string
	errs []error
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

func (p *parser) rule(group string, key, value *yaml.Node) Rule {
	if why := badGroup(group); why != "" {
		p.fail(key, "group %q: %s: want site/floor/room/type or the beginning of it", group, why)
	}
	r := Rule{Group: group}
	p.pairs(value, "a map from kinds to limits", func(kind string, key, value *yaml.Node) {
		r.Limits = append(r.Limits, p.limit(kind, key, value))
	})
	if value.Kind == yaml.MappingNode && len(value.Content) == 0 {
		p.fail(key, "group %q names no kind: to withdraw a rule, revoke it", group)
	}
	return r
}

func (p *parser) limit(kind string, key, value *yaml.Node) Limit {
	l := Limit{Kind: kind, Age: defaultAge, Ahead: defaultAhead, Samples: defaultSamples}
	if _, ok := bytesOf(kind); !ok || !isCode(kind) {
		p.fail(key, "kind %q: want a LOINC code such as 8867-4", kind)
	}
	var unit, span bool
	p.pairs(value, "unit, range and the like", func(name string, key, value *yaml.Node) {
		switch name {
		case "unit":
			unit = true
			l.Unit = value.Value
			if _, ok := bytesOf(l.Unit); !ok || !isCode(l.Unit) || value.Kind != yaml.ScalarNode {
				p.fail(value, "unit %q: want a UCUM code such as /min", value.Value)
			}
		case "range":
			span = true
			l.Min, l.Max = p.span(value)
		case "rate":
			l.Rate = p.count(value)
		case "samples":
			l.Samples = p.count(value)
		case "age":
			l.Age = p.duration(value)
		case "ahead":
			l.Ahead = p.duration(value)
		default:
			p.fail(key, "%q: want unit, range, rate, samples, age or ahead", name)
		}
	})
	if value.Kind == yaml.MappingNode && !unit {
		p.fail(key, "kind %s: unit is missing", kind)
	}
	if value.Kind == yaml.MappingNode && !span {
		p.fail(key, "kind %s: range is missing", kind)
	}
	return l
}

func (p *parser) span(n *yaml.Node) (low, high int64) {
	if n.Kind != yaml.SequenceNode || len(n.Content) != 2 {
		p.fail(n, "want a range such as [20, 250]")
		return 0, 0
	}
	var ends [2]int64
	for i, c := range n.Content {
		v, err := parseMicro(c.Value)
		if err != nil {
			p.fail(c, "%v", err)
			return 0, 0
		}
		ends[i] = v
	}
	if ends[0] > ends[1] {
		p.fail(n, "the range is empty: %s is above %s", n.Content[0].Value, n.Content[1].Value)
	}
	return ends[0], ends[1]
}

func (p *parser) count(n *yaml.Node) uint32 {
	v, err := ParseCount(n.Value)
	if err != nil {
		p.fail(n, "%v", err)
	}
	return v
}

func (p *parser) duration(n *yaml.Node) time.Duration {
	d, err := ParseSpan(n.Value)
	if err != nil {
		p.fail(n, "%v", err)
	}
	return d
}

// ParseValue reads a decimal number with at most six places as millionths.
func ParseValue(s string) (int64, error) { return parseMicro(s) }

// ParseCount reads a whole number above 0, or "none" as 0.
func ParseCount(s string) (uint32, error) {
	if s == none {
		return 0, nil
	}
	v, err := strconv.ParseUint(s, 10, 32)
	if err != nil || v == 0 {
		return 0, fmt.Errorf("%q: want a whole number above 0, or none", s)
	}
	return uint32(v), nil
}

// ParseSpan reads a time such as "24h" of whole milliseconds, at most ten
// years, or "none" as 0.
func ParseSpan(s string) (time.Duration, error) {
	if s == none {
		return 0, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 || d%time.Millisecond != 0 || d > maxSpan {
		return 0, fmt.Errorf("%q: want a time such as 24h or 500ms, at most ten years, or none", s)
	}
	return d, nil
}

// maxSpan is the contract's MAX_SPAN.
const maxSpan = 3650 * 24 * time.Hour

// maxGroup is the contract's MAX_GROUP_BYTES.
const maxGroup = 128

// badGroup says what the contract would not like about a group.
func badGroup(group string) string {
	if group == "" {
		return ""
	}
	if len(group) > maxGroup {
		return "longer than 128 bytes"
	}
	for part := range strings.SplitSeq(group, "/") {
		if part == "" {
			return "a part is empty"
		}
		if !isCode(part) {
			return "not printable ASCII"
		}
	}
	return ""
}

// isCode reports whether s is printable ASCII without spaces, and not empty.
func isCode(s string) bool {
	for i := range len(s) {
		if s[i] <= 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return s != ""
}
