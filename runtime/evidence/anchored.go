package evidence

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/proof"
)

var (
	errReverted = errors.New("the transaction reverted, and anchored nothing")
	errNoAnchor = errors.New("the transaction has not anchored this head")
)

// anchor verifies that a head is in a block; nil when it is in none.
func (v *verifier) anchor(w *Check, h *proof.SignedLogHead) (*chain.Header, error) {
	if w.Anchor == nil {
		return nil, nil
	}
	p := chain.ReceiptProof{Header: w.Anchor.Header, Index: w.Anchor.Index, Nodes: w.Anchor.Nodes}
	found, err := p.Verify()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errReceipt, err)
	}
	if !found.OK {
		return nil, errReverted
	}
	for _, l := range found.Logs {
		if e, ok := anchoredIn(&l); ok && e.Contract == h.Anchor && e.Log == h.Log && e.To == h.Size && e.Root == h.Root {
			return &found.Header, nil
		}
	}
	return nil, fmt.Errorf("%w: %d records of %s under %x", errNoAnchor, h.Size, h.Log, h.Root[:4])
}

// claimed verifies that the log's account says that the node which has signed the
// head is the one that keeps it.
func claimed(w *Check, h *proof.SignedLogHead) error {
	log, err := chain.ParseAddress(h.Log)
	if err != nil {
		return err
	}
	contract, err := chain.ParseAddress(h.Anchor)
	if err != nil {
		return err
	}
	return anchor.Claimed(w.Claim, log, h.Chain, contract, h.Cert)
}

var errReceipt = errors.New("the receipt is not in the block")

func codeOfAnchor(err error) Code {
	if errors.Is(err, errReceipt) {
		return BadRoot
	}
	return BadAnchor
}

// anchoredTopic is Keccak-256 of the event's name and types.
var anchoredTopic = chain.Hash{0x58, 0xa2, 0x11, 0x22, 0xe4, 0x0e, 0xaa, 0xff, 0x1b, 0xa5, 0x0c, 0x31, 0x1f, 0xc2, 0x5d, 0xf9,
	0xa3, 0x2e, 0xce, 0xc4, 0xcc, 0xc8, 0x8d, 0x07, 0xf3, 0xcb, 0xce, 0xd8, 0x31, 0x27, 0xb6, 0x12}

// An anchored is the contract's event.
type anchored struct {
	Contract, Log string // addresses
	To            uint64 // entries
	Root          [32]byte
}

// anchoredIn reads the event
//
//	Anchored(address indexed log, uint64 indexed from, uint64 indexed to, bytes32 root, bytes32 prev, uint64 epoch, uint64 madeAt)
func anchoredIn(l *chain.Log) (anchored, bool) {
	if len(l.Topics) != 4 || l.Topics[0] != anchoredTopic || len(l.Data) != 4*32 {
		return anchored{}, false
	}
	return anchored{Contract: strings.ToLower(l.Address.Hex()), Log: fmt.Sprintf("0x%x", l.Topics[1][12:]),
		To: binary.BigEndian.Uint64(l.Topics[3][24:]), Root: [32]byte(l.Data[:32])}, true
}
