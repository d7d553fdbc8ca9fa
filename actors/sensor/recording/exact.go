package recording

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Numbers in recordings are decimal text. This file reads them and brings
// samples to millionths without a float in between.

// most bounds whatever comes out of here, so that sums of two don't overflow.
const most = 1 << 60

var errNumber = errors.New("not a number within what is measured")

// fixed reads decimal text as a whole number of 10^-digits: fixed("34.1", 6) is
// 34100000. What is finer is rounded, halves away from zero. The text may have
// a sign, a point and an exponent of two digits.
func fixed(s string, digits int) (int64, error) {
	d, err := parseDecimal(s)
	if err != nil {
		return 0, fmt.Errorf("%q: %w", s, err)
	}
	n, ok := d.shift(digits)
	if !ok {
		return 0, fmt.Errorf("%q: %w", s, errNumber)
	}
	return n, nil
}

// rational reads decimal text exactly.
func rational(s string) (*big.Rat, error) {
	d, err := parseDecimal(s)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", s, err)
	}
	if d.cut {
		return nil, fmt.Errorf("%q: more than 18 digits", s)
	}
	r := new(big.Rat).SetInt64(d.n)
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(d.exp, -d.exp))), nil)
	if d.exp >= 0 {
		return r.Mul(r, new(big.Rat).SetInt(ten)), nil
	}
	return r.Quo(r, new(big.Rat).SetInt(ten)), nil
}

// decimal is n × 10^exp. Digits after the point beyond the eighteenth are cut
// off. A rounding that needs any of them needs the first only.
type decimal struct {
	n   int64
	exp int
	cut bool
	up  bool // the first digit cut off is 5 or more
}

func parseDecimal(s string) (decimal, error) {
	var d decimal
	rest, neg := s, false
	if strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "+") {
		neg, rest = rest[0] == '-', rest[1:]
	}
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		e, err := strconv.Atoi(rest[i+1:])
		if err != nil || e < -99 || e > 99 {
			return d, errNumber
		}
		d.exp, rest = e, rest[:i]
	}
	digits, point := 0, false
	for i := range len(rest) {
		c := rest[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			return d, errNumber
		}
		digits++
		switch full := d.n >= 1e17; {
		case full && !point:
			return d, errNumber
		case full:
			d.up = d.up || !d.cut && c >= '5'
			d.cut = true
			continue
		case point:
			d.exp--
		}
		d.n = d.n*10 + int64(c-'0')
	}
	if digits == 0 {
		return d, errNumber
	}
	if neg {
		d.n = -d.n
	}
	return d, nil
}

// shift is d × 10^digits, rounded.
func (d decimal) shift(digits int) (int64, bool) {
	n, e := d.n, d.exp+digits
	switch {
	case d.cut && e > 0:
		return 0, false
	case d.up && e == 0 && n < 0:
		n--
	case d.up && e == 0:
		n++
	}
	for ; e > 0 && n != 0; e-- {
		if n > most/10 || n < -most/10 {
			return 0, false
		}
		n *= 10
	}
	if e < -18 {
		return 0, true
	}
	by := int64(1)
	for ; e < 0; e++ {
		by *= 10
	}
	return divide(n, by), true
}

// divide is n ÷ d, rounded, halves away from zero; d is above 0.
func divide(n, d int64) int64 {
	q, r := n/d, n%d
	switch {
	case r >= d-r:
		return q + 1
	case -r >= d+r:
		return q - 1
	}
	return q
}

// A scale turns the numbers in a file into steps of a whole number of
// millionths: value = (a × number + b) ÷ c, rounded.
type scale struct {
	step    int64
	a, b, c int64
	wide    [3]*big.Int // a, b, c where int64 might overflow
}

// newScale is the scale of numbers that stand for number × slope + offset of
// their unit and lie within ±reach. If slope is a whole number of millionths
// and offset a whole number of steps, values are the numbers but for a shift;
// else they are rounded to millionths.
func newScale(slope, offset *big.Rat, reach int64) (scale, error) {
	million := big.NewRat(1e6, 1)
	slope, offset = new(big.Rat).Mul(slope, million), new(big.Rat).Mul(offset, million)
	if slope.Sign() == 0 {
		return scale{}, errors.New("all its samples mean the same")
	}
	far := new(big.Rat).Mul(slope, big.NewRat(reach, 1))
	far.Add(far.Abs(far), new(big.Rat).Abs(offset))
	if far.Cmp(big.NewRat(most, 1)) > 0 {
		return scale{}, errors.New("its range is beyond what is measured")
	}
	step := int64(1)
	if size := new(big.Rat).Abs(slope); size.IsInt() && new(big.Rat).Quo(offset, size).IsInt() {
		step = size.Num().Int64()
	}
	by := big.NewRat(step, 1)
	slope.Quo(slope, by)
	offset.Quo(offset, by)
	c := new(big.Int).Mul(slope.Denom(), offset.Denom())
	a := new(big.Int).Mul(slope.Num(), offset.Denom())
	b := new(big.Int).Mul(offset.Num(), slope.Denom())
	s := scale{step: step, a: a.Int64(), b: b.Int64(), c: c.Int64()}
	sum := new(big.Int).Mul(new(big.Int).Abs(a), big.NewInt(reach))
	sum.Add(sum, new(big.Int).Abs(b))
	if limit := big.NewInt(1 << 61); sum.Cmp(limit) > 0 || c.Cmp(limit) > 0 {
		s.wide = [3]*big.Int{a, b, c}
	}
	return s, nil
}

// value is a number of the file in steps.
func (s *scale) value(number int64) int64 {
	if s.wide[0] == nil {
		return divide(s.a*number+s.b, s.c)
	}
	n := new(big.Int).Mul(s.wide[0], big.NewInt(number))
	n.Add(n, s.wide[1])
	// Halves away from zero: (2|n| + c) ÷ 2c, truncated.
	sign := n.Sign()
	n.Abs(n).Lsh(n, 1).Add(n, s.wide[2])
	n.Quo(n, new(big.Int).Lsh(s.wide[2], 1))
	return int64(sign) * n.Int64()
}
