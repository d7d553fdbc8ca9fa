package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/wardflow/wardflow/runtime/ucum"
)

// What a file leaves out.
const (
	defaultAge     = 24 * time.Hour
	defaultAhead   = 2 * time.Second
	defaultSamples = 8192
)

// maxLimits is the contract's MAX_LIMITS.
const maxLimits = 64

// sides are what a rule says of several kinds, until all of them are read.
type sides struct {
	rule  *Rule
	kinds map[string]string // kind to unit
	pairs []pair
}

// A pair is an agreement with the place where it is said.
type pair struct {
	Agreement
	at    *yaml.Node
	other string // the kind that it is not said at
}

// limit reads what one kind must be, into s.
func (p *parser) limit(s *sides, kind string, key, value *yaml.Node) {
	l := Limit{Kind: kind, Age: defaultAge, Ahead: defaultAhead, Samples: defaultSamples}
	if _, ok := bytesOf(kind); !ok || !isCode(kind) {
		p.fail(key, "kind %q: want a LOINC code such as 8867-4", kind)
	}
	if len(s.rule.Limits) == maxLimits {
		p.fail(key, "kind %s: a rule has at most %d", kind, maxLimits)
	}
	found := map[string]*yaml.Node{}
	slope := Slope{Kind: kind, Past: MaxPast}
	p.pairs(value, "unit, range and the like", func(name string, key, value *yaml.Node) {
		found[name] = value
		switch name {
		case "unit":
			l.Unit = value.Value
			if value.Kind != yaml.ScalarNode {
				p.fail(value, "unit: want a UCUM code such as /min")
			} else if err := p.unit(l.Unit); err != nil {
				p.fail(value, "unit: %v", err)
			}
		case "range":
			l.Min, l.Max = p.span(value)
		case "rate":
			l.Rate = p.count(value)
		case "samples":
			l.Samples = p.count(value)
		case "bytes":
			l.Bytes = p.count(value)
		case "age":
			l.Age = p.duration(value)
		case "ahead":
			l.Ahead = p.duration(value)
		case "needs":
			l.Fields = p.fields(value)
		case "past":
			slope.Past = p.past(value)
		case "steepest", "stuck", "agrees": // the unit may come behind
		default:
			p.fail(key, "%q: want unit, range, rate, samples, bytes, age, ahead, needs, steepest, stuck, past or agrees", name)
		}
	})
	if value.Kind == yaml.MappingNode && found["unit"] == nil {
		p.fail(key, "kind %s: unit is missing", kind)
	}
	if value.Kind == yaml.MappingNode && found["range"] == nil {
		p.fail(key, "kind %s: range is missing", kind)
	}
	s.rule.Limits = append(s.rule.Limits, l)
	s.kinds[kind] = l.Unit
	if found["unit"] != nil {
		p.besides(s, slope, l.Unit, found)
	}
}

// unit checks a unit.
func (p *parser) unit(code string) error {
	if p.anyUnits {
		if _, ok := bytesOf(code); ok && isCode(code) {
			return nil
		}
	}
	return CheckUnit(code)
}

// CheckUnit checks the unit of a limit: a code of UCUM. Readings are compared with
// it letter by letter, so that one written otherwise would refuse them all.
func CheckUnit(code string) error {
	if err := ucum.Check(code); err != nil {
		return err
	}
	if _, ok := bytesOf(code); !ok {
		return fmt.Errorf("%q has more than the 32 bytes that the contract holds", code)
	}
	return nil
}

// besides reads what is said of a kind's readings together with others.
func (p *parser) besides(s *sides, slope Slope, unit string, found map[string]*yaml.Node) {
	var err error
	slope.Unit = unit
	if n := found["steepest"]; n != nil && n.Value != none {
		if slope.Step, slope.In, err = ParseSteep(n.Value, unit); err != nil {
			p.fail(n, "%v", err)
		}
	}
	if n := found["stuck"]; n != nil && n.Value != none {
		if slope.Stuck, slope.Jitter, err = ParseStuck(n.Value, unit); err != nil {
			p.fail(n, "%v", err)
		}
	}
	if slope.Step != 0 || slope.Stuck != 0 {
		s.rule.Slopes = append(s.rule.Slopes, slope)
	} else if n := found["past"]; n != nil {
		p.fail(n, "past is how far steepest and stuck look back: one of them is missing")
	}
	agrees := found["agrees"]
	if agrees == nil {
		return
	}
	for _, t := range p.texts(agrees, "an agreement such as 30 /min with 8889-8 within 10s") {
		a, err := ParseAgreement(t.Value, slope.Kind, unit)
		if err != nil {
			p.fail(t, "%v", err)
			continue
		}
		other := a.With
		if other == slope.Kind {
			other = a.Kind
		}
		s.pairs = append(s.pairs, pair{a, t, other})
	}
}

// agree holds the agreements against the kinds of the rule.
func (p *parser) agree(s *sides) {
	seen := map[[2]string]bool{}
	for _, a := range s.pairs {
		unit, ok := s.kinds[a.other]
		switch {
		case !ok:
			p.fail(a.at, "%q: the rule does not name kind %s: give it a line, as what agrees is of one rule", a.at.Value, a.other)
		case unit != a.Unit:
			p.fail(a.at, "%q: kind %s is in %s: only what has one unit can agree", a.at.Value, a.other, unit)
		case seen[[2]string{a.Kind, a.With}]:
			p.fail(a.at, "%q: that these two agree is said twice", a.at.Value)
		}
		seen[[2]string{a.Kind, a.With}], seen[[2]string{a.With, a.Kind}] = true, true
		s.rule.Agreements = append(s.rule.Agreements, a.Agreement)
	}
	slices.SortFunc(s.rule.Agreements, Agreement.compare)
}

// compare orders agreements as rule files have them.
func (a Agreement) compare(b Agreement) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.With, b.With))
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

func (p *parser) past(n *yaml.Node) uint8 {
	v, err := strconv.ParseUint(n.Value, 10, 8)
	if err != nil || v == 0 || v > MaxPast {
		p.fail(n, "%q: want 1 to %d", n.Value, MaxPast)
	}
	return uint8(v)
}

func (p *parser) fields(n *yaml.Node) (all Fields) {
	for _, t := range p.texts(n, "names of fields, such as [stream, period]") {
		f, err := ParseField(t.Value)
		if err != nil {
			p.fail(t, "%v", err)
		}
		all |= f
	}
	return all
}
