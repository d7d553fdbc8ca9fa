package recording

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

func TestFixed(t *testing.T) {
	for s, want := range map[string]int64{
		"34.1": 34_100_000, "-0.5": -500_000, "+7": 7_000_000, "0": 0, "-0": 0, ".25": 250_000, "3.": 3_000_000,
		"1e2": 100_000_000, "1.5E-3": 1500, "0.0000005": 1, "0.00000049": 0, "-0.0000005": -1, "1e-99": 0, "0e99": 0,
		"0.123456789012345678901234567890": 123_457, "138.56000000000000227": 138_560_000,
	} {
		if got, err := fixed(s, 6); err != nil || got != want {
			t.Errorf("fixed(%q) = %d, %v; want %d", s, got, err, want)
		}
	}
	for _, s := range []string{"", "-", ".", "e5", "1e", "1e100", "1.2.3", "12 ", "0x10", "1_000", "NaN", "Inf", "١", "1e40", "99999999999999999999", "--1", "1e+-2"} {
		if got, err := fixed(s, 6); err == nil {
			t.Errorf("fixed(%q) = %d, want an error", s, got)
		}
	}
}

// What fixed reads is what exact fractions say.
func FuzzFixed(f *testing.F) {
	for _, s := range []string{"34.1", "-0.0000005", "1e-7", "12345678901234567890.5", "0.9999999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := fixed(s, 6)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("fixed(%q) = %d, and big.Rat can't read it", s, got)
		}
		if want = rounded(want.Mul(want, big.NewRat(1e6, 1))); want.Cmp(big.NewRat(got, 1)) != 0 {
			t.Fatalf("fixed(%q) = %d, want %s", s, got, want.RatString())
		}
	})
}

// rounded is r to whole numbers, halves away from zero.
func rounded(r *big.Rat) *big.Rat {
	half := big.NewRat(int64(r.Sign()), 2)
	n := new(big.Rat).Add(r, half)
	return new(big.Rat).SetInt(new(big.Int).Quo(n.Num(), n.Denom()))
}

// A scale's value times its step is the number's meaning in millionths: exactly
// when the step says so, else to the nearest.
func TestScale(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 0))
		slope := big.NewRat(1+rng.Int64N(1000), 1+rng.Int64N(1000))
		if seed%3 == 0 {
			slope = big.NewRat(1+rng.Int64N(5000), 1_000_000)
		}
		if seed%7 == 0 { // so that int64 does not do
			slope = big.NewRat(999_999_937+rng.Int64N(1000), 999_999_893)
		}
		if seed%2 == 0 {
			slope.Neg(slope)
		}
		offset := new(big.Rat).Mul(slope, big.NewRat(rng.Int64N(4000)-2000, 1))
		if seed%5 == 0 {
			offset = big.NewRat(rng.Int64N(1e12)-5e11, 999_999_937)
		}
		s, err := newScale(slope, offset, 1<<15)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for range 10 {
			n := rng.Int64N(1<<16) - 1<<15
			want := new(big.Rat).Mul(slope, big.NewRat(n, 1))
			want.Add(want, offset).Mul(want, big.NewRat(1e6, 1))
			if s.step == 1 {
				want = rounded(want)
			}
			if got := big.NewRat(s.value(n), 1); want.Cmp(got.Mul(got, big.NewRat(s.step, 1))) != 0 {
				t.Fatalf("seed %d: %d means %s millionths, read as %s (step %d)", seed, n, want.RatString(), got.RatString(), s.step)
			}
		}
	}
	if _, err := newScale(big.NewRat(1e14, 1), new(big.Rat), 1<<15); err == nil {
		t.Error("a scale beyond int64 gives no error")
	}
}
