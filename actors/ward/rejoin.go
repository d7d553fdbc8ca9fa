package ward

import (
	"context"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// rejoin mends a chain that ended when windows in quarantine did not count for
// theirs: a store that was written then has them, and takes them as links now. It
// looks when a window comes whose number is too high, once for each chain, and
// returns what the chain has reached.
func (s *storage) rejoin(w *proof.Window, prior proof.Prior, now time.Time) (proof.Prior, error) {
	chain := chainOf(w)
	if _, looked := s.shelf.looked[chain]; looked || w.Number <= prior.Number+1 {
		return prior, nil
	}
	s.shelf.looked[chain] = struct{}{}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for q, err := range s.db.Quarantined(ctx) {
		if err != nil {
			return prior, fmt.Errorf("look in quarantine for what window %d (%x) follows: %w", w.Number, w.Hash[:4], err)
		}
		if q.Patient != w.Patient || q.Number != prior.Number+1 {
			continue
		}
		old, err := proof.OpenWindow(flow.Sealed{Kind: proof.KindWindow, Bytes: q.Bytes})
		if err != nil || chainOf(old) != chain {
			continue
		}
		next, err := old.Link(s.trust, prior)
		if err != nil {
			continue
		}
		prior = next
		s.shelf.heads[chain] = next
		s.batch.windows = append(s.batch.windows, taken{window: store.Window{Window: old, Stored: now, Quarantine: q.Err}})
	}
	return prior, nil
}
