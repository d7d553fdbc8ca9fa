package replica

import (
	"context"
	"iter"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// The copy answers all reading. A commit returns as soon as a majority has it,
// and this member's copy may hear of that a moment later; so a read first waits
// for what was committed through this member, but not for long.

// moment is how long a read waits for this member's own commits.
const moment = time.Second

// own waits until the copy has what was committed through this member.
func (s *Store) own(ctx context.Context) {
	index := s.acked.Load()
	if index <= s.shown.Load() {
		return
	}
	short, cancel := context.WithTimeout(ctx, moment)
	defer cancel()
	if s.group.Wait(short, index) == nil {
		s.shown.Store(index) // a lower one of another reader only makes the next wait again
	}
}

// ownSeq is own, before the first of a sequence is read.
func ownSeq[T any](ctx context.Context, s *Store, seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		s.own(ctx)
		seq(yield)
	}
}

// Newest is the newest checkpoint of an actor: see [store.Reader].
func (s *Store) Newest(ctx context.Context, actor flow.ActorID) (flow.Checkpoint, error) {
	s.own(ctx)
	return s.db.Newest(ctx, actor)
}

// Chain is what the next window of a chain must follow.
func (s *Store) Chain(ctx context.Context, patient, encounter string) (proof.Prior, error) {
	s.own(ctx)
	return s.db.Chain(ctx, patient, encounter)
}

// LastWindow is number and hash of the patient's window stored last.
func (s *Store) LastWindow(ctx context.Context, patient string) (number uint64, hash [32]byte, err error) {
	s.own(ctx)
	return s.db.LastWindow(ctx, patient)
}

// LastSeq is the highest number kept of a stream.
func (s *Store) LastSeq(ctx context.Context, of proof.Stream) (uint64, error) {
	s.own(ctx)
	return s.db.LastSeq(ctx, of)
}

// Reading is one reading with the window that covers it.
func (s *Store) Reading(ctx context.Context, of proof.Stream, seq uint64) (store.Kept, error) {
	s.own(ctx)
	return s.db.Reading(ctx, of, seq)
}

// Chunks are the readings that match.
func (s *Store) Chunks(ctx context.Context, q store.Query) iter.Seq2[store.Chunk, error] {
	return ownSeq(ctx, s, s.db.Chunks(ctx, q))
}

// Refusals are the refused readings that match.
func (s *Store) Refusals(ctx context.Context, q store.Query) iter.Seq2[store.Refusal, error] {
	return ownSeq(ctx, s, s.db.Refusals(ctx, q))
}

// Quarantined are the windows that failed.
func (s *Store) Quarantined(ctx context.Context) iter.Seq2[store.Quarantine, error] {
	return ownSeq(ctx, s, s.db.Quarantined(ctx))
}

// Counts counts what is stored.
func (s *Store) Counts(ctx context.Context) (store.Counts, error) {
	s.own(ctx)
	return s.db.Counts(ctx)
}

// Patients are those with anything stored, sorted.
func (s *Store) Patients(ctx context.Context) ([]string, error) {
	s.own(ctx)
	return s.db.Patients(ctx)
}

// Sealed are a patient's windows in the order they were stored.
func (s *Store) Sealed(ctx context.Context, patient string) iter.Seq2[proof.SealedWindow, error] {
	return ownSeq(ctx, s, s.db.Sealed(ctx, patient))
}

// Leaves are what is kept for the leaves of one window, by rising index.
func (s *Store) Leaves(ctx context.Context, patient, encounter string, number uint64) ([]proof.KeptLeaf, error) {
	s.own(ctx)
	return s.db.Leaves(ctx, patient, encounter, number)
}

// Waiting are a patient's readings that no window has covered yet.
func (s *Store) Waiting(ctx context.Context, patient string) iter.Seq2[proof.KeptLeaf, error] {
	return ownSeq(ctx, s, s.db.Waiting(ctx, patient))
}
