// Package spool keeps first-in-first-out queues of values on this node's disk,
// for actors that must not lose what nobody takes now.
//
//	spools.go      the folder of all queues; which of them may go
//	queue.go       a queue: what is pushed and popped, and the checkpoint with it
//	record.go      what one commit writes
//	segments.go    the files below it, old ones removed as they empty
//	cursor.go      reads the oldest values back
//	merge.go       a checkpoint put on top of another
//	memory.go      queues in memory, for runs without a node
//
// What is pushed and popped between two commits, and the actor's checkpoint,
// become durable together: one record, one wait for the disk. After a crash the
// queue is where the last commit left it, as its actor is. Memory holds what is
// not committed and what is being read; a day of readings costs disk only.
package spool
