// Package chain gives the Ethereum chain that holds the rules: to read it, and
// to change it by signed transactions.
//
// Its implementations keep the same promises, which chaintest.Run holds them
// to. [Embedded] runs go-ethereum in this process, makes the blocks itself and
// loses no transaction that it has confirmed, not even to kill -9. [Replica] is
// one of several of them that agree on each block. [Remote] speaks JSON-RPC to
// any endpoint: to the one that [Embedded.Handler] serves on another node, to
// geth, to anvil.
//
// Everything is read at the finalized block. On our own chain that is the
// newest block that is safely on disk, here and with the others. A [State]
// computes views in this process, in microseconds; behind an endpoint it is
// put together of pieces that are proved against the block's header, so that
// the endpoint need not be believed. A [ReceiptProof] shows an event to a
// stranger who has the header's hash.
package chain
