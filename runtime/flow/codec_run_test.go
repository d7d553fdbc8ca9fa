package flow

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"
)

func anyRun(rng *rand.Rand) []Token {
	ts := make([]Token, 1+rng.IntN(9))
	first := rng.Uint64() >> (1 + rng.IntN(63))
	for i := range ts {
		ts[i] = anyToken(rng)
		if i > 0 && rng.IntN(2) == 0 {
			ts[i].Source, ts[i].Made = ts[i-1].Source, ts[i-1].Made
		}
		ts[i].Seq = first + uint64(i)
		if rng.IntN(4) == 0 {
			ts[i].Trace = &Trace{ID: [16]byte{byte(rng.Uint32()), 1}, Span: [8]byte{1, byte(rng.Uint32())}}
		}
	}
	return ts
}

// A run cut into pieces of any size is read as the same tokens.
func TestRunRoundTrip(t *testing.T) {
	for seed := range uint64(2000) {
		rng := rand.New(rand.NewPCG(seed, 0))
		want := anyRun(rng)
		var got []Token
		for left := want; len(left) > 0; {
			limit := rng.IntN(100)
			b, n, err := AppendRun([]byte("before"), left, limit)
			if err != nil || n == 0 || n > 1 && len(b)-len("before") > limit {
				t.Fatalf("seed %d: AppendRun within %d = %d bytes, %d tokens, %v", seed, limit, len(b), n, err)
			}
			if got, err = ReadRun(got, b[len("before"):], n); err != nil {
				t.Fatalf("seed %d: ReadRun: %v", seed, err)
			}
			left = left[n:]
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: read %v, want %v", seed, got, want)
		}
	}
}

func TestRunEndsBeforeABadToken(t *testing.T) {
	ts := []Token{{Seq: 1, Value: int64(7)}, {Seq: 2, Value: struct{}{}}}
	if _, n, err := AppendRun(nil, ts, 1000); n != 1 || err != nil {
		t.Fatalf("AppendRun = %d tokens, %v; want 1", n, err)
	}
	if b, n, err := AppendRun([]byte("kept"), ts[1:], 1000); n != 0 || err == nil || string(b) != "kept" {
		t.Fatalf("AppendRun = %q, %d tokens, %v; want what was there and an error", b, n, err)
	}
}

// What can be read is written again as the same bytes.
func FuzzReadRun(f *testing.F) {
	for seed := range uint64(20) {
		b, _, _ := AppendRun(nil, anyRun(rand.New(rand.NewPCG(seed, 0))), 1000)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		ts, err := ReadRun(nil, in, 1024)
		if err != nil {
			return
		}
		out, n, err := AppendRun(nil, ts, len(in))
		if err != nil || n != len(ts) || !bytes.Equal(out, in) {
			t.Fatalf("read %x, wrote %x, %d of %d tokens, %v", in, out, n, len(ts), err)
		}
	})
}
