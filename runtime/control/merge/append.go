package merge

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"time"
)

// Append writes to b the patch that makes from into to, which are structs, and
// reports whether there is anything in it. Neither is changed.
func Append[T any](b []byte, from, to *T) ([]byte, bool) {
	return members(b, reflect.ValueOf(from).Elem(), reflect.ValueOf(to).Elem())
}

// members writes the object of what changed in a struct or a map; without any it
// is "{}" and false.
func members(b []byte, from, to reflect.Value) ([]byte, bool) {
	if to.Kind() != reflect.Map {
		return planOf(to.Type()).members(b, from, to)
	}
	start := len(b)
	b = closed(mapMembers(append(b, '{'), from, to))
	return b, len(b) > start+2
}

// members is the same for structs of the plan's type.
func (p *plan) members(b []byte, from, to reflect.Value) ([]byte, bool) {
	start := len(b)
	b = append(b, '{')
	was, is := where(from), where(to)
	for i := range p.fields {
		if f := &p.fields[i]; !f.still(was, is) {
			b = f.append(b, f.of(from), f.of(to))
		}
	}
	b = closed(b)
	return b, len(b) > start+2
}

// closed ends an object, of which each member has a comma behind it.
func closed(b []byte) []byte {
	return append(bytes.TrimSuffix(b, []byte(",")), '}')
}

// append writes `"name":…,` if a field changed, otherwise nothing.
func (f *field) append(b []byte, from, to reflect.Value) []byte {
	was, is := !f.absent(from), !f.absent(to)
	start := len(b)
	switch {
	case !is && !was:
		return b
	case !is:
		return append(append(b, f.key...), "null,"...)
	case was && f.bare:
		if same(from, to) {
			return b
		}
		return append(written(append(b, f.key...), to), ',')
	case was && f.by != nil:
		if b, ok := f.byKey(append(b, f.key...), from, to); ok {
			return append(b, ',')
		}
		return b[:start]
	case was && f.most > 0:
		k, only := f.front(from, to)
		if only && k == 0 {
			return b
		}
		if only && from.Len() > 0 {
			return append(whole(append(quoted(b, f.newest), ':'), to.Slice(0, k)), ',')
		}
	case was:
		return changed(b, f.key, from, to, f.deep)
	}
	return append(whole(append(b, f.key...), to), ',')
}

// changed writes `"name":…,` for a value that was there and is there. Where deep,
// it is gone into.
func changed(b, key []byte, from, to reflect.Value, deep bool) []byte {
	if deep {
		start := len(b)
		if b, any := members(append(b, key...), reflect.Indirect(from), reflect.Indirect(to)); any {
			return append(b, ',')
		}
		return b[:start]
	}
	if same(from, to) {
		return b
	}
	start := len(b)
	b = append(b, key...)
	mark := len(b)
	if b = whole(b, to); b[mark] == '{' {
		is := bytes.Clone(b[mark:])
		return loose(b[:start], key, whole(nil, from), is)
	}
	return append(b, ',')
}

// loose is changed for what writes itself as an object: to write it whole would
// leave members of the old one standing.
func loose(b, key, from, to []byte) []byte {
	var was, is map[string]any
	if json.Unmarshal(from, &was) != nil || json.Unmarshal(to, &is) != nil {
		return append(append(append(b, key...), to...), ',')
	}
	return append(looseMembers(append(b, key...), was, is), ',')
}

func looseMembers(b []byte, was, is map[string]any) []byte {
	b = append(b, '{')
	for name := range was {
		if is[name] == nil {
			b = append(quoted(b, name), ":null,"...)
		}
	}
	for name, v := range is {
		old, isObject := was[name].(map[string]any)
		if v == nil || reflect.DeepEqual(was[name], v) {
			continue
		}
		b = append(quoted(b, name), ':')
		if fresh, ok := v.(map[string]any); ok && isObject {
			b = looseMembers(b, old, fresh)
		} else {
			b = encoded(b, v)
		}
		b = append(b, ',')
	}
	return closed(b)
}

func mapMembers(b []byte, from, to reflect.Value) []byte {
	for it := from.MapRange(); it.Next(); {
		if !to.MapIndex(it.Key()).IsValid() {
			b = append(append(quoted(b, it.Key().String()), ':'), "null,"...)
		}
	}
	_, deep := inside(to.Type().Elem())
	for it := to.MapRange(); it.Next(); {
		key := append(quoted(nil, it.Key().String()), ':')
		if was := from.MapIndex(it.Key()); was.IsValid() {
			b = changed(b, key, was, it.Value(), deep)
		} else {
			b = append(whole(append(b, key...), it.Value()), ',')
		}
	}
	return b
}

// byKey writes a list by the keys of its items, and reports whether anything
// changed. Both lists are sorted by them, as a rule, so that one walk finds what
// belongs together; where one is not, it is written as it comes.
func (f *field) byKey(b []byte, from, to reflect.Value) ([]byte, bool) {
	start := len(b)
	b = append(b, '{')
	next := 0
	var old map[string]int // where from is not in the order of to
	for i := range to.Len() {
		item := to.Index(i)
		key := f.keyOf(to, i)
		was := ""
		for ; next < from.Len(); next++ {
			if was = f.keyOf(from, next); was >= key {
				break
			}
		}
		at := next
		if at >= from.Len() || was != key {
			if old == nil {
				old = f.keys(from)
			}
			var ok bool
			if at, ok = old[key]; !ok {
				b = append(whole(append(quoted(b, key), ':'), item), ',')
				continue
			}
		}
		mark := len(b)
		var any bool
		if b, any = f.items.members(append(quoted(b, key), ':'), from.Index(at), item); any {
			b = append(b, ',')
		} else {
			b = b[:mark]
		}
	}
	b = closed(f.gone(b, from, to))
	return b, len(b) > start+2
}

func (f *field) keys(list reflect.Value) map[string]int {
	at := make(map[string]int, list.Len())
	for i := range list.Len() {
		at[f.keyOf(list, i)] = i
	}
	return at
}

// gone writes null for each item that is not there any more.
func (f *field) gone(b []byte, from, to reflect.Value) []byte {
	if from.Len() == to.Len() {
		all := true
		for i := 0; all && i < to.Len(); i++ {
			all = f.keyOf(from, i) == f.keyOf(to, i)
		}
		if all {
			return b
		}
	}
	is := f.keys(to)
	for i := range from.Len() {
		key := f.keyOf(from, i)
		if _, ok := is[key]; !ok {
			b = append(append(quoted(b, key), ':'), "null,"...)
		}
	}
	return b
}

// front is how many items came to the front of a list of the newest, and whether
// nothing else happened to it than that.
func (f *field) front(from, to reflect.Value) (k int, only bool) {
	for k := range to.Len() + 1 {
		if to.Len() == min(f.most, from.Len()+k) && sameItems(from, to, k) {
			return k, true
		}
	}
	return 0, false
}

// sameItems reports whether to, from its item k on, is how from begins.
func sameItems(from, to reflect.Value, k int) bool {
	for i := k; i < to.Len(); i++ {
		if !same(from.Index(i-k), to.Index(i)) {
			return false
		}
	}
	return true
}

// whole writes a value as encoding/json does, with fractions to four digits where
// it stands by itself.
func whole(b []byte, v reflect.Value) []byte {
	if bare(v.Type()) {
		return written(b, v)
	}
	return encoded(b, v.Interface())
}

// bare reports whether a type is a plain string, number or truth value.
func bare(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Int32, reflect.Uint, reflect.Uint64, reflect.Uint32, reflect.Float64, reflect.Float32:
		return !opaque(t)
	}
	return false
}

// written writes a bare value.
func written(b []byte, v reflect.Value) []byte {
	switch {
	case v.Kind() == reflect.String:
		return quoted(b, v.String())
	case v.Kind() == reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case v.CanInt():
		return strconv.AppendInt(b, v.Int(), 10)
	case v.CanUint():
		return strconv.AppendUint(b, v.Uint(), 10)
	}
	return number(b, v.Float())
}

// encoded writes what encoding/json does. What it can't is null.
func encoded(b []byte, v any) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false) // a link's name has a ">" in it
	if enc.Encode(v) != nil {
		return append(b, "null"...)
	}
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}

// quoted writes a string of JSON.
func quoted(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			return encoded(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// same reports whether two values of one type are written the same.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.String:
		return a.String() == b.String()
	case reflect.Bool:
		return a.Bool() == b.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return a.Int() == b.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return a.Uint() == b.Uint()
	case reflect.Float32, reflect.Float64:
		return sameNumber(a.Float(), b.Float())
	case reflect.Pointer:
		if a.Pointer() == b.Pointer() {
			return true
		}
		return !a.IsNil() && !b.IsNil() && same(a.Elem(), b.Elem())
	case reflect.Slice:
		return a.Len() == b.Len() && (a.Pointer() == b.Pointer() || sameItems(a, b, 0))
	case reflect.Struct:
		return sameStruct(a, b)
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

func sameStruct(a, b reflect.Value) bool {
	if a.Type() == timeType {
		return timeOf(a).Equal(timeOf(b))
	}
	if opaque(a.Type()) {
		return reflect.DeepEqual(a.Interface(), b.Interface())
	}
	fields := planOf(a.Type()).fields
	for i := range fields {
		if f := &fields[i]; !same(f.of(a), f.of(b)) {
			return false
		}
	}
	return true
}

var timeType = reflect.TypeFor[time.Time]()

func timeOf(v reflect.Value) time.Time {
	if v.CanAddr() {
		return *v.Addr().Interface().(*time.Time) // allocates nothing
	}
	return v.Interface().(time.Time)
}
