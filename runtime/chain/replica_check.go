package chain

import (
	"errors"
	"fmt"
	"time"
)

// aheadMost is how far a block's time may be ahead of this node's clock.
const aheadMost = 2 * time.Second

// CheckBlock reads a block that a node wants agreed on, under the number and the
// hashes that it claims for it.
func CheckBlock(encoded []byte, number uint64, parent, hash Hash) (Block, error) {
	b, err := ParseBlock(encoded)
	switch {
	case err != nil:
		return b, err
	case b.Number != number || b.Hash != hash || b.Parent != parent:
		return b, fmt.Errorf("it is block %d, %s after %s, and not block %d, %s after %s", b.Number, b.Hash, b.Parent, number, hash, parent)
	case time.Until(b.Time) > aheadMost:
		return b, fmt.Errorf("block %d is of %s, which is still to come: is the clock of who made it right?", number, b.Time.UTC().Format(time.DateTime))
	}
	return b, nil
}

// Check executes a block that a node wants agreed on, if it follows the newest one
// here. What it finds wrong no replica could take in.
func (r *Replica) Check(genesis Hash, b Block) error {
	e := r.embedded()
	if e == nil || b.Parent != e.head().Hash {
		return nil
	}
	if genesis != e.Genesis() {
		return fmt.Errorf("%w: this one begins with %s", ErrOtherChain, e.Genesis())
	}
	if err := e.try(b); err != nil {
		return errors.Join(fmt.Errorf("block %d is no good", b.Number), err)
	}
	return nil
}
