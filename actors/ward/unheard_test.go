package ward_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A device that names certificates which do not exist holds the patient's other
// devices up for a few seconds, and not for ever: its readings are refused.
func TestCollectorIsNotStarved(t *testing.T) {
	w := newHouse(t)
	delete(w.ids.known, w.therm.ID.Leaf) // its own link shows another certificate than its readings name
	thief := w.therm.ID
	thief.Leaf = [32]byte{1}
	steal := func(tenths int64) { w.collector.FeedFrom(thief, "reading", w.seal(w.therm, tenths)) }
	at := func(d time.Duration) { w.collector.Env.Set(w.now.Add(d)) }
	steal(360)
	w.measure(w.other, 361)
	if err := w.collector.TryRun(); !errors.Is(err, flow.ErrLater) {
		t.Fatalf("a certificate that may come yet: %v, want ErrLater", err)
	}
	at(4 * time.Second)
	if err := w.collector.TryRun(); !errors.Is(err, flow.ErrLater) {
		t.Fatalf("after 4 s: %v, want ErrLater", err)
	}
	at(5 * time.Second)
	w.pump()
	got := w.reasons()
	if len(got) != 1 || !strings.Contains(got[0], "bad signature: nobody here has heard of the certificate") || w.collector.Left("reading") != 0 {
		t.Fatalf("after 5 s refused %q, %d readings wait; want the one refused and none waiting", got, w.collector.Left("reading"))
	}
	steal(362) // its next ones get no patience
	steal(363)
	w.measure(w.other, 364)
	w.pump()
	if got = w.reasons(); len(got) != 3 || w.collector.Left("reading") != 0 {
		t.Errorf("refused %q, %d readings wait; want three refused and none waiting", got, w.collector.Left("reading"))
	}
	w.ids.know(w.therm) // it was slow, and honest
	thief.Leaf = w.therm.ID.Leaf
	steal(365)
	w.pump()
	w.later(time.Minute)
	if c := w.counts(); c.Readings != 3 {
		t.Errorf("stored %+v, want the two of the other device and the one that is known", c)
	}
}

// While the register can't be asked nothing is refused: that is not the device's
// doing. The certificate that a device shows on its link has longer.
func TestCollectorWaitsForTheRegister(t *testing.T) {
	w := newHouse(t)
	delete(w.ids.known, w.therm.ID.Leaf)
	w.ids.away = true
	w.measure(w.therm, 360)
	for _, d := range []time.Duration{0, time.Minute, time.Hour} {
		w.collector.Env.Set(w.now.Add(d))
		if err := w.collector.TryRun(); !errors.Is(err, flow.ErrLater) {
			t.Fatalf("after %s without the register: %v, want ErrLater", d, err)
		}
	}
	w.ids.away = false
	for _, d := range []time.Duration{0, 29 * time.Second} {
		w.collector.Env.Set(w.now.Add(time.Hour + d))
		if err := w.collector.TryRun(); !errors.Is(err, flow.ErrLater) {
			t.Fatalf("after %s with the register: %v, want ErrLater", d, err)
		}
	}
	w.collector.Env.Set(w.now.Add(time.Hour + 30*time.Second))
	w.pump()
	if got := w.reasons(); len(got) != 1 {
		t.Errorf("refused %q, want the one whose certificate nobody has", got)
	}
}

// Over the link of a device only what is signed as that device is taken: a
// certificate of another hospital may have the same EPC in it.
func TestCollectorTakesTheNameOfTheLink(t *testing.T) {
	w := newHouse(t)
	theirs := w.h.Neighbour().Device(thermoEPC, thermo)
	w.ids.know(theirs)
	w.collector.FeedFrom(w.therm.ID, "reading", w.sealAs(theirs, theirs.ID.EPC, 1, 360))
	w.pump()
	if got := w.reasons(); len(got) != 1 || !strings.Contains(got[0], "came over the link of "+w.therm.ID.URI) {
		t.Errorf("refused %q, want that it is another's", got)
	}
	if err := proof.MayVouch(w.h.Collector("bed1", "h1/3/icu-3/collector").ID, theirs.ID); !errors.Is(err, proof.ErrVoucher) {
		t.Errorf("a collector vouches for a device of another hospital: %v, want ErrVoucher", err)
	}
}

// A number after which none could come is no number.
func TestHighestNumber(t *testing.T) {
	w := newHouse(t)
	for _, seq := range []uint64{math.MaxInt64 + 1, math.MaxUint64} {
		if _, err := proof.SealReading(w.therm, &flow.Reading{Device: w.therm.ID.EPC, Stream: "Temp", Seq: seq, Kind: "8310-5", Unit: "Cel",
			At: w.now, Scale: 100_000, Samples: []int64{1}}); !errors.Is(err, proof.ErrForm) {
			t.Errorf("number %d is sealed: %v", seq, err)
		}
	}
}
