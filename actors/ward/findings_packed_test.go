package ward

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// However findings come and go, they are saved as if they were packed all at
// once, and are read again as they were.
func TestFindingsPacked(t *testing.T) {
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 1))
		var fs findings
		for step := range 60 {
			if n := len(fs.order); n > 0 && rng.IntN(8) == 0 {
				fs.drop(fs.order[:rng.IntN(n)+1])
			}
			fs.add(aFinding(rng))
			if rng.IntN(3) > 0 {
				continue
			}
			got, err := fs.save()
			if err != nil {
				t.Fatal(err)
			}
			if want := naively(t, &fs); !bytes.Equal(got, want) {
				t.Fatalf("seed %d, step %d: saved\n%x, want\n%x", seed, step, got, want)
			}
			var again findings
			if err := again.restore(1, got); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, step, err)
			}
			if second, err := again.save(); err != nil || !bytes.Equal(got, second) {
				t.Fatalf("seed %d, step %d: read and saved again it is another: %v", seed, step, err)
			}
		}
	}
}

func aFinding(rng *rand.Rand) (leaf [32]byte, f proof.Finding) {
	binary.BigEndian.PutUint64(leaf[:], rng.Uint64())
	f.Verdict = flow.Verdict{Group: "h1/3", Rule: "0xaa", Version: rng.Uint64N(2), Block: rng.Uint64N(3)}
	if rng.IntN(4) == 0 {
		f.Verdict.Reason, f.Verdict.Clause = flow.TooLow, "too low"
		f.Refused = &proof.Refused{Stream: proof.Stream{Device: "d", Name: "s"}, Seq: rng.Uint64N(100), Kind: "k", Unit: "u",
			At: time.Unix(0, rng.Int64()).UTC(), Low: -1, High: 7}
	}
	return leaf, f
}

// naively is the form in one piece.
func naively(t *testing.T, fs *findings) []byte {
	verdicts, entries, known := []any{}, []any{}, map[flow.Verdict]int64{}
	for _, leaf := range fs.order {
		f := fs.of[leaf]
		at, ok := known[f.Verdict]
		if !ok {
			at = int64(len(verdicts))
			known[f.Verdict] = at
			v := f.Verdict
			verdicts = append(verdicts, []any{int64(v.Reason), v.Clause, v.Group, v.Rule, int64(v.Version), int64(v.Epoch), int64(v.Block)})
		}
		entry := []any{string(leaf[:]), at}
		if r := f.Refused; r != nil {
			entry = append(entry, r.Device, r.Name, int64(r.Seq), r.Kind, r.Unit, r.At.UnixNano(), r.Low, r.High)
		}
		entries = append(entries, entry)
	}
	b, err := value.Save(verdicts, entries)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
