package rule

import (
	"fmt"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Format writes rules as a file that [Parse] reads, with versions in comments.
// Retired rules stand in comments altogether.
func Format(rules []Rule) string {
	var b strings.Builder
	for i, r := range rules {
		if i > 0 {
			b.WriteByte('\n')
		}
		r = fold(r)
		mark := ""
		if r.Revoked {
			mark = "# retired: "
		}
		fmt.Fprintf(&b, "%s%s:", mark, phrase(r.Scope()))
		if r.Version != 0 {
			fmt.Fprintf(&b, "  # version %d", r.Version)
		}
		b.WriteByte('\n')
		for _, line := range r.lines() {
			fmt.Fprintf(&b, "%s  %s\n", mark, line)
		}
	}
	return b.String()
}

// lines are what a rule says, a line of its file each.
func (r *Rule) lines() (lines []string) {
	if r.Mode != flow.Anchored {
		lines = append(lines, modeKey+": "+r.Mode.String())
	}
	for _, l := range r.Limits {
		lines = append(lines, scalar(l.Kind)+": {"+strings.Join(append(limitWords(l), r.beside(l.Kind)...), ", ")+"}")
	}
	if len(r.Codes) > 0 {
		lines = append(lines, contractsKey+": ["+addresses(r.Codes)+"]")
	}
	return lines
}

// beside is what a rule says of the readings of a kind together with others.
func (r *Rule) beside(kind string) (words []string) {
	for _, s := range r.Slopes {
		if s.Kind != kind {
			continue
		}
		if s.Step != 0 {
			words = append(words, "steepest: "+phrase(s.steep()))
		}
		if s.Stuck != 0 {
			words = append(words, "stuck: "+phrase(s.stuck()))
		}
		if s.Past != MaxPast {
			words = append(words, fmt.Sprintf("past: %d", s.Past))
		}
	}
	var agrees []string
	for _, a := range r.Agreements {
		if a.Kind == kind {
			agrees = append(agrees, phrase(a.String()))
		}
	}
	switch len(agrees) {
	case 0:
		return words
	case 1:
		return append(words, "agrees: "+agrees[0])
	}
	return append(words, "agrees: ["+strings.Join(agrees, ", ")+"]")
}

// FormatLimit writes a limit as it stands in a rule file.
func FormatLimit(l Limit) string { return "{" + strings.Join(limitWords(l), ", ") + "}" }

func limitWords(l Limit) []string {
	words := []string{
		"unit: " + scalar(l.Unit),
		fmt.Sprintf("range: [%v, %v]", microOf(l.Min), microOf(l.Max)),
	}
	if l.Rate != 0 {
		words = append(words, fmt.Sprintf("rate: %d", l.Rate))
	}
	if l.Samples != defaultSamples {
		words = append(words, "samples: "+orNone(l.Samples == 0, fmt.Sprint(l.Samples)))
	}
	if l.Bytes != 0 {
		words = append(words, fmt.Sprintf("bytes: %d", l.Bytes))
	}
	if l.Age != defaultAge {
		words = append(words, "age: "+orNone(l.Age == 0, spanText(l.Age)))
	}
	if l.Ahead != defaultAhead {
		words = append(words, "ahead: "+orNone(l.Ahead == 0, spanText(l.Ahead)))
	}
	if l.Fields != 0 {
		words = append(words, "needs: ["+strings.Join(l.Fields.Names(), ", ")+"]")
	}
	return words
}

func addresses(all []chain.Address) string {
	words := make([]string, len(all))
	for i, a := range all {
		words[i] = `"` + a.Hex() + `"` // plain it would be a number
	}
	return strings.Join(words, ", ")
}

// spanText is a time as people write it: 10m, where Go has 10m0s.
func spanText(d time.Duration) string {
	s := d.String()
	if rest, ok := strings.CutSuffix(s, "m0s"); ok {
		s = rest + "m"
	}
	if rest, ok := strings.CutSuffix(s, "h0m"); ok {
		s = rest + "h"
	}
	return s
}

func orNone(is bool, otherwise string) string {
	if is {
		return none
	}
	return otherwise
}

// scalar writes a name as YAML: plain where that is sure to be read back as it
// is, else in double quotes.
func scalar(s string) string { return plainWith(s, "-._") }

// phrase is scalar for several words.
func phrase(s string) string { return plainWith(s, "-._ /") }

// plainWith writes s plain if it has letters, digits, slashes and, behind the
// first, of the others only.
func plainWith(s, others string) string {
	plain := s != ""
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '/'
		if !letter && (i == 0 || !strings.ContainsRune(others, rune(c))) {
			plain = false
		}
	}
	if plain {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// DefaultLimit is a limit with what a rule file leaves out filled in.
func DefaultLimit() Limit {
	return Limit{Age: defaultAge, Ahead: defaultAhead, Samples: defaultSamples}
}
