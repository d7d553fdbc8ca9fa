package ward

import (
	"context"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// recallFrom is how far back a store looks for what came before a reading: rules
// compare what is near in time, and a long record must not be searched for more.
const recallFrom = 24 * time.Hour

// remembered looks up in the store what this judge has forgotten, or a judge
// before it had accepted: the last readings of a stream that has some, and the
// newest of the kinds that rules compare.
func (s *storage) remembered(patient string, r *proof.Reading, n needs) error {
	if n.past > 0 && !s.memory.knows(r.Of()) {
		last, err := s.shelf.last(s.db, r.Of())
		if err != nil {
			return err
		}
		if last > 0 {
			q := store.Query{Patient: patient, Kind: r.Kind, Device: r.Device, Stream: r.Stream, From: r.At.Add(-recallFrom), Newest: true, Limit: min(n.past, flow.MaxPast)}
			if err := s.recollect(q, needs{past: n.past}); err != nil {
				return err
			}
		}
	}
	if len(n.beside) == 0 || s.memory.patients[patient] != nil {
		return nil
	}
	s.memory.company(patient)
	for _, kind := range n.beside {
		q := store.Query{Patient: patient, Kind: kind, From: r.At.Add(-recallFrom), Newest: true, Limit: 1}
		if err := s.recollect(q, needs{beside: n.beside}); err != nil {
			return err
		}
	}
	return nil
}

func (s *storage) recollect(q store.Query, n needs) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for c, err := range s.db.Chunks(ctx, q) {
		if err != nil {
			return fmt.Errorf("read what was accepted before of a patient: %w", err)
		}
		s.memory.accept(c.Patient, c.Reading, n)
	}
	return nil
}
