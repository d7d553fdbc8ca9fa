package python

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Text is str(v): text as it is, a float with 12 digits, all else as [Repr].
func Text(v flow.Value) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return Float(v, 12)
	}
	return Repr(v)
}

// Repr is repr(v), the text that values have inside lists and dictionaries:
// text in quotes, a float with as many digits as it takes.
func Repr(v flow.Value) string {
	var b strings.Builder
	repr(&b, v)
	return b.String()
}

func repr(b *strings.Builder, v flow.Value) {
	switch v := v.(type) {
	case nil:
		b.WriteString("None")
	case bool:
		if v {
			b.WriteString("True")
		} else {
			b.WriteString("False")
		}
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		b.WriteString(Float(v, -1))
	case string:
		quote(b, v)
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			comma(b, i)
			repr(b, e)
		}
		b.WriteByte(']')
	case map[string]any:
		b.WriteByte('{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			comma(b, i)
			quote(b, k)
			b.WriteString(": ")
			repr(b, v[k])
		}
		b.WriteByte('}')
	case flow.Exception:
		fmt.Fprintf(b, "<%s> %s", v.Kind, Text(v.Value))
	case flow.Sealed:
		fmt.Fprintf(b, "<%s, %d bytes>", v.Kind, len(v.Bytes))
	default:
		fmt.Fprintf(b, "<%T>", v)
	}
}

func comma(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteString(", ")
	}
}

// quote writes text as Python's source does, in single quotes unless it has
// some and no double ones. What can't be printed is escaped.
func quote(b *strings.Builder, s string) {
	mark := '\''
	if strings.ContainsRune(s, '\'') && !strings.ContainsRune(s, '"') {
		mark = '"'
	}
	b.WriteRune(mark)
	for _, r := range s {
		switch {
		case r == mark || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			fmt.Fprintf(b, `\U%08x`, r)
		}
	}
	b.WriteRune(mark)
}

// Float is a float with at most so many digits, or as many as it takes to read
// the same float again (-1, repr): 1.0, 0.3, 1e+16, nan. str takes 12.
func Float(f float64, digits int) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	precision := digits
	if digits > 0 {
		precision = digits - 1
	}
	e := strconv.FormatFloat(f, 'e', precision, 64)
	mantissa, exponent, _ := strings.Cut(e, "e")
	point, err := strconv.Atoi(exponent)
	if err != nil {
		return e // can't be: FormatFloat writes an exponent
	}
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	longest, places := 16, -1
	if digits > 0 {
		longest = digits - 1 // room for ".0"
		places = max(0, len(strings.Trim(strings.Replace(mantissa, ".", "", 1), "-"))-1-point)
	}
	if point < -4 || point >= longest {
		return mantissa + "e" + exponent
	}
	s := strconv.FormatFloat(f, 'f', places, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
