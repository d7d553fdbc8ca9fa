package node

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// Checks implements [control.CheckKeeper].
func (n *Node) Checks(ctx context.Context, _ flow.Identity, q control.CheckQuery) ([]control.CheckEntry, error) {
	if n.checks == nil {
		return nil, fmt.Errorf("this node judges nothing: %w", control.ErrNotFound)
	}
	log := n.checks.log
	from, count := uint64(max(q.From, 0)), uint64(q.Limit)
	if q.From < 0 {
		from = log.Size() - min(log.Size(), count)
	}
	anchored := n.checks.anchor.Status().Anchored
	var out []control.CheckEntry
	for b, err := range log.Entries(from, count) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		k, err := proof.OpenCheck(b)
		if err != nil {
			return nil, fmt.Errorf("check %d: %w", from, err)
		}
		e := entryOf(k)
		leaf := tlog.Leaf(b)
		e.Index, e.Hash, e.Anchored = from, hex.EncodeToString(leaf[:]), from < anchored
		out = append(out, e)
		from++
	}
	return out, nil
}

func entryOf(k *proof.Check) control.CheckEntry {
	v := k.Verdict
	return control.CheckEntry{At: k.At, Place: k.Place.String(), Actor: k.Actor, Reading: hex.EncodeToString(k.Leaf[:]),
		Device: k.Device, Stream: k.Stream, Seq: k.Seq, Group: v.Group, Reason: v.Reason.String(), Clause: v.Clause,
		Rule: v.Rule, Version: v.Version, Epoch: v.Epoch, Block: v.Block}
}
