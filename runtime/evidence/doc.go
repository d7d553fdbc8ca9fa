// Package evidence makes bundles that prove a reading, or a check of one, to a
// stranger, and verifies them.
//
// A [Bundle] is one file. It holds nothing but bytes that somebody has signed,
// or that hash to what somebody has signed, from the reading up to the chain:
//
//	reading   signed by its device, a leaf of a window that the patient's card signed
//	check     what a node judged of it: a leaf of that node's log of checks
//	head      size and root of the log, signed with the node's certificate
//	claim     the log's account says that this certificate is of the node that keeps it
//	anchor    the contract's event with that root, a leaf of a block's receipts
//	header    the block, whose hash is
//	witness   signed by other nodes: their chain has this block, and it is final
//
// [Bundle.Verify] needs the hospital's roots and nothing else: no network, no
// chain. contracts/verify/verify.mjs does the same in another language. What a
// bundle does not prove, the [Report] says in words.
package evidence
