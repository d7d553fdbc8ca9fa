package control

import (
	"cmp"
	"slices"
	"strings"
)

// A script names its patients, and so does what is said of how a new one differs. Who
// looks sees the script without them.

// knowsPatients reports whether a caller may see whom an application is about: who
// sees refused readings as they are, or may deploy it and so writes it.
func (s *Server) knowsPatients(who Caller, app string) bool {
	return s.seesAll(who) || s.mayAsk(who, Ask{Do: "deploy", App: app}) == nil
}

// unnamedApp is an application whose script names no patient.
func unnamedApp(a App) App {
	a.Script = withoutNames(a.Script, a.Patients)
	if a.Includes != nil {
		texts := make(map[string]string, len(a.Includes))
		for name, text := range a.Includes {
			texts[name] = withoutNames(text, a.Patients)
		}
		a.Includes = texts
	}
	return a
}

// unnamedChanges are planned actors, in a list of their own, whose changes name no
// patient of what runs.
func unnamedChanges(all []Planned, patients []string) []Planned {
	all = slices.Clone(all)
	for i := range all {
		all[i].Changes = slices.Clone(all[i].Changes)
		for k, change := range all[i].Changes {
			all[i].Changes[k] = withoutNames(change, patients)
		}
	}
	return all
}

// withoutNames puts "…" for each name, the longest first: one may begin another. It
// would rather hide too much than too little, so a name is hidden within words, too.
func withoutNames(text string, names []string) string {
	names = slices.SortedFunc(slices.Values(names), func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, name := range names {
		if name != "" {
			text = strings.ReplaceAll(text, name, "…")
		}
	}
	return text
}
