package merge

import (
	"reflect"
	"unsafe"
)

// Most fields of most items are what they were, and that is asked for each of them
// five times a second. Reflection takes longer to reach a field than to compare it,
// so fields are compared where they lie: what has the same bytes is the same, with
// all that it points to, since neither value is changed while it is compared. What
// has others may be the same all the same, and is gone into as anything else.

// lies sets where a field lies in a struct of type t. Behind a pointer it lies
// nowhere.
func (f *field) lies(t reflect.Type) {
	for _, i := range f.index {
		if t.Kind() == reflect.Pointer {
			f.size = 0
			return
		}
		in := t.Field(i)
		f.offset += in.Offset
		f.size, t = in.Type.Size(), in.Type
	}
}

// where is the address of a struct, or nil if it has none.
func where(v reflect.Value) unsafe.Pointer {
	if !v.CanAddr() {
		return nil
	}
	return unsafe.Pointer(v.UnsafeAddr())
}

// still reports whether a field of the struct at one address is plainly what it is
// of the one at another. It is false for what must be gone into.
func (f *field) still(from, to unsafe.Pointer) bool {
	if f.size == 0 || from == nil || to == nil {
		return false
	}
	a, b := unsafe.Add(from, f.offset), unsafe.Add(to, f.offset)
	if f.typ.Kind() == reflect.String {
		return *(*string)(a) == *(*string)(b)
	}
	return unsafe.String((*byte)(a), f.size) == unsafe.String((*byte)(b), f.size)
}

// keyOf is the key of an item of a list by key.
func (f *field) keyOf(list reflect.Value, i int) string {
	item := list.Index(i)
	if at := where(item); at != nil && f.by.size > 0 {
		return *(*string)(unsafe.Add(at, f.by.offset))
	}
	return item.FieldByIndex(f.by.index).String()
}
