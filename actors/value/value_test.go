package value_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

func TestArgs(t *testing.T) {
	a := value.Args{Of: map[string]flow.Value{"n": 3.0, "s": "x", "half": 0.5, "span": "250ms", "null": nil, "on": true}}
	if n := a.Int("n"); n != 3 {
		t.Errorf("Int = %d, want 3", n)
	}
	if d := a.Seconds("half"); d != 500*time.Millisecond {
		t.Errorf("Seconds = %v, want 500ms", d)
	}
	if d := a.Seconds("span"); d != 250*time.Millisecond {
		t.Errorf("Seconds = %v, want 250ms", d)
	}
	if v := a.Any("null"); v != nil || a.Name("s") != "x" || !a.Bool("on") || a.Number("n") != 3 {
		t.Errorf("other reads differ")
	}
	if err := a.Err(); err != nil {
		t.Fatalf("Err = %v, want none", err)
	}
}

func TestArgsRefuse(t *testing.T) {
	for name, read := range map[string]func(*value.Args){
		"is missing":                         func(a *value.Args) { a.Any("v") },
		"want a whole number, not a string":  func(a *value.Args) { a.Of["v"] = "3"; a.Int("v") },
		"want a whole number, not a number":  func(a *value.Args) { a.Of["v"] = 3.5; a.Int("v") },
		"want a number, not a number":        func(a *value.Args) { a.Of["v"] = math.NaN(); a.Number("v") },
		"want a string, not a list":          func(a *value.Args) { a.Of["v"] = []any{}; a.Text("v") },
		"is empty":                           func(a *value.Args) { a.Of["v"] = ""; a.Name("v") },
		"want true or false, not a number":   func(a *value.Args) { a.Of["v"] = int64(2); a.Bool("v") },
		"want seconds above 0":               func(a *value.Args) { a.Of["v"] = 0.0; a.Seconds("v") },
		"want seconds above 0 (at most 100":  func(a *value.Args) { a.Of["v"] = 1e30; a.Seconds("v") },
		"such as 1.5":                        func(a *value.Args) { a.Of["v"] = "-1s"; a.Seconds("v") },
		"want a string, not a sealed window": func(a *value.Args) { a.Of["v"] = flow.Sealed{Kind: "window"}; a.Text("v") },
	} {
		a := value.Args{Of: map[string]flow.Value{}}
		read(&a)
		if err := a.Err(); err == nil || !strings.HasPrefix(err.Error(), "argument v: ") || !strings.Contains(err.Error(), name) {
			t.Errorf("Err = %v, want %q", err, name)
		}
	}
}

func TestMoreArgs(t *testing.T) {
	a := value.Args{Of: map[string]flow.Value{"none": int64(0), "half": 0.5, "list": []any{"a", "b"}, "map": map[string]any{"k": "a.out"}, "one": int64(1)}}
	if !a.Bool("one") || a.Bool("none") {
		t.Errorf("Bool of 1 and 0 = %v, %v", a.Bool("one"), a.Bool("none"))
	}
	if a.Pause("none") != 0 || a.Pause("half") != 500*time.Millisecond {
		t.Errorf("Pause = %v and %v, want 0s and 500ms", a.Pause("none"), a.Pause("half"))
	}
	if got := a.Strings("list"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("Strings = %v, want a, b", got)
	}
	if got := a.Mapping("map"); !maps.Equal(got, map[string]string{"k": "a.out"}) {
		t.Errorf("Mapping = %v, want k: a.out", got)
	}
	if err := a.Err(); err != nil {
		t.Fatalf("Err = %v, want none", err)
	}
	for want, read := range map[string]func(*value.Args){
		"want seconds, 0 or more":                           func(a *value.Args) { a.Of["v"] = -0.5; a.Pause("v") },
		"want a list, not a dictionary":                     func(a *value.Args) { a.Of["v"] = map[string]any{}; a.List("v") },
		"want a list of strings, and item 1 is null":        func(a *value.Args) { a.Of["v"] = []any{"a", nil}; a.Strings("v") },
		"want a dictionary, not a string":                   func(a *value.Args) { a.Of["v"] = "a"; a.Mapping("v") },
		`want a dictionary of strings, and "k" is a number`: func(a *value.Args) { a.Of["v"] = map[string]any{"k": 1.5}; a.Mapping("v") },
	} {
		a := value.Args{Of: map[string]flow.Value{}}
		read(&a)
		if err := a.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Err = %v, want %q", err, want)
		}
	}
}

// An actor that moves goes on with the numbers that it would have drawn where
// it was, and what the node offers there is not asked for again.
func TestRandomGoesOnElsewhere(t *testing.T) {
	draw := func(r *value.Random, n int) (drawn []float64) {
		for range n {
			drawn = append(drawn, r.Float())
		}
		return drawn
	}
	var stays, moves value.Random
	stays.Start(actortest.NewEnv())
	want := draw(&stays, 10)
	moves.Start(actortest.NewEnv())
	got := draw(&moves, 5)
	arrived := value.Random{Seed: moves.Seed, Drawn: moves.Drawn}
	arrived.Start(actortest.NewEnv().Offer(value.RandomCapability, rand.New(rand.NewPCG(1, 2))))
	if got = append(got, draw(&arrived, 5)...); !slices.Equal(got, want) {
		t.Errorf("draws %v, want %v", got, want)
	}
	var offered value.Random
	offered.Start(actortest.NewEnv().Offer(value.RandomCapability, rand.New(rand.NewPCG(1, 2))))
	if other := draw(&offered, 10); slices.Equal(other, want) {
		t.Errorf("draws the same with another seed")
	}
}

func TestRandomRanges(t *testing.T) {
	var r value.Random
	r.Start(actortest.NewEnv())
	var seen [6]int
	for range 6000 {
		seen[r.Below(6)]++
		if f := r.Float(); f < 0 || f >= 1 {
			t.Fatalf("Float = %v", f)
		}
	}
	for face, n := range seen { // 1000 each; 5 sigma is 144
		if n < 850 || n > 1150 {
			t.Errorf("%d is drawn %d times of 6000", face, n)
		}
	}
}

// Whatever a token can carry, a state can.
func TestStateOfDeepAndLargeTokens(t *testing.T) {
	var deep flow.Value = strings.Repeat("x", flow.MaxToken-1024)
	for range flow.MaxDepth {
		deep = []any{deep}
	}
	b, err := value.Save(deep, int64(1))
	var v flow.Value
	var n int64
	if err == nil {
		err = value.Restore(1, 1, b, &v, &n)
	}
	if err != nil || n != 1 || !reflect.DeepEqual(v, deep) {
		t.Errorf("Save and Restore give %v", err)
	}
	if _, err := value.Hold(deep); !errors.Is(err, flow.ErrUnfit) {
		t.Errorf("Hold gives %v, want it unfit to be in a list", err)
	}
}

func ExampleText() {
	fmt.Println(value.Text("as it is"))
	fmt.Println(value.Text(map[string]any{"unit": "mm[Hg]", "last": flow.EOS, "at": []any{int64(1), 2.5, nil}}))
	fmt.Println(value.Text(flow.Sealed{Kind: "reading", Bytes: make([]byte, 120)}))
	fmt.Println(value.Text(math.Inf(1)))
	// Output:
	// as it is
	// {"at":[1,2.5,null],"last":"End of stream","unit":"mm[Hg]"}
	// <reading, 120 bytes>
	// +Inf
}

func TestState(t *testing.T) {
	b, err := value.Save(int64(7), true, "s", []any{nil}, flow.EOS)
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	var on bool
	var s string
	var list []any
	var v flow.Value
	if err := value.Restore(1, 1, b, &n, &on, &s, &list, &v); err != nil || n != 7 || !on || s != "s" || len(list) != 1 || v != flow.EOS {
		t.Errorf("Restore = %v with %d %v %q %v %v", err, n, on, s, list, v)
	}
	old, err := flow.AppendValue(nil, []any{int64(8)}) // as Save wrote it before
	if err != nil {
		t.Fatal(err)
	}
	if err := value.Restore(1, 1, old, &n); err != nil || n != 8 {
		t.Errorf("Restore of an old state = %v with %d, want 8", err, n)
	}
	for name, err := range map[string]error{
		"version": value.Restore(2, 1, b, &n),
		"short":   value.Restore(1, 1, b[:5], &n),
		"few":     value.Restore(1, 1, b, &n),
		"kind":    value.Restore(1, 1, b, &s, &on, &s, &list, &v),
	} {
		if err == nil {
			t.Errorf("Restore of wrong %s gives no error", name)
		}
	}
}
