package evidence

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// What a store and its logs do not agree on, by name.

// otherOf says what the logs have under the number of a stored reading.
func (c *collator) otherOf(ctx context.Context, s suspicion) (string, error) {
	found := ""
	is := proof.LeafHash(s.leaf.Bytes)
	err := c.each(ctx, func(f Folder, i uint64, check *proof.Check) bool {
		if check.Leaf != is && check.Device == s.leaf.Device && check.Stream == s.leaf.Name && check.Seq == s.leaf.Seq {
			found = fmt.Sprintf("check %d of log %s, %s on %s, was of %x and %s, this is %x", i, f.Account, at(check.Place.String()),
				check.At.Format(time.RFC3339Nano), check.Leaf[:8], check.Verdict.Reason, is[:8])
		}
		return found == ""
	})
	return found, err
}

// missing looks for what was accepted at storage, under a head, and is not there.
func (c *collator) missing(ctx context.Context) error {
	gone := map[uint64]bool{}
	for _, h := range c.accepted[proof.AtStorage-1] {
		if !in(c.stored, h) && !in(c.apart, h) && len(gone) < mostOdd {
			gone[h] = true
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return c.each(ctx, func(f Folder, i uint64, check *proof.Check) bool {
		h := c.of(check.Leaf)
		if check.Place == proof.AtStorage && check.Verdict.OK() && gone[h] {
			c.bad("reading %d of %s of device %s, judged good at storage on %s (check %d of log %s): what is stored is not that, or it was taken out: %x",
				check.Seq, check.Stream, check.Device, check.At.Format(time.RFC3339Nano), i, f.Account, check.Leaf[:8])
			delete(gone, h)
		}
		return len(gone) > 0
	})
}

// each gives the checks of all logs, as far as they were walked, until see is false.
func (c *collator) each(ctx context.Context, see func(f Folder, i uint64, check *proof.Check) bool) error {
	for n, f := range c.folders {
		log, err := tlog.OpenReadOnly(f.Dir)
		if err != nil {
			return err
		}
		i, on := uint64(0), true
		for b, e := range log.Entries(0, min(c.walked[n], log.Size())) {
			var check *proof.Check
			if err = e; err == nil {
				check, err = proof.OpenCheck(b)
			}
			if err != nil || ctx.Err() != nil {
				break
			}
			if on = see(f, i, check); !on {
				break
			}
			i++
		}
		if e := log.Close(); err == nil {
			err = e
		}
		if err != nil || !on || ctx.Err() != nil {
			return cmp.Or(err, ctx.Err())
		}
	}
	return nil
}
