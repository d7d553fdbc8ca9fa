package ward

import (
	"context"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// A shelf is what a store knows of what is stored and of its batch together.
// All of it can be read from the store again.
type shelf struct {
	waiting map[[32]byte]waiting
	refused map[[32]byte]struct{}   // here, and no window covers them yet
	seq     map[proof.Stream]uint64 // the last number accepted
	heads   map[chainName]proof.Prior
	looked  map[chainName]struct{} // chains whose lost windows were looked for in quarantine
}

// waiting is a reading that no window covers yet.
type waiting struct {
	patient string
	reading *proof.Reading
}

type chainName struct{ patient, encounter string }

func chainOf(w *proof.Window) chainName { return chainName{w.Patient, w.Encounter} }

func newShelf() shelf {
	return shelf{waiting: map[[32]byte]waiting{}, refused: map[[32]byte]struct{}{}, seq: map[proof.Stream]uint64{}, heads: map[chainName]proof.Prior{}, looked: map[chainName]struct{}{}}
}

// find is the reading of an accepted leaf of a window. That there is none is no
// error: it may have been refused here before this activation began, which the
// store will know.
func (s *shelf) find(db store.Store, patient string, leaf [32]byte) (w waiting, ok bool, err error) {
	if _, ok := s.refused[leaf]; ok {
		return w, false, nil
	}
	if w, ok = s.waiting[leaf]; ok {
		return w, true, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for c, err := range db.Chunks(ctx, store.Query{Patient: patient, Waiting: true}) {
		if err != nil {
			return w, false, fmt.Errorf("read what waits of a patient: %w", err)
		}
		s.waiting[c.Reading.Leaf] = waiting{c.Patient, c.Reading}
	}
	w, ok = s.waiting[leaf]
	return w, ok, nil
}

// forget drops the leaves of a window that has come, whether it held or not: no
// other window will cover them.
func (s *shelf) forget(leaves [][32]byte) {
	for _, leaf := range leaves {
		delete(s.waiting, leaf)
		delete(s.refused, leaf)
	}
}

// last is the last number accepted of a stream, from the store the first time.
func (s *shelf) last(db store.Store, of proof.Stream) (uint64, error) {
	if last, ok := s.seq[of]; ok {
		return last, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	last, err := db.LastSeq(ctx, of)
	if err != nil {
		return 0, fmt.Errorf("read the last number of %s: %w", of, err)
	}
	s.seq[of] = last
	return last, nil
}

// chain is what a window must follow, from the store the first time.
func (s *shelf) chain(db store.Store, w *proof.Window) (proof.Prior, error) {
	if head, ok := s.heads[chainOf(w)]; ok {
		return head, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	head, err := db.Chain(ctx, w.Patient, w.Encounter)
	if err != nil {
		return head, fmt.Errorf("read what window %d (%x) is to follow: %w", w.Number, w.Hash[:4], err)
	}
	s.heads[chainOf(w)] = head
	return head, nil
}

// patience bounds one question to the store.
const patience = 5 * time.Second

// A batch is what firings have left to store.
type batch struct {
	waiting    []store.Chunk
	refused    []store.Refusal
	windows    []taken
	quarantine []store.Quarantine
}

// taken is a window with the refusals that its judgments state.
type taken struct {
	window  store.Window
	refused []store.Refusal
}

// whole is the batch as the store takes it.
func (b *batch) whole(c flow.Checkpoint) store.Batch {
	out := store.Batch{Waiting: b.waiting, Quarantine: b.quarantine, Checkpoint: c}
	out.Refused = append(out.Refused, b.refused...)
	for _, t := range b.windows {
		out.Refused = append(out.Refused, t.refused...)
		out.Windows = append(out.Windows, t.window)
	}
	return out
}

// replay makes a refusal of a reading that was stored already.
func (b *batch) replay(e *store.ReplayError, now time.Time) bool {
	if e.Index < 0 || e.Index >= len(b.waiting) {
		return false
	}
	c := b.waiting[e.Index]
	b.waiting = append(b.waiting[:e.Index:e.Index], b.waiting[e.Index+1:]...)
	b.refused = append(b.refused, refusedHere(c.Patient, c.Reading, replay(c.Verdict.Group, c.Reading, c.Reading.Seq), now))
	return true
}

func replay(group string, r *proof.Reading, last uint64) flow.Verdict {
	return flow.Verdict{Reason: flow.OutOfSequence, Group: group,
		Clause: fmt.Sprintf("number %d of %s comes after %d, which is stored", r.Seq, r.Of(), last)}
}

// refusedHere is a reading that the store itself refuses.
func refusedHere(patient string, r *proof.Reading, v flow.Verdict, now time.Time) store.Refusal {
	low, high := r.Range()
	return store.Refusal{Patient: patient, Leaf: r.Leaf, Stream: r.Of(), Seq: r.Seq, Kind: r.Kind, Unit: r.Unit,
		Low: low, High: high, At: r.At, Verdict: v, By: store.ByStorage, Judged: now}
}
