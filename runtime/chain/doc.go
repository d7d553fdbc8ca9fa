// Package chain gives the Ethereum chain that holds the rules: to read it, and
// to change it by signed transactions.
//
// It has two implementations that keep the same promises, which
// chaintest.Run holds them to. [Embedded] runs go-ethereum in this process,
// makes the blocks itself and loses no transaction that it has confirmed, not
// even to kill -9. [Remote] speaks JSON-RPC to any endpoint, such as the one
// that [Embedded.Handler] serves on another node.
//
// Everything is read at the finalized block. On our own chain that is the
// newest block that is safely on disk.
package chain
