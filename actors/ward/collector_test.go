package ward_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/ward"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
)

// What the collector would not take comes out of the check's port refused, with
// who and why, and never under a window.
func TestCollectorRefuses(t *testing.T) {
	w := newHouse(t)
	rogue := pkitest.New(t).Device(thermoEPC, thermo)
	first := w.seal(w.therm, 360)
	feed := w.collector.FeedFrom
	feed(w.therm.ID, "reading", first)
	feed(w.therm.ID, "reading", first)                                      // a replay
	feed(w.other.ID, "reading", w.seal(w.therm, 361))                       // over another's link
	feed(flow.Identity{}, "reading", w.seal(w.therm, 361))                  // from nobody
	feed(w.therm.ID, "reading", w.sealAs(w.other, w.therm.ID.EPC, 50, 361)) // signed by another device
	feed(w.therm.ID, "reading", "37.0")                                     // no reading
	feed(w.therm.ID, "reading", flow.Sealed{Kind: "reading", Bytes: []byte{1}})
	w.ids.known[rogue.ID.Leaf] = w.therm // the right name, another's key
	feed(w.therm.ID, "reading", w.sealAs(rogue, w.therm.ID.EPC, 51, 361))
	w.pump()
	want := []string{
		"collector: out of sequence: the reading is out of its stream's sequence",
		"collector: bad signature: it is of device " + w.therm.ID.EPC + " and came over the link of " + w.other.ID.URI,
		"collector: bad signature: it is of device " + w.therm.ID.EPC + " and came over the link of somebody without a certificate",
		"collector: bad signature: the certificate is that of " + w.other.ID.URI,
		"collector: bad signature: a string is no sealed reading",
		"collector: bad signature: open reading: not in the one permitted form",
		"collector: bad signature: the certificate does not hold",
	}
	got := w.reasons()
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Fatalf("refused\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := len(w.rules.told); n != len(want) {
		t.Errorf("the rules were told of %d refusals, want %d", n, len(want))
	}
	for _, line := range w.collector.Env.Logged() {
		if !strings.HasPrefix(line, `level=INFO msg="reading refused" peer=`) {
			t.Errorf("logged %s", line)
		}
	}
	w.later(time.Minute)
	if c := w.counts(); c.Readings != 1 || c.Windows != 1 {
		t.Errorf("stored %+v, want the one good reading", c)
	}
}

// Without the card readings wait where they are; when it is back, all of them go on.
func TestCollectorWaitsForTheCard(t *testing.T) {
	w := newHouse(t)
	w.measure(w.therm, 360)
	w.pump()
	w.cards.pulled = true
	w.measure(w.therm, 361, 362)
	w.collector.Env.Set(w.collector.Env.Now().Add(time.Millisecond))
	if err := w.collector.TryRun(); !errors.Is(err, flow.ErrLater) || w.collector.Left("reading") != 2 {
		t.Fatalf("without a card: %v, %d wait; want ErrLater and 2", err, w.collector.Left("reading"))
	}
	w.collector.Env.Set(w.collector.Env.Now().Add(time.Minute)) // nor is the window signed
	if err := w.collector.TryRun(); !errors.Is(err, flow.ErrLater) || len(w.collector.Take("out")) != 0 {
		t.Fatalf("without a card a window was due: %v", err)
	}
	w.cards.pulled = false
	for _, b := range []*actortest.Bench{w.check, w.store} {
		b.Env.Set(w.collector.Env.Now())
	}
	w.pump()
	w.later(time.Minute)
	if c := w.counts(); c.Readings != 3 || c.Windows != 2 {
		t.Errorf("stored %+v, want 3 readings under 2 windows", c)
	}
	w.verified()
}

func TestCollectorWantsTheRightCard(t *testing.T) {
	w := newHouse(t)
	w.cards.card = w.h.Patient("p-2")
	w.measure(w.therm, 360)
	if err := w.collector.TryRun(); err == nil || errors.Is(err, flow.ErrLater) || !strings.Contains(err.Error(), "is not the one of this collector's patient") || strings.Contains(err.Error(), "p-") {
		t.Errorf("with another's card: %v", err)
	}
}

// A certificate not heard of yet is waited for; a device revoked in the middle
// of a window has its next readings refused, and the window is signed all the
// same, also by a collector that has been moved.
func TestCollectorAndCertificates(t *testing.T) {
	w := newHouse(t)
	delete(w.ids.known, w.therm.ID.Leaf)
	w.measure(w.therm, 360)
	if err := w.collector.TryRun(); !errors.Is(err, flow.ErrLater) {
		t.Fatalf("with an unknown certificate: %v, want ErrLater", err)
	}
	w.ids.know(w.therm)
	w.pump()
	w.ids.revoked = errors.New("it was revoked")
	w.measure(w.therm, 361)
	w.collector.Restart()
	w.later(time.Minute)
	if c := w.counts(); c.Readings != 1 || c.Windows != 1 {
		t.Errorf("stored %+v, want the first reading under a window", c)
	}
	if got := w.reasons(); len(got) != 1 || got[0] != "collector: bad signature: it was revoked" {
		t.Errorf("refused %q", got)
	}
}

func TestCollectorStateIsOfOnePatient(t *testing.T) {
	w := newHouse(t)
	w.measure(w.therm, 360)
	w.pump()
	state, err := w.collector.Actor().(flow.Stateful).Save()
	if err != nil {
		t.Fatal(err)
	}
	a, err := actortest.New(ward.Collector(), map[string]flow.Value{"patient": "p-2", "collector": "bed1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.(flow.Stateful).Restore(2, state); err == nil || !strings.Contains(err.Error(), "its state is of another patient") || strings.Contains(err.Error(), patient) {
		t.Errorf("Restore for another patient = %v", err)
	}
}

// A clock that is set back signs the window early rather than never.
func TestCollectorClockSetBack(t *testing.T) {
	w := newHouse(t)
	w.measure(w.therm, 360)
	w.pump()
	w.collector.Env.Set(w.now.Add(-time.Hour))
	w.collector.Run()
	out := w.collector.Take("out")
	if len(out) != 1 {
		t.Fatalf("gives %d tokens, want the window", len(out))
	}
	if win, err := proof.OpenWindow(out[0].(flow.Sealed)); err != nil || win.Count != 1 {
		t.Errorf("gives %+v, %v", win, err)
	}
}

func TestCollectorNamesItsChain(t *testing.T) {
	w := newHouse(t)
	b := w.bench(ward.Collector(), "ward:second", w.collector.Env.Signer, map[string]flow.Value{"patient": patient, "collector": "bed1", "encounter": "stay-7"})
	b.FeedFrom(w.therm.ID, "reading", w.seal(w.therm, 360))
	b.Run()
	b.Advance(time.Minute)
	out := b.Take("out")
	win, err := proof.OpenWindow(out[len(out)-1].(flow.Sealed))
	if err != nil || !strings.HasPrefix(win.Encounter, "stay-7 20") || win.Patient != patient || win.Number != 1 {
		t.Errorf("window %+v, %v", win, err)
	}
}

func TestCollectorArguments(t *testing.T) {
	for want, args := range map[string]map[string]flow.Value{
		"argument patient: is missing":             {"collector": "c"},
		"argument collector: is missing":           {"patient": "p"},
		"argument window: want seconds above 0":    {"patient": "p", "collector": "c", "window": int64(0)},
		"argument window: want at most a day":      {"patient": "p", "collector": "c", "window": int64(100_000)},
		"argument encounter: want a string, not a": {"patient": "p", "collector": "c", "encounter": int64(7)},
	} {
		if _, err := actortest.New(ward.Collector(), args); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("New(%v) = %v, want %q", args, err, want)
		}
	}
}

// What a node lacks is said at the start.
func TestNeeds(t *testing.T) {
	for _, typ := range []flow.Type{ward.Collector(), ward.RuleCheck(), ward.Store()} {
		w := newHouse(t)
		for _, missing := range typ.Spec.Requires {
			for _, wrong := range []any{nil, 7} {
				env := actortest.NewEnv().Offer("rules", w.rules).Offer("identities", w.ids).Offer("card", w.cards).Offer("store", w.db)
				if delete(env.Offers, missing); wrong != nil {
					env.Offer(missing, wrong)
				}
				a, err := actortest.New(typ, map[string]flow.Value{"patient": patient, "collector": "c", "storage": "s"})
				if err != nil {
					t.Fatal(err)
				}
				if err := a.(flow.Starter).Start(env); err == nil || !strings.Contains(err.Error(), "capability "+missing) {
					t.Errorf("%s without %s: Start = %v", typ.Spec.Name, missing, err)
				}
				if s, ok := a.(flow.Stopper); ok {
					s.Stop()
				}
			}
		}
	}
}

// An application that ends leaves no window open, and one that goes on after all
// opens the next.
func TestCollectorFinishes(t *testing.T) {
	w := newHouse(t)
	w.measure(w.therm, 360, 361)
	w.pump()
	if c := w.counts(); c.Windows != 0 || c.Waiting != 2 {
		t.Fatalf("stored %+v before the end, want two readings that wait", c)
	}
	w.collector.Actor().(interface{ Finish() }).Finish()
	w.pump()
	if c := w.counts(); c.Windows != 1 || c.Readings != 2 {
		t.Fatalf("stored %+v, want two readings under a window", c)
	}
	w.measure(w.therm, 362)
	w.pump()
	if c := w.counts(); c.Windows != 1 || c.Waiting != 1 {
		t.Errorf("stored %+v, want one more that waits", c)
	}
}
