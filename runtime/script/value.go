package script

import "github.com/wardflow/wardflow/runtime/flow"

// literal is the value of an expression that is not a name.
func literal(e Expr) flow.Value {
	switch e := e.(type) {
	case *Scalar:
		return e.Value
	case *List:
		list := make([]any, len(e.Items))
		for i, item := range e.Items {
			list[i] = literal(item)
		}
		return list
	case *Dict:
		dict := make(map[string]any, len(e.Items))
		for _, item := range e.Items {
			dict[item.Key.Value.(string)] = literal(item.Value)
		}
		return dict
	}
	return nil
}

// constants resolves what define gives names to. A constant may stand for one
// that is defined later.
func (p *program) constants() {
	defs := make(map[string]*Constant, len(p.file.Constants))
	for _, c := range p.file.Constants {
		if old, ok := defs[c.Name.Name]; ok {
			p.report(repeatedConst.at(p.file, c.Name.Span, c.Name.Name).see(old.Name.Span, "defined here first"))
			continue
		}
		defs[c.Name.Name] = c
	}
	bad := map[string]bool{} // reported, or led to one that was
	for _, c := range p.file.Constants {
		var trail []*Constant // the names followed from c, each standing for the next
		on := map[string]bool{}
		at := defs[c.Name.Name]
		value, ok := p.consts[at.Name.Name]
		for !ok && !bad[at.Name.Name] {
			trail, on[at.Name.Name] = append(trail, at), true
			ref, isName := at.Value.(*Name)
			if !isName {
				value, ok = literal(at.Value), true
				break
			}
			next, defined := defs[ref.Name]
			if !defined || on[ref.Name] {
				if defined || !p.lost[ref.Name] {
					p.report(p.deadEnd(at, ref, defined, defs))
				}
				break
			}
			at = next
			value, ok = p.consts[at.Name.Name]
		}
		for _, t := range trail {
			if ok {
				p.consts[t.Name.Name] = value
			} else {
				bad[t.Name.Name] = true
			}
		}
	}
	for name := range bad {
		p.lost[name] = true // using it is no second mistake
	}
}

// deadEnd is the issue with a constant that stands for no value.
func (p *program) deadEnd(c *Constant, ref *Name, defined bool, defs map[string]*Constant) Issue {
	if defined {
		return circularConst.at(p.file, ref.Span, c.Name.Name).help("give one of the constants a value")
	}
	return undefinedConst.at(p.file, ref.Span, ref.Name).help("%s", nearest(ref.Name, keys(defs)))
}

// kindOf names the kind of a value as ArgSpec.Kind does.
func kindOf(v flow.Value) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case int64, float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "list"
	}
	return "dict"
}

var kindWords = map[string]string{
	"null": "null", "bool": "true or false", "number": "a number", "string": "a string", "list": "a list", "dict": "a dictionary",
}

// fits reports whether a value may be given for an argument. Null may where it
// is the default.
func fits(a flow.ArgSpec, v flow.Value) bool {
	if a.Kind == "" || kindOf(v) == a.Kind {
		return true
	}
	return v == nil && !a.Required && a.Default == nil
}
