// Package chaintest is for tests of chains and of what reads them: [Run] holds
// an implementation to the promises of chain.Chain, and [Sim] is a small chain
// in memory that makes a block at once, has the clock it is given, and
// misbehaves on request.
package chaintest
