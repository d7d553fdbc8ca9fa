package merge_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/wardflow/wardflow/runtime/control/merge"
)

// A fraction is written to four digits, as plainly as can be: what strconv makes of
// them, which takes three goes at it.
func TestFractions(t *testing.T) {
	type reading struct {
		Value float64 `json:"value"`
	}
	rng := rand.New(rand.NewPCG(7, 1))
	values := []float64{1, -1, 10, 1234, 12345, 99995, 0.0001, 0.00099995, 999.95, 9.9995e14, 1e14, 0.1, 72.5, -0.5}
	for range 20_000 {
		values = append(values, (rng.Float64()-0.5)*math.Pow(10, float64(rng.IntN(19)-4)))
	}
	for _, f := range values {
		if abs := math.Abs(f); abs < 1e-4 || abs >= 1e15 {
			continue
		}
		short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 4, 64), 64)
		if err != nil {
			t.Fatal(err)
		}
		want := `{"value":` + strconv.FormatFloat(short, 'f', -1, 64) + `}`
		if got, _ := merge.Append(nil, &reading{}, &reading{Value: f}); string(got) != want {
			t.Fatalf("%v is written %s, want %s", f, got, want)
		}
	}
}
