package merge

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// A plan is how the fields of a struct type are written, found out once.
type plan struct {
	fields []field
	byName map[string]int // in fields; also by a list's name with "new" in front
}

type field struct {
	name   string
	key    []byte // `"name":`
	index  []int
	typ    reflect.Type
	empty  bool    // omitempty
	zero   bool    // omitzero
	deep   bool    // a patch has members of it
	at     int     // in the struct, where it is not of an embedded one; otherwise -1
	offset uintptr // in the struct, in bytes
	size   uintptr // and how many it has; 0: it is reached by index only
	bare   bool    // a plain string, number or truth value
	by     *field  // of a list by key: the key of an item
	items  *plan   // and how those are written
	byName string  // and what it is called
	most   int     // of a list of the newest: how long it gets
	newest string  // and what its front is called: "newEvents"
}

var plans sync.Map // reflect.Type → *plan

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := &plan{byName: map[string]int{}}
	for _, f := range reflect.VisibleFields(t) {
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" || f.Anonymous && name == "" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		if _, shadowed := p.byName[name]; shadowed {
			continue
		}
		fd := field{name: name, key: append(quoted(nil, name), ':'), index: f.Index, typ: f.Type,
			empty: has(rest, "omitempty"), zero: has(rest, "omitzero"), at: -1}
		if len(f.Index) == 1 {
			fd.at = f.Index[0]
		}
		fd.lies(t)
		fd.bare = bare(f.Type)
		_, fd.deep = inside(f.Type)
		fd.lists(t, f.Tag.Get("merge"))
		if fd.most > 0 {
			p.byName[fd.newest] = len(p.fields)
		}
		p.byName[name] = len(p.fields)
		p.fields = append(p.fields, fd)
	}
	made, _ := plans.LoadOrStore(t, p)
	return made.(*plan)
}

func has(options, want string) bool {
	for o := range strings.SplitSeq(options, ",") {
		if o == want {
			return true
		}
	}
	return false
}

// lists reads the tag "merge". A tag that can't be is a mistake of ours.
func (f *field) lists(in reflect.Type, tag string) {
	how, what, _ := strings.Cut(tag, "=")
	switch how {
	case "":
	case "by":
		items := planOf(f.typ.Elem())
		i, ok := items.byName[what]
		if !ok || items.fields[i].typ.Kind() != reflect.String {
			panic(fmt.Sprintf("merge: %v.%s: items have no name %q", in, f.name, what))
		}
		f.by, f.items, f.byName = &items.fields[i], items, what
	case "newest":
		n, err := strconv.Atoi(what)
		if err != nil || n < 1 {
			panic(fmt.Sprintf("merge: %v.%s: %q is no length", in, f.name, what))
		}
		f.most, f.newest = n, "new"+strings.ToUpper(f.name[:1])+f.name[1:]
	default:
		panic(fmt.Sprintf("merge: %v.%s: tag %q", in, f.name, tag))
	}
}

// of is the field of a struct.
func (f *field) of(v reflect.Value) reflect.Value {
	if f.at >= 0 {
		return v.Field(f.at)
	}
	return v.FieldByIndex(f.index)
}

// absent reports whether encoding/json leaves a field out, or writes null: to a
// merge patch both are the same.
func (f *field) absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return v.IsNil()
	case reflect.Map, reflect.Slice:
		return v.IsNil() || f.empty && v.Len() == 0
	case reflect.Struct, reflect.Array:
		return f.zero && v.IsZero()
	}
	return (f.empty || f.zero) && v.IsZero()
}

var (
	marshaler = reflect.TypeFor[json.Marshaler]()
	texter    = reflect.TypeFor[encoding.TextMarshaler]()
)

// opaque reports whether a type writes itself, so that nothing is known of what
// is in it.
func opaque(t reflect.Type) bool {
	if is, ok := opaques.Load(t); ok {
		return is.(bool)
	}
	p := reflect.PointerTo(t)
	is := t.Implements(marshaler) || p.Implements(marshaler) || t.Implements(texter) || p.Implements(texter)
	opaques.Store(t, is)
	return is
}

var opaques sync.Map // reflect.Type → bool

// An inside is what a value is, to be gone into: a struct or a map by names, of
// which a patch has members. Pointers are gone through.
func inside(t reflect.Type) (members reflect.Type, ok bool) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct:
		return t, !opaque(t)
	case reflect.Map:
		return t, t.Key().Kind() == reflect.String && !opaque(t) && !opaque(t.Key())
	}
	return nil, false
}
