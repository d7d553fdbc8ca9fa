package proof

import (
	"fmt"
	"math"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Witness is a node's word for a block: that the chain it follows has this
// final block. To a stranger, who has no chain, it is what makes a block's header
// more than a number.
type Witness struct {
	Chain   uint64   // number of the chain
	Genesis [32]byte // hash of its block 0
	Manager string   // contract with the rules that the node judges by: 0x and 40 hex digits, small
	Anchor  string   // contract in which logs of checks are anchored: the same
	Number  uint64   // of the block
	Hash    [32]byte // of the block
	// Replica says that the node keeps the chain and has executed the block
	// itself; else it has only verified what others gave it.
	Replica bool
}

// KindWitness is the kind of a witness' statement.
const KindWitness = "chain witness"

type witness struct {
	Version uint     `cbor:"1,keyasint"`
	Chain   uint64   `cbor:"2,keyasint"`
	Genesis [32]byte `cbor:"3,keyasint"`
	Manager []byte   `cbor:"4,keyasint"` // 20 bytes
	Anchor  []byte   `cbor:"5,keyasint"` // 20 bytes
	Number  uint64   `cbor:"6,keyasint"`
	Hash    [32]byte `cbor:"7,keyasint"`
	Replica bool     `cbor:"8,keyasint"`
}

// SignWitness says it with a node's certificate: a statement as of [SignStatement].
func SignWitness(by flow.Signer, w Witness, at time.Time) ([]byte, error) {
	f := witness{Version: version, Chain: w.Chain, Genesis: w.Genesis, Number: w.Number, Hash: w.Hash, Replica: w.Replica}
	var err error
	if f.Manager, err = accountBytes("the rules' contract", w.Manager); err != nil {
		return nil, fmt.Errorf("sign %s: %w", KindWitness, err)
	}
	if f.Anchor, err = accountBytes("the anchors' contract", w.Anchor); err != nil {
		return nil, fmt.Errorf("sign %s: %w", KindWitness, err)
	}
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("sign %s: %w", KindWitness, err)
	}
	body, err := encoding.Marshal(&f)
	if err != nil {
		return nil, fmt.Errorf("sign %s: %w", KindWitness, err)
	}
	return SignStatement(by, KindWitness, body, at)
}

// OpenWitness opens what [SignWitness] made, strictly, and checks its signature as
// [OpenStatement] does. Whether the certificate holds, and is a node's, is for
// the caller to judge.
func OpenWitness(b []byte) (*Witness, *Statement, error) {
	st, err := OpenStatement(b)
	if err != nil {
		return nil, nil, err
	}
	if st.Kind != KindWitness {
		return nil, nil, fmt.Errorf("open statement: %w: it says %q, not %q", ErrForm, st.Kind, KindWitness)
	}
	var f witness
	if err := decode(st.Body, &f); err != nil {
		return nil, nil, fmt.Errorf("open %s: %w", KindWitness, err)
	}
	if err := f.check(); err != nil {
		return nil, nil, fmt.Errorf("open %s: %w", KindWitness, err)
	}
	return &Witness{Chain: f.Chain, Genesis: f.Genesis, Manager: accountText(f.Manager), Anchor: accountText(f.Anchor),
		Number: f.Number, Hash: f.Hash, Replica: f.Replica}, st, nil
}

func (f *witness) check() error {
	switch {
	case f.Version != version:
		return fmt.Errorf("%w: version %d is not known here", ErrForm, f.Version)
	case len(f.Manager) != 20 || len(f.Anchor) != 20:
		return fmt.Errorf("%w: addresses of %d and %d bytes, want 20", ErrForm, len(f.Manager), len(f.Anchor))
	case f.Number > math.MaxInt64:
		return fmt.Errorf("%w: block %d", ErrForm, f.Number)
	case f.Hash == [32]byte{} || f.Genesis == [32]byte{}:
		return fmt.Errorf("%w: the block or the chain has no hash", ErrForm)
	}
	return nil
}
