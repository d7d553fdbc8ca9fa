package rule

import (
	"fmt"
	"strings"
)

// Format writes rules as a file that [Parse] reads, with versions in comments.
// Revoked rules and limits stand in comments altogether.
func Format(rules []Rule) string {
	var b strings.Builder
	for i, r := range rules {
		if i > 0 {
			b.WriteByte('\n')
		}
		mark := ""
		if r.Revoked {
			mark = "# revoked: "
		}
		fmt.Fprintf(&b, "%s%s:  # version %d\n", mark, scalar(r.Group), r.Version)
		for _, l := range r.Limits {
			mark := mark
			if l.Revoked && mark == "" {
				mark = "# revoked: "
			}
			fmt.Fprintf(&b, "%s  %s: %s  # version %d\n", mark, scalar(l.Kind), FormatLimit(l), l.Version)
		}
	}
	return b.String()
}

// FormatLimit writes a limit as it stands in a rule file.
func FormatLimit(l Limit) string {
	parts := []string{
		"unit: " + scalar(l.Unit),
		fmt.Sprintf("range: [%v, %v]", microOf(l.Min), microOf(l.Max)),
	}
	if l.Rate != 0 {
		parts = append(parts, fmt.Sprintf("rate: %d", l.Rate))
	}
	if l.Samples != defaultSamples {
		parts = append(parts, "samples: "+orNone(l.Samples == 0, fmt.Sprint(l.Samples)))
	}
	if l.Age != defaultAge {
		parts = append(parts, "age: "+orNone(l.Age == 0, l.Age.String()))
	}
	if l.Ahead != defaultAhead {
		parts = append(parts, "ahead: "+orNone(l.Ahead == 0, l.Ahead.String()))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func orNone(is bool, otherwise string) string {
	if is {
		return none
	}
	return otherwise
}

// scalar writes a name as YAML: plain where that is sure to be read back as it
// is, else in double quotes.
func scalar(s string) string {
	plain := s != ""
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '/'
		if !letter && (i == 0 || c != '-' && c != '.' && c != '_') {
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
