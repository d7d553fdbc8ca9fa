package ward_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/ward"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// A full disk stores nothing and loses nothing: the same batch is tried again.
func TestStoreTriesAgain(t *testing.T) {
	w := newHouse(t)
	w.db.full = true
	w.measure(w.therm, 360, 361)
	w.collector.Run()
	w.check.FeedFrom(w.collector.Env.Signer.ID, "in", w.collector.Take("out")...)
	w.check.Run()
	w.store.FeedFrom(w.check.Env.Signer.ID, "in", w.check.Take("passed")...)
	for range 3 {
		if err := w.store.TryRun(); !errors.Is(err, errDisk) {
			t.Fatalf("on a full disk: %v", err)
		}
	}
	w.db.full = false
	w.later(time.Minute)
	if c := w.counts(); c.Readings != 2 || c.Windows != 1 || len(c.Refused) != 0 {
		t.Errorf("stored %+v, want 2 readings", c)
	}
	w.verified()
}

// A commit that was made though its answer got lost is made once, and what came
// meanwhile is stored after it: nothing is taken for a replay of itself.
func TestStoreThatDoesNotAnswer(t *testing.T) {
	w := newHouse(t)
	w.measure(w.therm, 360, 361)
	w.collector.Run()
	w.check.FeedFrom(w.collector.Env.Signer.ID, "in", w.collector.Take("out")...)
	w.check.Run()
	w.store.FeedFrom(w.check.Env.Signer.ID, "in", w.check.Take("passed")...)
	w.db.mute = true
	if err := w.store.TryRun(); !errors.Is(err, errDisk) {
		t.Fatalf("a lost answer: %v", err)
	}
	w.measure(w.therm, 362)
	w.later(time.Minute)
	if c := w.counts(); c.Readings != 3 || c.Windows != 2 || len(c.Refused) != 0 {
		t.Errorf("stored %+v, want 3 readings and none refused", c)
	}
	w.verified()
}

// The place reached on the links is stored with the readings, and an activation
// that a newer one has replaced stores nothing.
func TestStoreKeepsItsPlace(t *testing.T) {
	w := newHouse(t)
	w.measure(w.therm, 360, 361)
	w.pump()
	own := w.store.Actor().(flow.Committer)
	c, err := own.Fence(t.Context(), 1)
	if err != nil || c.Taken["test:feed.out > ward:store.in"] != 2 || c.Epoch != 1 {
		t.Fatalf("Fence = %+v, %v; want place 2 of epoch 1", c, err)
	}
	w.store.Restart()
	c.Epoch = 1
	if err := own.Commit(t.Context(), c); !errors.Is(err, flow.ErrStale) {
		t.Errorf("the replaced one's Commit = %v, want ErrStale", err)
	}
	if _, err := own.Fence(t.Context(), 1); !errors.Is(err, flow.ErrStale) {
		t.Errorf("the replaced one's Fence = %v, want ErrStale", err)
	}
}

// Windows that do not hold are kept apart, with one line in the log, and take
// nothing into the record.
func TestStoreQuarantines(t *testing.T) {
	open := func(v flow.Value) *proof.Window {
		w, err := proof.OpenWindow(v.(flow.Sealed))
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	for name, tt := range map[string]struct {
		want   string
		bend   func(w *house, window flow.Value) flow.Value
		forked bool
	}{
		"torn": {"open window: not in the one permitted form", func(w *house, v flow.Value) flow.Value {
			s := v.(flow.Sealed)
			return flow.Sealed{Kind: s.Kind, Bytes: s.Bytes[:len(s.Bytes)-1]}
		}, false},
		"not judged": {"nobody has judged the window", func(w *house, v flow.Value) flow.Value {
			return w.unjudged
		}, false},
		"late": {"the window was not signed about now", func(w *house, v flow.Value) flow.Value {
			w.store.Env.Set(w.now.Add(60 * time.Hour))
			return v
		}, false},
		"early": {"the window was not signed about now", func(w *house, v flow.Value) flow.Value {
			w.store.Env.Set(w.now.Add(-time.Minute))
			return v
		}, false},
		"judged by a device": {"may not judge", func(w *house, v flow.Value) flow.Value {
			found := make([]proof.Finding, open(v).Count)
			s, err := proof.Judge(w.unjudged.(flow.Sealed), w.therm, found, w.store.Env.Now())
			if err != nil {
				t.Fatal(err)
			}
			return s
		}, false},
		"leaves that never came": {"the leaf is neither kept nor refused", func(w *house, v flow.Value) flow.Value {
			b := w.bench(ward.Collector(), "ward:second", w.collector.Env.Signer, map[string]flow.Value{"patient": patient, "collector": "bed1"})
			b.FeedFrom(w.other.ID, "reading", w.sealAs(w.other, w.other.ID.EPC, 9, 360))
			b.Run()
			b.Advance(time.Minute)
			out := b.Take("out")
			s, err := proof.Judge(out[1].(flow.Sealed), w.check.Env.Signer, make([]proof.Finding, 1), w.store.Env.Now())
			if err != nil {
				t.Fatal(err)
			}
			return s
		}, true},
	} {
		w := newHouse(t)
		w.measure(w.therm, 360, 361)
		w.pump()
		w.collector.Advance(time.Minute)
		w.unjudged = w.collector.Take("out")[0]
		w.check.Feed("in", w.unjudged)
		w.check.Run()
		good := w.check.Take("passed")[0]
		w.store.Env.Set(w.collector.Env.Now())
		w.store.Feed("in", tt.bend(w, good))
		w.store.Run()
		c := w.counts()
		if c.Windows != 0 || c.Quarantined != 1 || c.Readings != 0 || c.Waiting != 2 {
			t.Errorf("%s: stored %+v", name, c)
		}
		for q, err := range w.db.Quarantined(t.Context()) {
			if err != nil || !strings.Contains(q.Err, tt.want) {
				t.Errorf("%s: quarantined because %q, %v; want %q", name, q.Err, err, tt.want)
			}
		}
		if lines := w.store.Env.Logged(); len(lines) != 1 || !strings.HasPrefix(lines[0], `level=WARN msg="window put into quarantine"`) {
			t.Errorf("%s: logged %q", name, lines)
		}
		if tt.forked {
			continue // the card has signed two windows of one number: the first counts
		}
		// The good window still finds its readings.
		w.store.Env.Set(w.collector.Env.Now())
		w.store.Feed("in", good)
		w.store.Run()
		if c := w.counts(); c.Windows != 1 || c.Readings != 2 {
			t.Errorf("%s: after the good window: %+v", name, c)
		}
		w.verified()
	}
}

// A window that comes twice is recorded once.
func TestStoreTakesAWindowOnce(t *testing.T) {
	w := newHouse(t)
	w.measure(w.therm, 360)
	w.pump()
	w.later(time.Minute)
	again := w.passed[len(w.passed)-1]
	w.store.Feed("in", again, w.passed[0])
	w.store.Run()
	if c := w.counts(); c.Windows != 1 || c.Readings != 1 || c.Quarantined != 1 || c.Refused[flow.OutOfSequence] != 1 {
		t.Errorf("stored %+v", c)
	}
	w.verified()
}

// Another storing actor has taken the same readings and windows first: this one
// finds out only when it commits, and does not stumble.
func TestStoreIsNotAlone(t *testing.T) {
	w := newHouse(t)
	second := w.bench(ward.Store(), "ward:second", w.h.Storage("records-2"), map[string]flow.Value{"storage": "records-2"})
	w.measure(w.therm, 360, 361)
	w.collector.Run()
	w.check.FeedFrom(w.collector.Env.Signer.ID, "in", w.collector.Take("out")...)
	w.check.Run()
	readings := w.check.Take("passed")
	w.collector.Advance(time.Minute)
	w.check.Feed("in", w.collector.Take("out")...)
	w.check.Run()
	window := w.check.Take("passed")
	for _, b := range []*actortest.Bench{w.store, second} {
		b.Env.Set(w.collector.Env.Now())
	}
	// The second looks at the streams before the first commits, so it believes
	// that all is new to it.
	w.db.full = true
	second.Feed("in", append(slices.Clone(readings), window...)...)
	if err := second.TryRun(); !errors.Is(err, errDisk) {
		t.Fatal(err)
	}
	w.db.full = false
	w.store.Feed("in", append(slices.Clone(readings), window...)...)
	w.store.Run()
	if err := second.TryRun(); err != nil {
		t.Fatalf("the second stumbles: %v", err)
	}
	c := w.counts()
	if c.Readings != 2 || c.Windows != 1 || c.Quarantined != 1 || c.Refused[flow.OutOfSequence] != 2 {
		t.Errorf("stored %+v", c)
	}
	w.verified()
}

// What waits is found again by a store that was moved, and while the rules or a
// certificate are not known the token waits.
func TestStoreWaits(t *testing.T) {
	w := newHouse(t)
	w.measure(w.therm, 360, 361)
	w.pump()
	w.store.Restart()
	w.later(time.Minute)
	if c := w.counts(); c.Readings != 2 || c.Windows != 1 {
		t.Fatalf("after a restart: %+v", c)
	}
	w.measure(w.therm, 362)
	w.collector.Run()
	w.check.FeedFrom(w.collector.Env.Signer.ID, "in", w.collector.Take("out")...)
	w.check.Run()
	w.store.Feed("in", w.check.Take("passed")...)
	w.rules.unknown = true
	if err := w.store.TryRun(); !errors.Is(err, flow.ErrLater) || w.store.Left("in") != 1 {
		t.Fatalf("without rules: %v", err)
	}
	w.rules.unknown = false
	w.ids.known = map[[32]byte]flow.Signer{}
	if err := w.store.TryRun(); !errors.Is(err, flow.ErrLater) {
		t.Fatalf("without certificates: %v", err)
	}
	w.ids.know(w.therm)
	w.store.Run()
	if c := w.counts(); c.Waiting != 1 {
		t.Errorf("stored %+v, want one waiting", c)
	}
}

// Readings that the store refuses by itself, and tokens that are nothing.
func TestStoreOfWhatIsOdd(t *testing.T) {
	w := newHouse(t)
	carry := func(s flow.Sealed) flow.Value { return map[string]any{"patient": patient, "reading": s} }
	w.store.Feed("in", int64(7), carry(flow.Sealed{Kind: "reading", Bytes: []byte{7}}),
		carry(w.sealAs(w.other, w.therm.ID.EPC, 1, 360)), carry(w.sealAs(w.therm, w.therm.ID.EPC, 1, 11)))
	w.store.Run()
	c := w.counts()
	if c.Waiting != 0 || c.Refused[flow.BadSignature] != 2 || c.Refused[flow.TooLow] != 1 {
		t.Errorf("stored %+v", c)
	}
	if lines := w.store.Env.Logged(); len(lines) != 1 || !strings.Contains(lines[0], "a number is neither a reading nor a window") {
		t.Errorf("logged %q", lines)
	}
	for r, err := range w.db.Refusals(context.Background(), store.Query{}) {
		if err != nil || r.By != store.ByStorage {
			t.Errorf("refusal %+v, %v", r, err)
		}
	}
}
