package rule

import (
	"fmt"
	"math/big"
	"math/bits"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A micro is a value in millionths of its unit, in 128 bits: a sample times
// its scale always fits.
type micro struct {
	hi int64
	lo uint64
}

func microOf(v int64) micro { return micro{v >> 63, uint64(v)} }

// product is a × b.
func product(a, b int64) micro {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	// Mul64 took both as unsigned: a negative one counted 2⁶⁴ too much.
	if a < 0 {
		hi -= uint64(b)
	}
	if b < 0 {
		hi -= uint64(a)
	}
	return micro{int64(hi), lo}
}

func (m micro) less(n micro) bool { return m.hi < n.hi || m.hi == n.hi && m.lo < n.lo }

// extremes are the smallest and the largest sample; zero without samples.
func extremes(r *flow.Reading) (low, high micro) {
	if len(r.Samples) == 0 {
		return micro{}, micro{}
	}
	least, most := r.Samples[0], r.Samples[0]
	for _, s := range r.Samples[1:] {
		least, most = min(least, s), max(most, s)
	}
	low, high = product(least, r.Scale), product(most, r.Scale)
	if r.Scale < 0 {
		low, high = high, low
	}
	return low, high
}

func (m micro) big() *big.Int {
	b := new(big.Int).Lsh(big.NewInt(m.hi), 64)
	return b.Or(b, new(big.Int).SetUint64(m.lo))
}

// String is the value in its unit, exact: "1.1" for 1,100,000.
func (m micro) String() string {
	b := m.big()
	sign := ""
	if b.Sign() < 0 {
		sign = "-"
		b.Neg(b)
	}
	whole, part := new(big.Int).QuoRem(b, big.NewInt(1e6), new(big.Int))
	if part.Sign() == 0 {
		return sign + whole.String()
	}
	return sign + whole.String() + "." + strings.TrimRight(fmt.Sprintf("%06d", part), "0")
}

// parseMicro reads a decimal number with at most six places, exactly.
func parseMicro(s string) (int64, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, part, point := strings.Cut(digits, ".")
	if !isDigits(whole) || point && !isDigits(part) {
		return 0, fmt.Errorf("%q: want a decimal number such as 36.5", s)
	}
	if len(part) > 6 {
		return 0, fmt.Errorf("%q: at most six places after the point", s)
	}
	b, _ := new(big.Int).SetString(whole+part+strings.Repeat("0", 6-len(part)), 10)
	if negative {
		b.Neg(b)
	}
	if !b.IsInt64() {
		return 0, fmt.Errorf("%q: outside ±9223372036854", s)
	}
	return b.Int64(), nil
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
