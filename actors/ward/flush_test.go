package ward_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/actors/ward"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// A logged book keeps a log of what is judged, and refuses on request.
type logged struct {
	*rules
	list    []string // what was put into it: "storage 3 too low"
	flushed int      // of them, on disk
	full    error
}

func (l *logged) Check(c *proof.Check) error {
	if l.full != nil {
		return l.full
	}
	if _, err := c.Encode(); err != nil {
		return err
	}
	l.list = append(l.list, fmt.Sprintf("%s %d %s", c.Place, c.Seq, c.Verdict.Reason))
	return nil
}

func (l *logged) Flush() error {
	l.flushed = len(l.list)
	return nil
}

// keepLog has the check and the store of a house use such a book.
func keepLog(w *house, h *pkitest.Hospital) *logged {
	l := &logged{rules: w.rules}
	bench := func(typ flow.Type, id flow.ActorID, me flow.Signer, args map[string]flow.Value) *actortest.Bench {
		env := actortest.NewEnv().Offer("rules", l).Offer("identities", w.ids).Offer("store", store.Store(w.db))
		env.Actor, env.Signer = id, me
		env.Set(w.now)
		b := actortest.Start(w.t, env, typ, args)
		b.Room = 1000
		return b
	}
	w.check = bench(ward.RuleCheck(), "ward:logged", h.Node("ward"), nil)
	w.store = bench(ward.Store(), "ward:keeper", h.Storage("records"), map[string]flow.Value{"storage": "records"})
	return l
}

// Every judgement is in the log: accepted and refused ones, at the collector and
// at the storage, of readings that nobody signed, and of replays.
func TestEachJudgementIsLogged(t *testing.T) {
	w := newHouse(t)
	l := keepLog(w, w.h)
	w.measure(w.therm, 360, 11)
	w.pump()
	w.store.Feed("in", w.passed[0]) // once more
	unsigned := w.seal(w.therm, 361)
	unsigned.Bytes = slices.Clone(unsigned.Bytes)
	unsigned.Bytes[len(unsigned.Bytes)-1] ^= 1
	w.check.FeedFrom(w.collector.Env.Signer.ID, "in", map[string]any{"patient": patient, "reading": unsigned})
	w.check.Run()
	w.store.Run()
	want := []string{"collector 1 accepted", "collector 2 too low", "storage 1 accepted", "collector 3 bad signature", "storage 1 out of sequence"}
	if !slices.Equal(l.list, want) {
		t.Errorf("the log has %q, want %q", l.list, want)
	}
	if l.flushed != len(l.list) {
		t.Errorf("%d of %d are on disk", l.flushed, len(l.list))
	}
}

// Without room in the log a reading waits.
func TestNoJudgementWithoutTheLog(t *testing.T) {
	w := newHouse(t)
	l := keepLog(w, w.h)
	l.full = fmt.Errorf("%w: no room", flow.ErrLater)
	w.measure(w.therm, 360)
	w.collector.Run()
	w.check.FeedFrom(w.collector.Env.Signer.ID, "in", w.collector.Take("out")...)
	if err := w.check.TryRun(); !errors.Is(err, flow.ErrLater) || w.check.Left("in") != 1 {
		t.Fatalf("without room: %v, %d wait", err, w.check.Left("in"))
	}
	l.full = nil
	w.pump()
	if len(w.passed) != 1 || w.counts().Waiting != 1 || len(l.list) != 2 {
		t.Errorf("it does not go on: %v, %+v, %q", w.passed, w.counts(), l.list)
	}
}
