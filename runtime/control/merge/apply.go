package merge

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Apply gives doc, a struct, with a patch put on. What doc points to is left as
// it was and may be read meanwhile; what did not change is shared with it. A
// member that T does not know is passed over.
func Apply[T any](doc T, patch []byte) (T, error) {
	out := reflect.New(reflect.TypeFor[T]()).Elem()
	out.Set(reflect.ValueOf(&doc).Elem())
	if err := put(out, patch); err != nil {
		return doc, err
	}
	return out.Interface().(T), nil
}

// put merges an object into a struct or a map of names that is nobody else's.
func put(v reflect.Value, patch json.RawMessage) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(patch, &members); err != nil {
		return err
	}
	for name, value := range members {
		var err error
		if v.Kind() == reflect.Map {
			err = putKey(v, name, value)
		} else {
			p := planOf(v.Type())
			i, ok := p.byName[name]
			if !ok {
				continue
			}
			err = p.fields[i].put(p.fields[i].of(v), name, value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func putKey(m reflect.Value, name string, value json.RawMessage) error {
	key := reflect.ValueOf(name).Convert(m.Type().Key())
	if null(value) {
		m.SetMapIndex(key, reflect.Value{})
		return nil
	}
	item := reflect.New(m.Type().Elem()).Elem()
	if was := m.MapIndex(key); was.IsValid() {
		item.Set(was)
	}
	if err := set(item, value); err != nil {
		return err
	}
	m.SetMapIndex(key, item)
	return nil
}

func (f *field) put(v reflect.Value, name string, value json.RawMessage) error {
	switch {
	case null(value):
		v.SetZero()
		return nil
	case name == f.newest && f.most > 0:
		front := reflect.New(v.Type())
		if err := json.Unmarshal(value, front.Interface()); err != nil {
			return err
		}
		all := reflect.AppendSlice(front.Elem(), v)
		v.Set(all.Slice(0, min(all.Len(), f.most)))
		return nil
	case f.by != nil && strings.HasPrefix(string(value), "{"):
		return f.putByKey(v, value)
	}
	return set(v, value)
}

// set merges into a value what has members, and replaces any other.
func set(v reflect.Value, value json.RawMessage) error {
	t, ok := inside(v.Type())
	if !ok || null(value) {
		value, err := loosely(v, value)
		if err != nil {
			return err
		}
		fresh := reflect.New(v.Type())
		if err := json.Unmarshal(value, fresh.Interface()); err != nil {
			return err
		}
		v.Set(fresh.Elem())
		return nil
	}
	own := reflect.New(t).Elem() // others may read what v points to
	was := v
	if v.Kind() == reflect.Pointer {
		was = v.Elem()
	}
	switch {
	case t.Kind() == reflect.Map:
		own.Set(reflect.MakeMap(t))
		if was.IsValid() {
			for it := was.MapRange(); it.Next(); {
				own.SetMapIndex(it.Key(), it.Value())
			}
		}
	case was.IsValid():
		own.Set(was)
	}
	if err := put(own, value); err != nil {
		return err
	}
	if v.Kind() == reflect.Pointer {
		v.Set(own.Addr())
	} else {
		v.Set(own)
	}
	return nil
}

// loosely merges into what writes itself as an object, of which only JSON is known.
// Anything else is replaced.
func loosely(was reflect.Value, value json.RawMessage) (json.RawMessage, error) {
	var patch, old map[string]any
	if json.Unmarshal(value, &patch) != nil || json.Unmarshal(encoded(nil, was.Interface()), &old) != nil || old == nil {
		return value, nil
	}
	return json.Marshal(merged(old, patch))
}

func merged(old, patch map[string]any) map[string]any {
	for name, v := range patch {
		inner, isObject := v.(map[string]any)
		was, wasObject := old[name].(map[string]any)
		switch {
		case v == nil:
			delete(old, name)
		case isObject && wasObject:
			old[name] = merged(was, inner)
		default:
			old[name] = v
		}
	}
	return old
}

// putByKey merges an object by keys into a list, which is sorted by them.
func (f *field) putByKey(v reflect.Value, value json.RawMessage) error {
	var items map[string]json.RawMessage
	if err := json.Unmarshal(value, &items); err != nil {
		return err
	}
	list := reflect.MakeSlice(v.Type(), 0, v.Len()+len(items))
	for i := range v.Len() {
		key := f.keyOf(v, i)
		patch, ok := items[key]
		delete(items, key)
		if ok && null(patch) {
			continue
		}
		list = reflect.Append(list, v.Index(i))
		if !ok {
			continue
		}
		if err := f.putItem(list.Index(list.Len()-1), key, patch); err != nil {
			return err
		}
	}
	for key, whole := range items {
		if null(whole) {
			continue
		}
		list = reflect.Append(list, reflect.Zero(v.Type().Elem()))
		if err := f.putItem(list.Index(list.Len()-1), key, whole); err != nil {
			return err
		}
	}
	sortByKey(list, f.by.index)
	v.Set(list)
	return nil
}

// putItem merges into an item of a list, which keeps its key whatever the patch
// says: two of one key would be one too many.
func (f *field) putItem(item reflect.Value, key string, patch json.RawMessage) error {
	if err := put(item, patch); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	item.FieldByIndex(f.by.index).SetString(key)
	return nil
}

// sortByKey puts a list in the order of its keys; one that is, is left alone.
func sortByKey(list reflect.Value, by []int) {
	order := make([]int, list.Len())
	for i := range order {
		order[i] = i
	}
	compare := func(a, b int) int {
		return strings.Compare(list.Index(a).FieldByIndex(by).String(), list.Index(b).FieldByIndex(by).String())
	}
	if slices.IsSortedFunc(order, compare) {
		return
	}
	slices.SortStableFunc(order, compare)
	was := reflect.MakeSlice(list.Type(), list.Len(), list.Len())
	reflect.Copy(was, list)
	for to, from := range order {
		list.Index(to).Set(was.Index(from))
	}
}

func null(value json.RawMessage) bool { return string(value) == "null" }
