package python

import (
	"bytes"
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Truth is bool(v): false are null, false, 0 and what is empty.
func Truth(v flow.Value) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}

// Relation is how two values stand to each other: "=" ("==" does as well),
// "!=", "<", "<=", ">" or ">="; ok is false for any other word. Every two values
// have an order, also of different kinds: null comes first, then numbers (true
// is 1), dictionaries, lists, text.
func Relation(word string) (holds func(a, b flow.Value) bool, ok bool) {
	switch word {
	case "=", "==":
		return Equal, true
	case "!=":
		return func(a, b flow.Value) bool { return !Equal(a, b) }, true
	case "<":
		return less, true
	case ">":
		return func(a, b flow.Value) bool { return less(b, a) }, true
	case "<=":
		return func(a, b flow.Value) bool { return less(a, b) || Equal(a, b) }, true
	case ">=":
		return func(a, b flow.Value) bool { return less(b, a) || Equal(a, b) }, true
	}
	return nil, false
}

// Equal is a == b. Numbers are equal by value, whatever their kind.
func Equal(a, b flow.Value) bool {
	if isNumber(a) && isNumber(b) {
		c, ordered := compareNumbers(a, b)
		return ordered && c == 0
	}
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, func(x, y any) bool { return Equal(x, y) })
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, func(x, y any) bool { return Equal(x, y) })
	case flow.Exception:
		b, ok := b.(flow.Exception)
		return ok && a.Kind == b.Kind && Equal(a.Value, b.Value)
	case flow.Sealed:
		b, ok := b.(flow.Sealed)
		return ok && a.Kind == b.Kind && bytes.Equal(a.Bytes, b.Bytes)
	case nil:
		return b == nil
	case string:
		b, ok := b.(string)
		return ok && a == b
	}
	return false
}

func less(a, b flow.Value) bool {
	if ra, rb := rank(a), rank(b); ra != rb {
		return ra < rb
	}
	switch a := a.(type) {
	case bool, int64, float64:
		c, ordered := compareNumbers(a, b)
		return ordered && c < 0
	case string:
		return a < b.(string)
	case []any:
		return lessList(a, b.([]any))
	case map[string]any:
		return lessDict(a, b.(map[string]any))
	}
	return false
}

// rank is the order of values of different kinds: Python goes by the names of
// its types.
func rank(v flow.Value) int {
	switch v.(type) {
	case nil:
		return 0
	case bool, int64, float64:
		return 1
	case map[string]any:
		return 2
	case []any:
		return 3
	case string:
		return 4
	}
	return 5
}

// lessList goes by the first place where the lists differ.
func lessList(a, b []any) bool {
	for i := range min(len(a), len(b)) {
		if !Equal(a[i], b[i]) {
			return less(a[i], b[i])
		}
	}
	return len(a) < len(b)
}

// lessDict goes by how many keys there are, then by the first key that one
// lacks or has with another value, then by that value.
func lessDict(a, b map[string]any) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	ka, differA := firstDiffering(a, b)
	kb, differB := firstDiffering(b, a)
	if !differA || !differB {
		return false
	}
	if ka != kb {
		return ka < kb
	}
	return less(a[ka], b[kb])
}

func firstDiffering(a, b map[string]any) (key string, ok bool) {
	for _, k := range slices.Sorted(maps.Keys(a)) {
		if v, has := b[k]; !has || !Equal(a[k], v) {
			return k, true
		}
	}
	return "", false
}

func isNumber(v flow.Value) bool { return rank(v) == 1 }

// compareNumbers is exact: a float is not made of an int64 that it can't hold.
// Nothing is ordered against a NaN.
func compareNumbers(a, b flow.Value) (c int, ordered bool) {
	x, xInt := whole(a)
	y, yInt := whole(b)
	switch {
	case xInt && yInt:
		return cmp.Compare(x, y), true
	case xInt:
		return compareMixed(x, b.(float64))
	case yInt:
		c, ordered = compareMixed(y, a.(float64))
		return -c, ordered
	}
	f, g := a.(float64), b.(float64)
	return cmp.Compare(f, g), !math.IsNaN(f) && !math.IsNaN(g)
}

func compareMixed(n int64, f float64) (c int, ordered bool) {
	switch {
	case math.IsNaN(f):
		return 0, false
	case f >= 0x1p63:
		return -1, true
	case f < -0x1p63:
		return 1, true
	}
	t := math.Trunc(f)
	if c := cmp.Compare(n, int64(t)); c != 0 {
		return c, true
	}
	return cmp.Compare(t, f), true
}

// whole is a boolean or whole number as Python's int.
func whole(v flow.Value) (int64, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case int64:
		return v, true
	}
	return 0, false
}
