package kind

import (
	"maps"
	"slices"
	"strings"
)

// Fits reports whether a token of the kind from could be one of the kind to,
// and if none could, why: "a string is not a number".
func Fits(from, to Kind) (ok bool, why string) {
	if from.IsAny() || from.never || to.IsAny() {
		return true, ""
	}
	if to.never {
		return false, "nothing is wanted here"
	}
	for i := range from.terms {
		f := &from.terms[i]
		// Every link may carry the end of a stream, whatever the in-port says
		// of its other tokens.
		if f.name == "eos" {
			if len(from.terms) == 1 {
				return true, ""
			}
			continue
		}
		for j := range to.terms {
			ok, reason := fits(f, &to.terms[j])
			if ok {
				return true, ""
			}
			if len(from.terms) == 1 && len(to.terms) == 1 {
				why = reason
			}
		}
	}
	if why == "" {
		why = words(from) + " is not " + words(to)
	}
	return false, why
}

func fits(from, to *term) (bool, string) {
	if open(from) || open(to) {
		return true, ""
	}
	differ := words(Kind{terms: []term{*from}}) + " is not " + words(Kind{terms: []term{*to}})
	switch {
	case isNumber(from) && isNumber(to):
		if from.unit != "" && to.unit != "" && from.unit != to.unit {
			return false, "the unit " + from.unit + " is not " + to.unit
		}
		return true, ""
	case isDict(from) && isDict(to):
		return fitsDict(from, to)
	case from.name != to.name:
		return false, differ
	case from.name == "list":
		if ok, why := Fits(from.item(), to.item()); !ok {
			return false, "in the list, " + why
		}
	}
	return true, ""
}

// open reports whether the term says nothing yet: it stands for what is known
// only in a graph.
func open(t *term) bool { return t.name == "like" || t.name == "arg" }

func isNumber(t *term) bool { return t.name == "number" || t.name == "integer" }

func isDict(t *term) bool { return t.name == "dict" || t.name == "record" }

// fitsDict compares dictionaries. A record may have more than is asked for.
func fitsDict(from, to *term) (bool, string) {
	if from.name == "dict" && to.name == "dict" {
		if ok, why := Fits(from.item(), to.item()); !ok {
			return false, "in the dictionary, " + why
		}
		return true, ""
	}
	if to.name == "dict" {
		for _, f := range from.fields {
			if ok, why := Fits(f.kind, to.item()); !ok && !f.optional {
				return false, "in its " + f.name + ", " + why
			}
		}
		return true, ""
	}
	for _, want := range to.fields {
		have := from.item() // a dict may have the field
		if from.name == "record" {
			i := slices.IndexFunc(from.fields, func(f field) bool { return f.name == want.name })
			if i < 0 {
				if want.optional {
					continue
				}
				return false, "it has no " + want.name
			}
			have = from.fields[i].kind
		}
		if ok, why := Fits(have, want.kind); !ok && !want.optional {
			return false, "in its " + want.name + ", " + why
		}
	}
	return true, ""
}

var spoken = map[string]string{
	"null": "null", "bool": "true or false", "integer": "a whole number", "number": "a number", "string": "a string",
	"list": "a list", "dict": "a dictionary", "record": "a dictionary", "eos": "the end of a stream",
}

// words is a kind for people: "a string or null".
func words(k Kind) string {
	if k.IsAny() || k.never {
		return "anything"
	}
	var parts []string
	for i := range k.terms {
		t := &k.terms[i]
		s, ok := spoken[t.name]
		switch {
		case !ok:
			s = "a " + t.name
		case t.unit != "":
			s += " in " + t.unit
		}
		if !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " or " + parts[len(parts)-1]
}

// Words is the kind for people: "a string or null".
func (k Kind) Words() string { return words(k) }

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
