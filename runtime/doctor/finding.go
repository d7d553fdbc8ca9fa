package doctor

import (
	"cmp"
	"fmt"
	"slices"
)

// A State says how serious a finding is.
type State string

// The states, the worst last.
const (
	Good    State = "good"
	Skipped State = "skipped" // it could not be looked at: Found says why
	Warning State = "warning" // it will be bad, or is not as good as it should be
	Bad     State = "bad"
)

// A Finding is what one look has shown.
type Finding struct {
	Check string `json:"check"`          // "clock", "certificate": what was looked at
	About string `json:"about"`          // the node, file or address that it is about
	State State  `json:"state"`          //
	Found string `json:"found"`          // what was found, in words
	Mend  string `json:"mend,omitempty"` // what to do; "" for what is good
}

// A Report is what one visit of the doctor has found.
type Report struct {
	APIVersion string    `json:"apiVersion"`
	Bad        int       `json:"bad"`
	Warnings   int       `json:"warnings"`
	Items      []Finding `json:"items"` // in the order of the checks
}

// Reported puts findings together: what belongs to one check stands together, in
// the order in which the checks first came.
func Reported(apiVersion string, all []Finding) Report {
	r := Report{APIVersion: apiVersion, Items: slices.Clone(all)}
	order := map[string]int{}
	for _, f := range all {
		if _, known := order[f.Check]; !known {
			order[f.Check] = len(order)
		}
		switch f.State {
		case Bad:
			r.Bad++
		case Warning:
			r.Warnings++
		}
	}
	slices.SortStableFunc(r.Items, func(a, b Finding) int { return cmp.Compare(order[a.Check], order[b.Check]) })
	if r.Items == nil {
		r.Items = []Finding{}
	}
	return r
}

// Sentence is the report in a line.
func (r Report) Sentence() string {
	switch {
	case r.Bad == 0 && r.Warnings == 0:
		return "nothing is wrong"
	case r.Bad == 0:
		return fmt.Sprintf("%s, nothing that stops anything yet", count(r.Warnings, "warning"))
	case r.Warnings == 0:
		return fmt.Sprintf("%s wrong", count(r.Bad, "thing")+are(r.Bad))
	}
	return fmt.Sprintf("%s wrong, and %s", count(r.Bad, "thing")+are(r.Bad), count(r.Warnings, "warning"))
}

func are(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func good(check, about, format string, args ...any) Finding {
	return Finding{Check: check, About: about, State: Good, Found: fmt.Sprintf(format, args...)}
}

func warning(check, about, mend, format string, args ...any) Finding {
	return Finding{Check: check, About: about, State: Warning, Found: fmt.Sprintf(format, args...), Mend: mend}
}

func bad(check, about, mend, format string, args ...any) Finding {
	return Finding{Check: check, About: about, State: Bad, Found: fmt.Sprintf(format, args...), Mend: mend}
}

// Skip is a finding about what could not be looked at.
func Skip(check, about, why string) Finding {
	return Finding{Check: check, About: about, State: Skipped, Found: why}
}
