package kind

import "math"

// Of is the kind of a value as tokens carry it. What is no JSON value is any.
func Of(v any) Kind { return of(v, deepest) }

func of(v any, depth int) Kind {
	switch v := v.(type) {
	case nil:
		return word("null")
	case bool:
		return word("bool")
	case int64:
		return word("integer")
	case float64:
		return word("number")
	case string:
		return word("string")
	case []any:
		return ListOf(ofItems(v, depth))
	case map[string]any:
		if depth == 0 {
			return DictOf(Any)
		}
		fields := make(map[string]Kind, len(v))
		for name, item := range v {
			fields[name] = of(item, depth-1)
		}
		return Record(fields)
	}
	return Any
}

// most is how many different kinds of items a list's kind keeps apart.
const most = 8

func ofItems(list []any, depth int) Kind {
	if len(list) == 0 || depth == 0 {
		return Any
	}
	k := Never
	for _, item := range list {
		k = Union(k, of(item, depth-1))
		if k.IsAny() || len(k.terms) > most {
			return Any
		}
	}
	return k
}

func word(name string) Kind { return Kind{terms: []term{{name: name}}} }

// Takes reports whether a value is of the kind, and if not why. It is exact
// where [Fits] has to guess: 2.5 is no integer, 3.0 is one.
func (k Kind) Takes(v any) (ok bool, why string) {
	if k.never {
		return false, "nothing is wanted here"
	}
	if k.IsAny() {
		return true, ""
	}
	for i := range k.terms {
		ok, reason := k.terms[i].takes(v)
		if ok {
			return true, ""
		}
		if len(k.terms) == 1 {
			why = reason
		}
	}
	if why == "" {
		why = words(Of(v)) + " is not " + words(k)
	}
	return false, why
}

func (t *term) takes(v any) (bool, string) {
	switch t.name {
	case "integer":
		if f, isFloat := v.(float64); isFloat && (f != math.Trunc(f) || math.Abs(f) >= 1<<53) {
			return false, "a number with a fraction is not a whole number"
		}
	case "list":
		if list, isList := v.([]any); isList {
			item := t.item()
			for _, v := range list {
				if ok, why := item.Takes(v); !ok {
					return false, "in the list, " + why
				}
			}
			return true, ""
		}
	case "dict":
		if dict, isDict := v.(map[string]any); isDict {
			return t.takesAll(dict)
		}
	case "record":
		if dict, isDict := v.(map[string]any); isDict {
			return t.takesFields(dict)
		}
	}
	return Fits(Of(v), Kind{terms: []term{*t}})
}

func (t *term) takesAll(dict map[string]any) (bool, string) {
	item := t.item()
	for _, name := range sorted(dict) {
		if ok, why := item.Takes(dict[name]); !ok {
			return false, "in its " + name + ", " + why
		}
	}
	return true, ""
}

func (t *term) takesFields(dict map[string]any) (bool, string) {
	for _, f := range t.fields {
		v, has := dict[f.name]
		if !has {
			if !f.optional {
				return false, "it has no " + f.name
			}
			continue
		}
		if ok, why := f.kind.Takes(v); !ok {
			return false, "in its " + f.name + ", " + why
		}
	}
	return true, ""
}
