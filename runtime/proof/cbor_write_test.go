package proof_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
)

// What is put together by hand is opened, which holds it against what the library
// writes: with numbers and texts of every length of head, and of both signs.
func TestWrittenAsTheLibraryWrites(t *testing.T) {
	w := newWard(t, pkitest.New(t))
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 0))
		number := func() uint64 { return rng.Uint64() >> (1 + rng.IntN(63)) }
		text := func() string { return strings.Repeat("é", rng.IntN(2)) + strings.Repeat("x", int(number()%250)) }
		at := time.Unix(0, int64(number())*int64(1-2*rng.IntN(2)))
		r := flow.Reading{Device: w.Devices[0].ID.EPC, Stream: "s" + text(), Seq: 1 + number()>>1, Kind: text(), Unit: text(), At: at, Scale: 1 + int64(number()>>50)}
		for range 1 + rng.IntN(300) {
			r.Samples = append(r.Samples, int64(number()>>20)*int64(1-2*rng.IntN(2)))
		}
		if len(r.Samples) > 1 {
			r.Period = time.Duration(1 + number()>>40)
		}
		if err := written(w.Devices[0], w.Collector, &r, at); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		c := proof.Check{Leaf: [32]byte{byte(seed)}, Device: r.Device, Stream: r.Stream, Seq: r.Seq, Place: proof.AtStorage, Actor: flow.ActorID("a" + text()),
			At: at, Manager: someCheck().Manager, Verdict: flow.Verdict{Reason: flow.Reason(number() >> 32), Clause: text() + text(), Group: text(),
				Version: number(), Epoch: number(), Block: number()}}
		b, err := c.Encode()
		if err == nil {
			_, err = proof.OpenCheck(b)
		}
		if err != nil {
			t.Fatalf("seed %d: %+v: %v", seed, c, err)
		}
	}
}

// written seals a reading in both ways, and opens it.
func written(dev, collector flow.Signer, r *flow.Reading, at time.Time) error {
	s, err := proof.SealReading(dev, r)
	if err != nil {
		return err
	}
	vouched, err := proof.Vouch(collector, at, []proof.Vouched{{Reading: r, Device: dev.ID.Leaf}})
	if err != nil {
		return err
	}
	for _, s := range append(vouched, s) {
		opened, err := proof.OpenReading(s)
		if err != nil {
			return fmt.Errorf("%+v: %w", r, err)
		}
		if opened.Seq != r.Seq || !opened.At.Equal(r.At) || opened.Stream != r.Stream || len(opened.Samples) != len(r.Samples) {
			return fmt.Errorf("%+v came back as %+v", r, opened.Reading)
		}
	}
	return nil
}
