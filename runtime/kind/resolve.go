package kind

// Refs are the in-ports that the kind is like, and the arguments whose kind it
// takes.
func (k Kind) Refs() (like, arg []string) {
	for _, t := range k.terms {
		switch t.name {
		case "like":
			like = append(like, t.ref)
		case "arg":
			arg = append(arg, t.ref)
		}
		if t.elem != nil {
			l, a := t.elem.Refs()
			like, arg = append(like, l...), append(arg, a...)
		}
		for _, f := range t.fields {
			l, a := f.kind.Refs()
			like, arg = append(like, l...), append(arg, a...)
		}
	}
	return like, arg
}

// With is the kind with like(port) and arg(name) replaced by what the functions
// say of them.
func (k Kind) With(like, arg func(name string) Kind) Kind {
	if !k.refers() {
		return k
	}
	var all []Kind
	for _, t := range k.terms {
		switch {
		case t.name == "like":
			all = append(all, like(t.ref))
			continue
		case t.name == "arg":
			all = append(all, arg(t.ref))
			continue
		case t.elem != nil:
			e := t.elem.With(like, arg)
			if e.never {
				e = Any // an empty list: nothing is known of its items
			}
			t.elem = inner(e)
		}
		if t.fields != nil {
			fields := make([]field, len(t.fields))
			for i, f := range t.fields {
				f.kind = f.kind.With(like, arg)
				fields[i] = f
			}
			t.fields = fields
		}
		all = append(all, Kind{terms: []term{t}})
	}
	return Union(all...)
}

// refers reports whether a reference is in the kind.
func (k Kind) refers() bool {
	for _, t := range k.terms {
		if t.ref != "" || t.elem != nil && t.elem.refers() {
			return true
		}
		for _, f := range t.fields {
			if f.kind.refers() {
				return true
			}
		}
	}
	return false
}
