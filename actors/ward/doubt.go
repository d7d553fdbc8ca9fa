package ward

import (
	"context"
	"maps"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A doubt is a commit that got no answer: its batch is stored, or is not. Were it
// offered again as it is, its readings would be refused as replays of themselves.
type doubt struct {
	taken map[flow.LinkID]uint64 // the place on the links that was to be stored with the batch
	batch batch
}

// resolve ends the doubt. A batch and its place are one transaction, and a batch
// is of tokens taken since the last one, so the place that is stored tells. Fence
// is what asks for it: nothing that is under way comes after it unseen.
func (s *storage) resolve(ctx context.Context, epoch uint64) error {
	if s.doubt == nil {
		return nil
	}
	newest, err := s.db.Fence(ctx, s.env.ID(), epoch)
	if err != nil {
		return err
	}
	if !maps.Equal(newest.Taken, s.doubt.taken) {
		s.batch = s.doubt.batch.and(s.batch)
	}
	s.doubt = nil
	return nil
}

// and is a batch and what came after it.
func (b batch) and(more batch) batch {
	return batch{append(b.waiting, more.waiting...), append(b.refused, more.refused...),
		append(b.windows, more.windows...), append(b.quarantine, more.quarantine...)}
}
