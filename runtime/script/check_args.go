package script

import (
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/kind"
)

// argSpecs are the arguments that an instance takes; known is false when its
// type is not.
func (in *inst) argSpecs() (specs []flow.ArgSpec, known bool) {
	switch {
	case in.spec != nil:
		return in.spec.Args, true
	case in.comp != nil:
		for _, param := range in.comp.comp.Params {
			specs = append(specs, flow.ArgSpec{Name: param.Name, Required: param.Default == nil})
		}
		return specs, true
	}
	return nil, false
}

// checkArgs looks at the arguments of an instance.
func (p *program) checkArgs(b *block, in *inst) {
	specs, typed := in.argSpecs()
	given := map[string]Ident{}
	for _, a := range in.args {
		if old, ok := given[a.Name.Name]; ok {
			p.report(repeatedArg.at(p.file, a.Name.Span, a.Name.Name).see(old.Span, "given here first").
				help("leave one of them out"))
		}
		given[a.Name.Name] = a.Name
		v, st := p.meaning(b).eval(a.Value)
		if !typed {
			continue
		}
		i := slices.IndexFunc(specs, func(s flow.ArgSpec) bool { return s.Name == a.Name.Name })
		if i < 0 {
			p.report(p.excess(in, a, specs))
		} else if st == known {
			p.softly(b, func() { p.checkArg(specs[i], a, v.value) })
		}
	}
	for _, s := range specs {
		if _, ok := given[s.Name]; ok {
			continue
		}
		if s.Required {
			p.report(missingArg.at(p.file, in.where, s.Name).help("%s", oneLine(in.typ+"("+s.Name+"=...)", s.Doc)))
		} else {
			p.report(defaultArg.at(p.file, in.where, s.Name))
		}
	}
}

// checkArg looks at the kind of an argument's value.
func (p *program) checkArg(s flow.ArgSpec, a Arg, v flow.Value) {
	ok, why := p.fits(s, v)
	if ok {
		return
	}
	want := p.kind(s.Kind)
	if is, must := wordsOf(v), want.Words(); is != must && !strings.HasPrefix(why, "in ") && !strings.Contains(why, "fraction") {
		why = "is " + is + ", not " + must
	} else {
		why = "doesn't fit: " + why
	}
	i := wrongArg.at(p.file, a.Value.Where(), s.Name, why)
	if s.Doc != "" {
		i = i.help("%s takes %s: %s", s.Name, want, s.Doc)
	}
	if text, isText := v.(string); isText && want.String() == "number" && number(text) {
		i = i.put(a.Value.Where(), text, "write the number without quotes")
	}
	p.report(i)
}

func number(s string) bool {
	_, issues := Parse("", []byte("define N = "+s))
	return len(issues) == 0 && strings.Trim(s, "-.0123456789") == ""
}

// wordsOf is what a value is, for people: "a string".
func wordsOf(v flow.Value) string { return kind.Of(v).Words() }

func oneLine(what, doc string) string {
	if doc == "" {
		return "give " + what
	}
	return "give " + what + ": " + doc
}

// excess is the issue with an argument that the type does not have.
func (p *program) excess(in *inst, a Arg, specs []flow.ArgSpec) Issue {
	var free, all []string
	for _, s := range specs {
		all = append(all, s.Name)
		if !slices.ContainsFunc(in.args, func(a Arg) bool { return a.Name.Name == s.Name }) {
			free = append(free, s.Name)
		}
	}
	i := excessArg.at(p.file, a.Name.Span, a.Name.Name).meant(a.Name.Span, a.Name.Name, free)
	return i.or("%s takes %s", in.typ, listed(all, "no arguments"))
}

// checkActors makes each actor, not to run it but to see whether it takes its
// arguments. What an error says of one argument is told there.
func (x *expander) checkActors() {
	told := map[Span]bool{}
	for _, a := range x.actors {
		_, err := x.acts(a.Type, a.Args)
		if err == nil {
			continue
		}
		at := a.inst.where
		for _, arg := range a.inst.args {
			if strings.HasPrefix(err.Error(), "argument "+arg.Name.Name+":") {
				at = arg.Value.Where()
			}
		}
		if !told[at] {
			told[at] = true
			x.report(refusedArgs.at(x.file, at, a.Type, err).help("wardflow actors %s says what it takes", a.Type))
		}
	}
}
