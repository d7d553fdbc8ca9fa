package ward_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/ward"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// An inlet hands what a test brings to the intake, and keeps the answers.
type inlet struct {
	put     func([]*flow.Arrival) error
	serves  []string
	stopped int
}

func (l *inlet) Serve(_ flow.ActorID, devices []string, put func([]*flow.Arrival) error) (func(), error) {
	l.serves, l.put = devices, put
	return func() { l.stopped++ }, nil
}

// A gateway is an intake in front of the house's collector.
type gateway struct {
	*house
	inlet  *inlet
	intake *actortest.Bench
	given  int
	said   []string // answers, in the order they came: "7 accepted"
}

func newGateway(t testing.TB) *gateway {
	w := newHouse(t)
	g := &gateway{house: w, inlet: &inlet{}}
	w.ids.know(w.collector.Env.Signer)
	env := actortest.NewEnv().Offer("ingest", g.inlet)
	env.Actor, env.Signer = "ward:intake", w.collector.Env.Signer
	env.Set(w.now)
	g.intake = actortest.Start(t, env, ward.Intake(), map[string]flow.Value{"collector": "bed1", "devices": []any{thermoEPC, otherEPC}})
	g.intake.Room = 1000
	return g
}

func (g *gateway) reading(dev flow.Signer, seq uint64) *flow.Reading {
	return &flow.Reading{Device: dev.ID.EPC, Stream: "Temp", Seq: seq, Kind: "8310-5", Unit: "Cel", At: g.intake.Env.Now(), Scale: 100_000, Samples: []int64{360}}
}

// bring brings plain readings with these numbers.
func (g *gateway) bring(dev flow.Signer, seqs ...uint64) {
	g.t.Helper()
	for _, seq := range seqs {
		g.arrive(&flow.Arrival{By: dev.ID, Reading: g.reading(dev, seq)})
	}
}

func (g *gateway) arrive(a *flow.Arrival) {
	g.t.Helper()
	a.Answer = func(said flow.Answer) {
		word := said.Verdict.Reason.String()
		if said.Already {
			word = "already"
		}
		g.said = append(g.said, fmt.Sprintf("%d %s", a.Reading.Seq, word))
	}
	if err := g.inlet.put([]*flow.Arrival{a}); err != nil {
		g.said = append(g.said, fmt.Sprintf("%d %s", a.Reading.Seq, err))
	}
}

// flows lets everything run, and settles what came to the store.
func (g *gateway) flows() {
	g.t.Helper()
	g.pass()
	g.pump()
	g.settle(0)
}

// pass lets the intake give what it has, to the collector.
func (g *gateway) pass() {
	g.t.Helper()
	g.intake.Run()
	out := g.intake.Take("reading")
	g.given += len(out)
	g.collector.FeedFrom(g.intake.Env.Signer.ID, "reading", out...)
}

func (g *gateway) settle(left int) {
	g.intake.Actor().(flow.Settler).Unsettled("reading", left)
}

func (g *gateway) wants(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(g.said, want) {
		t.Errorf("the devices were told %q, want %q", g.said, want)
	}
	g.said = nil
}

// A reading is answered when it is settled and not before, and stands in the
// record as one that its collector has vouched for; one that its device has
// sealed stands there as it is.
func TestIntake(t *testing.T) {
	g := newGateway(t)
	g.bring(g.therm, 7, 8)
	g.bring(g.other, 1)
	sealed := g.sealAs(g.therm, g.therm.ID.EPC, 9, 361)
	g.arrive(&flow.Arrival{By: g.therm.ID, Reading: g.reading(g.therm, 9), Sealed: sealed})
	g.pass()
	g.wants(t)
	g.pump()
	g.settle(3)
	g.wants(t, "7 accepted")
	g.settle(0)
	g.wants(t, "8 accepted", "1 accepted", "9 accepted")
	g.later(time.Minute)
	if c := g.counts(); c.Readings != 4 || c.Windows != 1 || c.Quarantined != 0 {
		t.Fatalf("stored %+v, want 4 readings under a window", c)
	}
	g.verified()
	vouched := 0
	for _, v := range g.passed {
		if m, ok := v.(map[string]any); ok {
			if r, err := proof.OpenReading(m["reading"].(flow.Sealed)); err != nil {
				t.Error(err)
			} else if r.Voucher != nil {
				vouched++
			}
		}
	}
	if vouched != 3 {
		t.Errorf("%d readings are vouched for, want the 3 plain ones", vouched)
	}
}

// What is brought again, in whatever way, counts once, and the honest stream
// goes on: the rows a to f of a replay.
func TestIntakeReplay(t *testing.T) {
	g := newGateway(t)
	g.bring(g.therm, 1, 2, 3)
	g.bring(g.therm, 2) // a: at once, before it is settled
	g.flows()
	g.wants(t, "1 accepted", "2 accepted", "2 already", "3 accepted")

	g.bring(g.therm, 3) // b: over a new connection, later
	g.flows()
	g.wants(t, "3 already")

	g.intake.Restart() // c: after a restart
	g.settle(0)
	g.bring(g.therm, 1, 3)
	g.flows()
	g.wants(t, "1 already", "3 already")

	g.bring(g.therm, 4) // and the honest stream goes on
	g.pass()
	g.intake.Restart() // d: moved before 4 was settled: nobody was told of it
	g.bring(g.therm, 4)
	g.intake.Run()
	g.settle(1)
	g.wants(t)
	g.pump()
	g.settle(0)
	g.wants(t, "4 already")

	g.intake.Env.Set(g.intake.Env.Now().Add(-24 * time.Hour)) // e: a day later, with the clock set back
	g.bring(g.therm, 2)
	g.flows()
	g.wants(t, "2 already")
	g.intake.Env.Set(g.intake.Env.Now().Add(24 * time.Hour))

	// f: from another device. The listener refuses it by the certificate; were
	// it to come through as the other's own, it is another stream.
	g.bring(g.other, 3)
	g.bring(g.therm, 5)
	g.flows()
	g.wants(t, "3 accepted", "5 accepted")
	g.later(time.Minute)
	if c := g.counts(); c.Readings != 6 || c.Quarantined != 0 || c.Refused[flow.OutOfSequence] != 0 {
		t.Errorf("stored %+v, want 1 to 5 of one device and 3 of the other", c)
	}
	g.verified()
}

// Numbers that come a little out of order are put in order; a gap is waited for
// and then taken as it is; what comes after its turn is out of sequence.
func TestIntakeOrder(t *testing.T) {
	g := newGateway(t)
	g.bring(g.therm, 10, 12, 13, 11, 13)
	g.flows()
	g.wants(t, "10 accepted", "11 accepted", "12 accepted", "13 accepted", "13 already")

	g.bring(g.therm, 16)
	g.flows()
	g.wants(t)
	g.intake.Advance(400 * time.Millisecond)
	g.flows()
	g.wants(t)
	g.intake.Advance(200 * time.Millisecond)
	g.flows()
	g.wants(t, "16 accepted")
	g.bring(g.therm, 14, 15, 17)
	g.flows()
	g.wants(t, "14 out of sequence", "15 out of sequence", "17 accepted")

	for n := range uint64(65) { // more early ones than are kept waiting
		g.bring(g.therm, 100+n)
	}
	g.flows()
	if len(g.said) != 65 || g.said[64] != "164 accepted" {
		t.Errorf("65 early ones: %q", g.said)
	}
}

// Many that wait are signed for together, and nobody waits when nothing is on
// its way.
func TestIntakeGathers(t *testing.T) {
	g := newGateway(t)
	g.bring(g.therm, 1)
	g.pass()
	g.bring(g.therm, 2, 3)
	g.pass()
	if g.given != 1 {
		t.Fatalf("gave %d while the first is on its way, want 1", g.given)
	}
	g.intake.Advance(time.Minute)
	g.bring(g.other, 1)
	g.pass()
	if g.given != 1 {
		t.Fatalf("gave %d before the first is settled, want 1", g.given)
	}
	g.flows()
	g.pass()
	if g.given != 4 {
		t.Errorf("gave %d when the first was settled, want 4", g.given)
	}
	out := map[[32]byte]int{}
	g.pump()
	for _, v := range g.passed {
		r, err := proof.OpenReading(v.(map[string]any)["reading"].(flow.Sealed))
		if err != nil {
			t.Fatal(err)
		}
		out[[32]byte(r.Bytes[len(r.Bytes)-32:])]++ // the end of the voucher's signature
	}
	if len(out) != 2 {
		t.Errorf("%d vouchers for 4 readings, want 2", len(out))
	}
}

// Those that were answered together are waited for together, for a while; nobody
// waits for a single one.
func TestIntakeLingers(t *testing.T) {
	g := newGateway(t)
	g.bring(g.therm, 1)
	g.pass()
	g.bring(g.therm, 2)
	g.bring(g.other, 1)
	g.intake.Advance(40 * time.Millisecond)
	g.flows() // the first is answered
	g.pass()  // those two go
	g.intake.Advance(40 * time.Millisecond)
	g.flows()
	if g.given != 3 {
		t.Fatalf("gave %d when the first was settled, want 3", g.given)
	}
	g.bring(g.therm, 3)
	g.pass()
	if g.given != 3 {
		t.Fatalf("gave %d at once, want it to wait for the other that was answered with it", g.given)
	}
	g.bring(g.other, 2)
	g.pass()
	if g.given != 5 {
		t.Fatalf("gave %d when both had come again, want 5", g.given)
	}
	g.intake.Advance(40 * time.Millisecond)
	g.flows()
	g.bring(g.therm, 5) // before its turn
	g.bring(g.other, 3)
	g.pass()
	if g.given != 5 {
		t.Fatalf("gave %d at once, want 5", g.given)
	}
	g.intake.Advance(10 * time.Millisecond)
	g.pass()
	if g.given != 6 {
		t.Fatalf("gave %d after a quarter of the time that the last batch took, want 6", g.given)
	}
	g.flows()
	g.intake.Advance(time.Second)
	g.flows()
	if g.given != 7 {
		t.Errorf("gave %d, want the one that was early to have its turn as well", g.given)
	}
}

// An intake is bounded, whatever devices do.
func TestIntakeBounds(t *testing.T) {
	g := newGateway(t)
	for n := range uint64(70) {
		r := g.reading(g.therm, 1)
		r.Stream = fmt.Sprintf("s%d", n)
		g.arrive(&flow.Arrival{By: g.therm.ID, Reading: r})
	}
	g.flows()
	if n := len(slices.DeleteFunc(slices.Clone(g.said), func(s string) bool { return s != "1 too large" })); n != 6 {
		t.Errorf("%d of 70 streams were refused, want 6: %q", n, g.said)
	}
	g.said = nil
	for n := range uint64(4200) {
		g.bring(g.other, n+1)
	}
	full := len(g.said)
	if full != 104 || !strings.Contains(g.said[0], "as many wait as can be held") {
		t.Fatalf("%d of 4,200 found no room, want 104: %q", full, g.said[0])
	}
	g.intake.Room = 5000
	g.said = nil
	g.flows()
	g.flows()
	if len(g.said) != 4096 {
		t.Fatalf("%d were answered, want 4,096", len(g.said))
	}
	g.said = nil
	g.bring(g.other, 4097)
	g.flows()
	g.wants(t, "4097 accepted")
	large := g.reading(g.therm, 1)
	large.Samples = make([]int64, 3<<20)
	g.arrive(&flow.Arrival{By: g.therm.ID, Reading: large})
	g.wants(t, "1 "+"as many wait as can be held, until they are settled")
}

// A collector takes from an intake only what is of its own room, and only from
// one that speaks with its own certificate.
func TestCollectorAndIntake(t *testing.T) {
	g := newGateway(t)
	far := g.h.Device("urn:epc:id:giai:0614141.77", "h1/3/icu-4/thermometer")
	g.ids.know(far)
	elsewhere := g.h.Collector("bed9", "h1/3/icu-4/collector")
	g.ids.know(elsewhere)
	vouch := func(by flow.Signer, dev flow.Signer, seq uint64) flow.Sealed {
		s, err := proof.Vouch(by, g.now, []proof.Vouched{{Reading: g.reading(dev, seq), Device: dev.ID.Leaf}})
		if err != nil {
			t.Fatal(err)
		}
		return s[0]
	}
	me := g.collector.Env.Signer
	feed := g.collector.FeedFrom
	feed(me.ID, "reading", vouch(me, g.therm, 1))
	feed(me.ID, "reading", vouch(me, far, 1))                           // of another room
	feed(me.ID, "reading", vouch(elsewhere, far, 1))                    // and vouched for there
	feed(me.ID, "reading", vouch(elsewhere, g.therm, 2))                // by a collector of another room
	feed(me.ID, "reading", g.sealAs(far, far.ID.EPC, 1, 360))           // sealed, of another room
	feed(elsewhere.ID, "reading", vouch(me, g.therm, 2))                // over another collector's link
	feed(g.therm.ID, "reading", vouch(me, g.therm, 2))                  // over the device's own
	feed(me.ID, "reading", vouch(me, g.therm, 1), g.seal(g.other, 360)) // a replay, and a good one
	feed(me.ID, "reading", vouch(g.h.Storage("records-9"), g.therm, 3)) // by nobody known
	g.collector.TryRun()
	g.check.FeedFrom(me.ID, "in", g.collector.Take("out")...)
	g.check.Run()
	g.refused = append(g.refused, g.check.Take("refused")...)
	got := g.reasons()
	for i, want := range []string{"not the same room", "not the same room", "not the same room", "not the same room",
		"came over the link of " + elsewhere.ID.URI, "came over the link of " + g.therm.ID.URI, "out of sequence"} {
		if i >= len(got) || !strings.Contains(got[i], want) {
			t.Errorf("refusal %d of %q, want %s", i, got, want)
		}
	}
	if len(got) != 7 || g.collector.Left("reading") != 1 {
		t.Errorf("refused %q, %d wait; want 7 refused, and the last to wait for a certificate", got, g.collector.Left("reading"))
	}
}

func TestIntakeArguments(t *testing.T) {
	for what, args := range map[string]map[string]flow.Value{
		"no devices":   {"collector": "bed1", "devices": []any{}},
		"no collector": {"collector": "", "devices": []any{thermoEPC}},
		"too many":     {"collector": "bed1", "devices": slices.Repeat([]any{thermoEPC}, 257)},
		"no text":      {"collector": "bed1", "devices": []any{int64(7)}},
	} {
		if _, err := actortest.New(ward.Intake(), args); err == nil {
			t.Errorf("%s is accepted", what)
		}
	}
}

// State that no intake would save is refused, whatever it is.
func TestIntakeState(t *testing.T) {
	g := newGateway(t)
	g.bring(g.therm, 7)
	g.flows()
	good, err := g.intake.Actor().(flow.Stateful).Save()
	if err != nil {
		t.Fatal(err)
	}
	for n := range good {
		a, err := actortest.New(ward.Intake(), map[string]flow.Value{"collector": "bed1", "devices": []any{thermoEPC}})
		if err != nil {
			t.Fatal(err)
		}
		err = a.(flow.Stateful).Restore(1, good[:n])
		if (err == nil) != (n == 1) { // the first byte alone says that a token was given, and names no stream
			t.Errorf("Restore of %d of %d bytes = %v", n, len(good), err)
		}
		err = a.(flow.Stateful).Restore(1, append(good[:len(good):len(good)], good[1:]...))
		if err == nil {
			t.Error("a stream twice is accepted")
		}
	}
}
