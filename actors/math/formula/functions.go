package formula

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A function is one that a formula calls: an operator, whose name no formula can
// spell, or a word.
type function struct {
	call  func(args ...any) (any, error)
	types []any
}

func binary(f func(a, b flow.Value) (flow.Value, error)) function {
	return function{func(args ...any) (any, error) { return f(args[0], args[1]) }, []any{new(func(any, any) any)}}
}

func operator(word string) function {
	f, _ := python.Operator(word)
	return binary(f)
}

func relation(word string) function {
	f, _ := python.Relation(word)
	return binary(func(a, b flow.Value) (flow.Value, error) { return f(a, b), nil })
}

func unary(f func(v flow.Value) (flow.Value, error)) function {
	return function{func(args ...any) (any, error) { return f(args[0]) }, []any{new(func(any) any)}}
}

func condition(f func(v flow.Value) bool) function {
	return function{func(args ...any) (any, error) { return f(args[0]), nil }, []any{new(func(any) bool)}}
}

func several(f func(args ...any) (any, error)) function {
	return function{f, []any{new(func(any, ...any) any)}}
}

var functions = map[string]function{
	"+": operator("+"), "-": operator("-"), "*": operator("*"), "/": operator("/"), "//": operator("//"), "%": operator("%"), "**": operator("**"),
	"==": relation("=="), "!=": relation("!="), "<": relation("<"), "<=": relation("<="), ">": relation(">"), ">=": relation(">="),
	"in": binary(isIn), "[]": binary(index0),
	"unary-": unary(func(v flow.Value) (flow.Value, error) { return signed("-", v) }),
	"unary+": unary(func(v flow.Value) (flow.Value, error) { return signed("+", v) }),
	"truth":  condition(python.Truth),
	"not":    condition(func(v flow.Value) bool { return !python.Truth(v) }),

	"abs": unary(abs), "bool": condition(python.Truth), "float": unary(toFloat), "int": unary(toInt), "len": unary(length),
	"max": several(func(args ...any) (any, error) { return extreme("max", ">", args) }),
	"min": several(func(args ...any) (any, error) { return extreme("min", "<", args) }),
	"pow": operator("**"), "round": several(round), "str": unary(func(v flow.Value) (flow.Value, error) { return python.Text(v), nil }),
	"sum": several(sum),
}

// words are the functions that a formula can spell.
func words() []string {
	return []string{"abs", "bool", "float", "int", "len", "max", "min", "pow", "round", "str", "sum"}
}

// signed is 0 + v or 0 - v, which keeps whole numbers whole.
func signed(word string, v flow.Value) (flow.Value, error) {
	if f, ok := v.(float64); ok {
		if word == "-" {
			return -f, nil
		}
		return f, nil
	}
	op, _ := python.Operator(word)
	r, err := op(int64(0), v)
	if err != nil {
		return nil, fmt.Errorf("bad operand type for unary %s: %s", word, value.Kind(v))
	}
	return r, nil
}

func isIn(item, container flow.Value) (flow.Value, error) {
	switch c := container.(type) {
	case []any:
		return slices.ContainsFunc(c, func(v any) bool { return python.Equal(item, v) }), nil
	case string:
		if s, ok := item.(string); ok {
			return strings.Contains(c, s), nil
		}
	case map[string]any:
		k, ok := item.(string)
		_, has := c[k]
		return ok && has, nil
	}
	return nil, fmt.Errorf("%s can't be in %s", value.Kind(item), value.Kind(container))
}

func index0(container, key flow.Value) (flow.Value, error) {
	switch c := container.(type) {
	case map[string]any:
		if k, ok := key.(string); ok {
			if v, has := c[k]; has {
				return v, nil
			}
		}
		return nil, fmt.Errorf("the dictionary has no %s", python.Repr(key))
	case string:
		letters := []rune(c)
		i, err := place(key, len(letters))
		if err != nil {
			return nil, err
		}
		return string(letters[i]), nil
	case []any:
		i, err := place(key, len(c))
		if err != nil {
			return nil, err
		}
		return c[i], nil
	}
	return nil, fmt.Errorf("%s has no items", value.Kind(container))
}

func place(key flow.Value, n int) (int, error) {
	i, ok := key.(int64)
	if i < 0 {
		i += int64(n)
	}
	if !ok || i < 0 || i >= int64(n) {
		return 0, errors.New("list index out of range")
	}
	return int(i), nil
}

func abs(v flow.Value) (flow.Value, error) {
	less, _ := python.Relation("<")
	if f, ok := v.(float64); ok {
		return math.Abs(f), nil
	}
	n, err := signed("+", v)
	if err != nil {
		return nil, err
	}
	if less(n, int64(0)) {
		return signed("-", n)
	}
	return n, nil
}

func toFloat(v flow.Value) (flow.Value, error) {
	if s, ok := v.(string); ok {
		f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil {
			return nil, fmt.Errorf("could not convert string to float: %s", s)
		}
		return f, nil
	}
	op, _ := python.Operator("*")
	return op(1.0, v)
}

// toInt cuts off what follows the point.
func toInt(v flow.Value) (flow.Value, error) {
	switch v := v.(type) {
	case string:
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("invalid literal for int() with base 10: %s", python.Repr(v))
		}
		return n, nil
	case float64:
		if t := math.Trunc(v); t >= -0x1p63 && t < 0x1p63 {
			return int64(t), nil
		}
		return nil, fmt.Errorf("%s is no whole number of 64 bits", python.Text(v))
	}
	return signed("+", v)
}

func length(v flow.Value) (flow.Value, error) {
	switch v := v.(type) {
	case string:
		return int64(utf8.RuneCountInString(v)), nil
	case []any:
		return int64(len(v)), nil
	case map[string]any:
		return int64(len(v)), nil
	}
	return nil, fmt.Errorf("%s has no length", value.Kind(v))
}

// items are the arguments of a function that takes them apart or as one list.
func items(args []any) ([]any, error) {
	if len(args) > 1 {
		return args, nil
	}
	switch v := args[0].(type) {
	case []any:
		return v, nil
	case map[string]any:
		var keys []any
		for _, k := range slices.Sorted(maps.Keys(v)) {
			keys = append(keys, k)
		}
		return keys, nil
	}
	return nil, fmt.Errorf("%s is no list", value.Kind(args[0]))
}

func extreme(name, word string, args []any) (any, error) {
	vs, err := items(args)
	if err != nil {
		return nil, err
	}
	if len(vs) == 0 {
		return nil, fmt.Errorf("%s() arg is an empty sequence", name)
	}
	better, _ := python.Relation(word)
	best := vs[0]
	for _, v := range vs[1:] {
		if better(v, best) {
			best = v
		}
	}
	return best, nil
}

// round rounds to a number of decimals, halves away from zero, and gives a float.
func round(args ...any) (any, error) {
	v, err := toFloat(args[0])
	f, ok := v.(float64)
	if err != nil || !ok || len(args) > 2 {
		return nil, errors.New("want round(number) or round(number, decimals)")
	}
	var decimals flow.Value = int64(0)
	if len(args) == 2 {
		decimals = args[1]
	}
	d, ok := decimals.(int64)
	if !ok {
		return nil, errors.New("want a whole number of decimals")
	}
	return rounded(f, min(max(d, -400), 400)), nil
}

// rounded goes by the exact value of the float.
func rounded(f float64, decimals int64) float64 {
	exact := new(big.Rat).SetFloat64(math.Abs(f))
	if exact == nil { // infinite, or no number
		return f
	}
	tens := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(max(decimals, -decimals)), nil))
	if decimals < 0 {
		tens.Inv(tens)
	}
	exact.Mul(exact, tens).Add(exact, big.NewRat(1, 2))
	cut := new(big.Rat).SetInt(new(big.Int).Quo(exact.Num(), exact.Denom()))
	r, _ := cut.Quo(cut, tens).Float64()
	return math.Copysign(r, f)
}

func sum(args ...any) (any, error) {
	vs, err := items(args[:1])
	if err != nil || len(args) > 2 {
		return nil, errors.New("want sum(list) or sum(list, start)")
	}
	var total flow.Value = int64(0)
	if len(args) == 2 {
		total = args[1]
	}
	for _, v := range vs {
		if total, err = python.Add(total, v); err != nil {
			return nil, err
		}
	}
	return total, nil
}
