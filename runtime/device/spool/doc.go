// Package spool keeps first-in-first-out queues of values on this node's disk,
// for actors that must not lose what nobody takes now.
//
//	spool.go    a queue: what is pushed and popped, and the checkpoint with it
//	log.go      the file below it: records, each with a checksum
//	memory.go   queues in memory, for runs without a node
//
// What is pushed and popped between two commits, and the actor's checkpoint,
// become durable together: one record, one fsync. After a crash the queue is
// where the last commit left it, as its actor is. A record that is torn at the
// end of the file was never committed, and is cut off; one that is torn before
// it is damage, and said so.
package spool
