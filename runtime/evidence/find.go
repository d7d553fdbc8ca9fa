package evidence

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"sort"
	"time"

	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// A Log is a log of checks. A *tlog.Log is one.
type Log interface {
	Size() uint64
	Entry(i uint64) ([]byte, error)
	Entries(i, n uint64) iter.Seq2[[]byte, error]
	Inclusion(index, size uint64) ([]tlog.Hash, error)
}

// beforehand is how much earlier than it was taken a reading may seem to have
// been judged: the device's clock may be ahead.
const beforehand = 10 * time.Minute

// find gives the places of at most most checks of a reading in a log, the first
// ones. Records are about in the order of their time, so where it is known about
// when the reading was taken, the search begins there; if nothing is found
// behind that, it begins anew from the start.
func find(ctx context.Context, l Log, q *Query, most int) ([]uint64, error) {
	size := l.Size()
	from, err := since(l, size, q.At)
	if err != nil {
		return nil, err
	}
	found, err := scan(ctx, l, q, from, size, most)
	if err == nil && len(found) == 0 && from > 0 {
		return scan(ctx, l, q, 0, from, most)
	}
	return found, err
}

// since is about where the records begin that were made at a time or later.
func since(l Log, size uint64, at time.Time) (uint64, error) {
	if at.IsZero() || size == 0 {
		return 0, nil
	}
	at = at.Add(-beforehand)
	var wrong error
	i := sort.Search(int(size), func(i int) bool {
		b, err := l.Entry(uint64(i))
		if err == nil {
			var c *proof.Check
			if c, err = proof.OpenCheck(b); err == nil {
				return !c.At.Before(at)
			}
		}
		wrong = err
		return true
	})
	if wrong != nil {
		return 0, fmt.Errorf("search a log of checks: %w", wrong)
	}
	return uint64(i), nil
}

// scan looks at each record from one place up to another.
func scan(ctx context.Context, l Log, q *Query, from, to uint64, most int) (found []uint64, err error) {
	leaf, known := q.leaf()
	needle := leaf[:]
	if !known {
		if needle = numberIn(q); needle == nil {
			return nil, nil // nothing to look for
		}
	}
	i := from
	for b, err := range l.Entries(from, to-from) {
		if err != nil {
			return nil, fmt.Errorf("search a log of checks: %w", err)
		}
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("search a log of checks: %w", ctx.Err())
		}
		if bytes.Contains(b, needle) {
			c, err := proof.OpenCheck(b)
			if err != nil {
				return nil, fmt.Errorf("record %d of a log of checks: %w", i, err)
			}
			switch {
			case known && c.Leaf == leaf:
				found = append(found, i)
			case !known && c.Device == q.Device && c.Stream == q.Stream && c.Seq == q.Seq:
				// Others may have come under the same number; the first is meant.
				leaf, known, needle = c.Leaf, true, c.Leaf[:]
				found = append(found, i)
			}
			if len(found) == most {
				return found, nil
			}
		}
		i++
	}
	return found, nil
}

// numberIn is what the record of a check has in it when it is of a number on a
// device's stream. To open each record would take a hundred times as long.
func numberIn(q *Query) []byte {
	b, err := hex.DecodeString(q.Device)
	if err != nil || !q.names() || q.Seq == 0 {
		return nil
	}
	return proof.CheckNumber(b, q.Stream, q.Seq)
}
