package python

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// largest is how many bytes of text, and how many items of a list, a product
// may have: more than a token can carry.
const largest = flow.MaxToken

var errLarge = errors.New("result is too large")

// Operator is the arithmetic behind a word: "+", "-", "*", "/", "//" ("div"
// does as well), "%" ("mod" as well) or "**"; ok is false for any other. Whole
// numbers stay whole, so 7 / 2 is 3 and -7 / 2 is -4; with a float on either
// side the result is a float. True counts as 1. "+" also joins text, or lists;
// "*" repeats them. The errors are Python's sentences.
func Operator(word string) (op func(a, b flow.Value) (flow.Value, error), ok bool) {
	switch word {
	case "+":
		return Add, true
	case "-":
		return arithmetic{"-", subtractInts, func(a, b float64) (float64, error) { return a - b, nil }}.do, true
	case "*":
		return multiply, true
	case "/":
		return arithmetic{"/", divideInts, divideFloats}.do, true
	case "//", "div":
		return arithmetic{"//", divideInts, floorFloats}.do, true
	case "%", "mod":
		return arithmetic{"%", remainInts, remainFloats}.do, true
	case "**":
		return arithmetic{"**", raiseInts, raiseFloats}.do, true
	}
	return nil, false
}

// An arithmetic is an operator on numbers. Ints reports in fits whether the
// result is whole and fits an int64; if not, floats decides.
type arithmetic struct {
	word   string
	ints   func(a, b int64) (n int64, fits bool, err error)
	floats func(a, b float64) (float64, error)
}

func (o arithmetic) do(a, b flow.Value) (flow.Value, error) {
	x, xInt := whole(a)
	y, yInt := whole(b)
	if xInt && yInt {
		n, fits, err := o.ints(x, y)
		if err != nil {
			return nil, err
		}
		if fits {
			return n, nil
		}
	}
	f, okf := float(a)
	g, okg := float(b)
	if !okf || !okg {
		return nil, fmt.Errorf("unsupported operand type(s) for %s: '%s' and '%s'", o.word, typeName(a), typeName(b))
	}
	return floatOr(o.floats(f, g))
}

// floatOr keeps a typed zero out of the value of an error.
func floatOr(f float64, err error) (flow.Value, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Add is a + b.
func Add(a, b flow.Value) (flow.Value, error) {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			if len(x)+len(y) > largest {
				return nil, errLarge
			}
			return x + y, nil
		}
	case []any:
		if y, ok := b.([]any); ok {
			if len(x)+len(y) > largest {
				return nil, errLarge
			}
			return slices.Concat(x, y), nil
		}
	}
	return arithmetic{"+", addInts, func(a, b float64) (float64, error) { return a + b, nil }}.do(a, b)
}

func multiply(a, b flow.Value) (flow.Value, error) {
	if n, ok := whole(b); ok {
		if v, err := repeat(a, n); v != nil || err != nil {
			return v, err
		}
	}
	if n, ok := whole(a); ok {
		if v, err := repeat(b, n); v != nil || err != nil {
			return v, err
		}
	}
	return arithmetic{"*", multiplyInts, func(a, b float64) (float64, error) { return a * b, nil }}.do(a, b)
}

// repeat is text or a list n times, or nil if v is neither.
func repeat(v flow.Value, n int64) (flow.Value, error) {
	n = max(n, 0)
	switch v := v.(type) {
	case string:
		if tooMany(len(v), n) {
			return nil, errLarge
		}
		return strings.Repeat(v, int(n)), nil
	case []any:
		// All that is in it counts: whoever looks at the result goes through it
		// n times.
		bytes, err := firing.Weigh(v)
		if err != nil || tooMany(bytes, n) {
			return nil, errLarge
		}
		return append([]any{}, slices.Repeat(v, int(n))...), nil
	}
	return nil, nil
}

func tooMany(size int, n int64) bool {
	return n > largest || n*int64(size) > largest
}

func addInts(a, b int64) (int64, bool, error) {
	s := a + b
	return s, (s > a) == (b > 0), nil
}

func subtractInts(a, b int64) (int64, bool, error) {
	d := a - b
	return d, (d < a) == (b > 0), nil
}

func multiplyInts(a, b int64) (int64, bool, error) {
	hi, lo := bits.Mul64(size(a), size(b))
	if hi != 0 || lo > 1<<63 {
		return 0, false, nil
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true, nil
	}
	return int64(lo), lo < 1<<63, nil
}

// size is the distance from zero.
func size(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

var errZero = errors.New("integer division or modulo by zero")

// divideInts rounds down.
func divideInts(a, b int64) (int64, bool, error) {
	switch {
	case b == 0:
		return 0, false, errZero
	case a == math.MinInt64 && b == -1:
		return 0, false, nil
	}
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q, true, nil
}

// remainInts has the sign of b.
func remainInts(a, b int64) (int64, bool, error) {
	switch b {
	case 0:
		return 0, false, errZero
	case -1:
		return 0, true, nil
	}
	r := a % b
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	return r, true, nil
}

func divideFloats(a, b float64) (float64, error) {
	if b == 0 {
		return 0, errors.New("float division by zero")
	}
	return a / b, nil
}

func floorFloats(a, b float64) (float64, error) {
	if b == 0 {
		return 0, errors.New("float divmod()")
	}
	r, err := remainFloats(a, b)
	return math.Round((a - r) / b), err
}

func remainFloats(a, b float64) (float64, error) {
	if b == 0 {
		return 0, errors.New("float modulo")
	}
	r := math.Mod(a, b)
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	return r, nil
}

// raiseInts multiplies by squaring; a negative exponent makes a float.
func raiseInts(a, n int64) (int64, bool, error) {
	if n < 0 {
		return 0, false, nil
	}
	result, fits := int64(1), true
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			if result, fits, _ = multiplyInts(result, a); !fits {
				return 0, false, nil
			}
		}
		if n > 1 {
			if a, fits, _ = multiplyInts(a, a); !fits {
				return 0, false, nil
			}
		}
	}
	return result, true, nil
}

func raiseFloats(a, b float64) (float64, error) {
	switch {
	case a == 0 && b < 0:
		return 0, errors.New("0.0 cannot be raised to a negative power")
	case a < 0 && b != math.Trunc(b) && !math.IsInf(a, 0):
		return 0, errors.New("negative number cannot be raised to a fractional power")
	}
	p := math.Pow(a, b)
	if math.IsInf(p, 0) && !math.IsInf(a, 0) && !math.IsInf(b, 0) {
		return 0, errLarge
	}
	return p, nil
}

func float(v flow.Value) (float64, bool) {
	if n, ok := whole(v); ok {
		return float64(n), true
	}
	f, ok := v.(float64)
	return f, ok
}

// typeName is what Python calls the kind of a value.
func typeName(v flow.Value) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64:
		return "int"
	case float64:
		return "float"
	case string:
		return "unicode"
	case []any:
		return "list"
	case map[string]any:
		return "dict"
	case flow.Exception:
		return v.Kind
	}
	return "sealed"
}
