// Package lease decides who may act and who counts as gone. It holds no clock:
// whoever asks says what time it is, by a monotonic clock of its own.
//
//	lease.go   the two ends of a lease: the node that holds it, the leader that granted it
//	watch.go   when the leader takes a node for dead
//
// A node renews its lease with the leader of the register, which grants it only
// when a majority of the voters has confirmed that it still leads. The holder
// counts from when it sent the renewal, the leader from when it heard it, which
// is later; so what the holder may do has ended before the leader gives it away,
// as long as no clock runs faster or slower than the others by more than Margin
// in TTL, on both ends (Gray and Cheriton, "Leases", SOSP 1989).
//
// Leases are for actors that act on the world only ([flow.Spec].Exclusive). All
// others are fenced by their epochs and need no clock at all.
package lease
