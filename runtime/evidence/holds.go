package evidence

import (
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// Holds verifies what one node has given, by itself, so that a node that lies
// spoils no bundle. That it is not enough for a bundle is no fault.
func (p *Parts) Holds(o Options) error {
	b, _ := merge([]*Parts{p}, Query{Leaf: p.Leaf})
	if len(b.Checks) == 0 && len(b.Reading) == 0 {
		return nil
	}
	report, err := b.Verify(o)
	var r *Refusal
	switch {
	case err != nil && (!errors.As(err, &r) || r.Code != NotProved):
		return err
	case report.Reading != nil && (report.Reading.Leaf != p.Leaf || report.Reading.Device != p.Device || report.Reading.Stream != p.Stream || report.Reading.Seq != p.Seq):
		return fmt.Errorf("it is said to be reading %d of %s of device %s, and is another", p.Seq, p.Stream, p.Device)
	}
	return nil
}

// Vouches verifies one node's word for a block.
func Vouches(witness []byte, o Options, number uint64, hash chain.Hash) error {
	w, st, err := proof.OpenWitness(witness)
	if err != nil {
		return err
	}
	id, err := newBeliever(o.Trust).Identify(st.Chain, st.At)
	switch {
	case err != nil:
		return err
	case id.Role != flow.RoleNode:
		return fmt.Errorf("%s follows no chain", id.URI)
	case w.Number != number || w.Hash != hash:
		return fmt.Errorf("%s was asked for block %d, %s, and speaks of block %d, %x", id.URI, number, hash, w.Number, w.Hash)
	}
	return nil
}
