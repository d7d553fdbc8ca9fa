package chain

import "context"

// A Relay brings calls of contracts to the chain and pays for them. It vouches
// for nothing: what a call may do, the contract judges by signatures inside it.
type Relay interface {
	// Pay sends a call of the contract at to, or with a nil to the creation of a
	// contract, and waits until it is in a final block. A call that the contract
	// refuses gives a [*RevertError]. When ctx ends it may still be carried out:
	// look at the chain before trying again, or see to it that twice does no harm.
	Pay(ctx context.Context, to *Address, data []byte) (Receipt, error)
}

// A Call is a call of a contract, for [Payer.Send].
type Call struct {
	To   *Address // nil: a contract is made
	Data []byte
	// Gas is what the call uses at most; 0: it is tried first, which also tells
	// whether the contract refuses it.
	Gas uint64
	// Wei that go with it. On our own chain they are worth nothing, but an
	// account without any can't pay.
	Wei uint64
}
