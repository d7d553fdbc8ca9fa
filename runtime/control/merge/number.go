package merge

import (
	"bytes"
	"strconv"
)

// Fractions are written to four digits.

// number writes a fraction. JSON knows no infinity, and nobody here means one.
func number(b []byte, f float64) []byte {
	if f != f || f > 1e300 || f < -1e300 {
		return append(b, '0')
	}
	var short [32]byte
	if abs := max(f, -f); abs < 1e-4 || abs >= 1e15 {
		return strconv.AppendFloat(b, f, 'g', 4, 64)
	}
	return plain(b, strconv.AppendFloat(short[:0], f, 'e', 3, 64))
}

// plain writes "-1.230e+03" as "-1230", without zeros that say nothing.
func plain(b, e []byte) []byte {
	if e[0] == '-' {
		b, e = append(b, '-'), e[1:]
	}
	digits := []byte{e[0], e[2], e[3], e[4]}
	tens := 10*int(e[len(e)-2]-'0') + int(e[len(e)-1]-'0')
	if e[6] == '-' {
		tens = -tens
	}
	digits = bytes.TrimRight(digits, "0") // the first is none: abs is not 0
	if tens < 0 {
		return append(append(append(b, "0."...), "0000"[:-tens-1]...), digits...)
	}
	for i := range max(tens+1, len(digits)) {
		if i == tens+1 {
			b = append(b, '.')
		}
		if i < len(digits) {
			b = append(b, digits[i])
		} else {
			b = append(b, '0')
		}
	}
	return b
}

// sameNumber reports whether two fractions are written the same.
func sameNumber(a, b float64) bool {
	if a == b {
		return true
	}
	if abs := max(a, -a); max(a-b, b-a) > abs/500 {
		return false // so far apart that four digits differ
	}
	var ab, bb [32]byte
	return bytes.Equal(number(ab[:0], a), number(bb[:0], b))
}
