package chain

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
)

// An Address names an account or a contract: 20 bytes, written 0x and 40 hex digits.
type Address = common.Address

// A Hash names a block or a transaction.
type Hash = common.Hash

// A Reader reads a chain.
type Reader interface {
	// ID is the chain's number. It never changes.
	ID(ctx context.Context) (uint64, error)
	// Head is the newest finalized block.
	Head(ctx context.Context) (Head, error)
	// Call runs a view of the contract at to, in the state after the block
	// at. A contract that reverts gives a [*RevertError].
	Call(ctx context.Context, at Hash, to Address, data []byte) ([]byte, error)
	// State is the state after the block at, for many calls. It stays usable
	// when the chain has moved on. A block that is not there gives [ErrNoBlock].
	State(ctx context.Context, at Hash) (State, error)
	// Header is the final block with a number; one that is not there or not
	// final gives [ErrNoBlock].
	Header(ctx context.Context, number uint64) (Header, error)
	// Logs are the events that a query asks for, in the order in which they
	// happened, of final blocks only. An endpoint could leave some out; that
	// one happened, a [ReceiptProof] shows.
	Logs(ctx context.Context, q Query) ([]Log, error)
	// ReceiptProof proves the receipt of a transaction in a final block.
	ReceiptProof(ctx context.Context, tx Hash) (*ReceiptProof, error)
	// Watch calls changed, on some goroutine, soon after each new Head. An
	// endpoint that can't notify never calls it, so look at Head from time
	// to time as well. Changed must not block.
	Watch(changed func()) (cancel func())
}

// A State is the state of a chain after one block. It computes in this process,
// in microseconds, and is for one goroutine at a time.
type State interface {
	// Call runs a view of the contract at to, sent by nobody, in the time of
	// the block. A contract that reverts, or fails in any other way of its own,
	// gives a [*RevertError]; any other error says that nothing is known.
	Call(to Address, data []byte) ([]byte, error)
	// CodeHash is the Keccak-256 hash of the code at a; the zero hash if there
	// is none.
	CodeHash(a Address) (Hash, error)
	// Storage is the root of the tree of what the contract at a keeps; the zero
	// hash if that is nothing.
	Storage(a Address) (Hash, error)
}

// A Chain is a Reader that also takes transactions.
type Chain interface {
	Reader
	// Nonce is the number of an account's next transaction, those waiting counted.
	Nonce(ctx context.Context, account Address) (uint64, error)
	// Fee is what a transaction sent now should offer.
	Fee(ctx context.Context) (Fee, error)
	// Gas is what a transaction will use; to is nil for a new contract. One
	// that would revert gives a [*RevertError].
	Gas(ctx context.Context, from Address, to *Address, data []byte) (uint64, error)
	// Send hands in a signed transaction.
	Send(ctx context.Context, raw []byte) (Hash, error)
	// Receipt waits until a transaction is in a finalized block.
	Receipt(ctx context.Context, tx Hash) (Receipt, error)
}

// A Head is a block.
type Head struct {
	Number uint64
	Hash   Hash
	Time   time.Time // whole seconds, from the clock of who made the block

	// Era rises when a block that was final has been replaced: whatever was
	// read before is to be forgotten. On our own chain it is always 0.
	Era uint64
}

// A Fee is a price in wei per gas. On our own chain it has no meaning.
type Fee struct {
	Max *big.Int // in total
	Tip *big.Int // of it for who makes the block
}

// A Receipt says what became of a transaction.
type Receipt struct {
	Tx       Hash
	Block    uint64
	OK       bool    // false: it reverted and changed nothing
	Contract Address // the contract it made, if it made one
	Gas      uint64  // used
}

// A RevertError is a contract's refusal.
type RevertError struct {
	Msg  string // the node's sentence
	Data []byte // the contract's error, packed as its ABI says
}

func (e *RevertError) Error() string { return e.Msg }

// ErrNoBlock reports a block that the chain does not have, or that is not final.
var ErrNoBlock = errors.New("no such block")

// ErrUnproved reports an endpoint whose proof does not show what it says.
var ErrUnproved = errors.New("the endpoint's answer does not fit the block")

// ErrNoContract reports an address without code.
var ErrNoContract = errors.New("no contract at the address")

// ParseAddress reads 0x and 40 hex digits.
func ParseAddress(s string) (Address, error) {
	if !common.IsHexAddress(s) || len(s) != 42 {
		return Address{}, fmt.Errorf("address %q: want 0x and 40 hex digits", s)
	}
	return common.HexToAddress(s), nil
}
