package evidence

import "context"

// Find is what a node does to find checks of a reading in its log.
func Find(ctx context.Context, l Log, q Query, most int) ([]uint64, error) {
	return find(ctx, l, &q, most)
}
