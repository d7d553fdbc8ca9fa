package flow

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// anyValue draws a value of every kind, at most deep levels deep.
func anyValue(rng *rand.Rand, deep int) Value {
	kinds := 10
	if deep == 0 {
		kinds = 8
	}
	switch rng.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return rng.IntN(2) == 0
	case 2:
		return int64(rng.Uint64() >> rng.IntN(64) * uint64(1-2*rng.IntN(2)))
	case 3:
		return rng.NormFloat64()
	case 4:
		return anyText(rng)
	case 5:
		if deep == 0 {
			return Exception{Kind: anyText(rng), Value: anyText(rng)}
		}
		return Exception{Kind: anyText(rng), Value: anyValue(rng, deep-1)}
	case 6:
		return Sealed{Kind: anyText(rng), Bytes: []byte(anyText(rng))}
	case 7:
		return EOS
	case 8:
		list := make([]any, rng.IntN(5))
		for i := range list {
			list[i] = anyValue(rng, deep-1)
		}
		return list
	default:
		m := map[string]any{}
		for range rng.IntN(20) {
			m[anyText(rng)] = anyValue(rng, deep-1)
		}
		return m
	}
}

func anyText(rng *rand.Rand) string {
	b := make([]byte, rng.IntN(12))
	for i := range b {
		b[i] = byte(rng.UintN(256))
	}
	return string(b)
}

func anyToken(rng *rand.Rand) Token {
	t := Token{Value: anyValue(rng, 3), Source: ActorID(anyText(rng)), Seq: rng.Uint64() >> rng.IntN(64)}
	if rng.IntN(4) > 0 {
		t.Made = time.Unix(0, rng.Int64()).UTC()
	}
	return t
}

// Whatever a token carries, what is written is read again, and what follows it
// is left alone.
func TestTokenRoundTrip(t *testing.T) {
	for seed := range uint64(2000) {
		want := anyToken(rand.New(rand.NewPCG(seed, 0)))
		b, err := AppendToken([]byte("before"), want)
		if err != nil {
			t.Fatalf("seed %d: AppendToken(%v): %v", seed, want, err)
		}
		got, rest, err := ReadToken(append(b[len("before"):], "after"...))
		if err != nil || string(rest) != "after" || !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: ReadToken = %#v, %q, %v; want %#v", seed, got, rest, err, want)
		}
	}
}

func TestCheckpointRoundTrip(t *testing.T) {
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 1))
		want := Checkpoint{Actor: "ward:bed1", Epoch: rng.Uint64(), Version: int(rng.Int64()) - rng.IntN(9)}
		if rng.IntN(2) == 0 {
			want.State = []byte(anyText(rng))
		}
		for _, m := range []*map[LinkID]uint64{&want.Taken, &want.Made, &want.Settled} {
			*m = map[LinkID]uint64{}
			for range rng.IntN(4) {
				(*m)[LinkID(anyText(rng))] = rng.Uint64()
			}
		}
		for range rng.IntN(6) {
			want.Out = append(want.Out, OutToken{Link: LinkID("l" + fmt.Sprint(rng.IntN(2))), Token: anyToken(rng)})
		}
		b, err := AppendCheckpoint(nil, want)
		if err != nil {
			t.Fatalf("seed %d: AppendCheckpoint: %v", seed, err)
		}
		got, rest, err := ReadCheckpoint(append(b, "after"...))
		if err != nil || string(rest) != "after" || !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: ReadCheckpoint = %#v, %q, %v; want %#v", seed, got, rest, err, want)
		}
	}
}

func TestAppendTokenRefuses(t *testing.T) {
	deep := Value(int64(1))
	for range MaxDepth + 1 {
		deep = []any{deep}
	}
	for _, tt := range []struct {
		name string
		tok  Token
		want string
	}{
		{"a plain int", Token{Value: 7}, "Go int;"},
		{"a Go type inside", Token{Value: map[string]any{"at": []any{time.Time{}}}}, "Go time.Time;"},
		{"too deep", Token{Value: deep}, "nested deeper than 32"},
		{"too long", Token{Value: strings.Repeat("x", MaxToken)}, "too large"},
		{"a time out of range", Token{Made: time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)}, "year"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := AppendToken([]byte("kept"), tt.tok)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("AppendToken = %v, want an error with %q", err, tt.want)
			}
			if string(b) != "kept" {
				t.Fatalf("AppendToken left %q, want what was there before", b)
			}
		})
	}
}

func TestReadValueRefuses(t *testing.T) {
	deep := append(bytes.Repeat([]byte{tagList, 1}, MaxDepth+1), tagNil)
	for _, tt := range []struct {
		name string
		in   []byte
		want error // nil: any
	}{
		{"nothing", nil, errShort},
		{"an unknown tag", []byte{99}, nil},
		{"half a float", []byte{tagFloat, 1, 2}, errShort},
		{"a string longer than the bytes", []byte{tagString, 200, 1, 'x'}, errShort},
		{"a list longer than the bytes", []byte{tagList, 0xff, 0xff, 0xff, 0xff, 0x0f}, errShort},
		{"a number with a needless byte", []byte{tagInt, 0x80, 0x00}, errVarint},
		{"a number beyond 64 bits", append([]byte{tagInt}, bytes.Repeat([]byte{0xff}, 11)...), errVarint},
		{"keys out of order", []byte{tagMap, 2, 1, 'b', tagNil, 1, 'a', tagNil}, errOrder},
		{"a key twice", []byte{tagMap, 2, 1, 'a', tagNil, 1, 'a', tagNil}, errOrder},
		{"too deep", deep, ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, _, err := ReadValue(tt.in)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Fatalf("ReadValue(%x) = %v, %v; want the error %v", tt.in, v, err, tt.want)
			}
		})
	}
}

func TestReadCheckpointOfNewerFormat(t *testing.T) {
	_, _, err := ReadCheckpoint([]byte{9, 0})
	if err == nil || !strings.Contains(err.Error(), "format 9") {
		t.Fatalf("ReadCheckpoint = %v, want an error that names format 9", err)
	}
}

// What can be read is written again as the same bytes.
func FuzzReadToken(f *testing.F) {
	for seed := range uint64(20) {
		b, _ := AppendToken(nil, anyToken(rand.New(rand.NewPCG(seed, 0))))
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		tok, rest, err := ReadToken(in)
		if err != nil {
			return
		}
		out, err := AppendToken(nil, tok)
		if err != nil || !bytes.Equal(out, in[:len(in)-len(rest)]) {
			t.Fatalf("read %x, wrote %x, %v", in[:len(in)-len(rest)], out, err)
		}
	})
}

// What can be read is written again as the same bytes.
func FuzzReadCheckpoint(f *testing.F) {
	b, _ := AppendCheckpoint(nil, Checkpoint{Actor: "a:b", Epoch: 3, State: []byte{1}, Taken: map[LinkID]uint64{"x": 1},
		Out: []OutToken{{Link: "y", Token: Token{Seq: 1, Value: EOS}}, {Link: "y", Token: Token{Seq: 2, Value: math.Inf(1)}}}})
	f.Add(b)
	f.Fuzz(func(t *testing.T, in []byte) {
		c, rest, err := ReadCheckpoint(in)
		if err != nil {
			return
		}
		out, err := AppendCheckpoint(nil, c)
		if err != nil || !bytes.Equal(out, in[:len(in)-len(rest)]) {
			t.Fatalf("read %x, wrote %x, %v", in[:len(in)-len(rest)], out, err)
		}
	})
}

func ExampleAppendToken() {
	b, _ := AppendToken(nil, Token{Seq: 1, Source: "ward:ecg", Value: map[string]any{"bpm": int64(72)}})
	tok, _, _ := ReadToken(b)
	fmt.Println(len(b), tok.Source, tok.Value)
	// Output: 27 ward:ecg map[bpm:72]
}

func BenchmarkToken(b *testing.B) {
	tok := Token{Seq: 1 << 20, Source: "ward:bed1:ecg", Made: time.Unix(1e9, 7), Value: Sealed{Kind: "reading", Bytes: make([]byte, 86)}}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = AppendToken(buf[:0], tok)
		if _, _, err := ReadToken(buf); err != nil {
			b.Fatal(err)
		}
	}
}
