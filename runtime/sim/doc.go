// Package sim runs the deciding code of a whole cluster in a small hostile
// world of its own, with virtual time and one seed that decides everything:
// the same seed gives the same world, event by event.
//
// What is real: the ends of links (package link), what a checkpoint holds and
// when outputs are released and inputs settled (capsule), the register's state
// machine with its commands and what its client decides, placement, expansion
// and leases. What is a model, written down here: processes that are killed,
// stopped for a while and come back; disks that lose what was not synced and
// grow slow; clocks that run too fast and too slow; a network that loses, delays,
// repeats and cuts both ways or one way; the replicated log beneath the register
// (Raft, with terms, votes, snapshots and changes of voters); the loop of a node
// that starts, stops and joins what the plan says; and the devices outside.
//
//	report := sim.Run(sim.Config{Seed: 17})
//	fmt.Println(report.Violation) // nil: nothing broke
//
// After every event the world is checked; see check.go for what must hold. A
// failing seed is told as a story by
//
//	go test ./runtime/sim -run TestSeed -seed 17 -story
package sim
