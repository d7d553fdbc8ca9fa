// Package register is the cluster's agreed memory: the applications and their
// plans, the epoch of every actor, checkpoints, device certificates and
// settings. It keeps hashicorp/raft and raft-wal; no other package names them.
//
// Every node opens one. On a voter it holds the log and a copy of everything;
// on any other node it holds a copy of the [View] only and asks a voter. The
// calls are the same on both: each goes to the leader, waits for one as long as
// its context allows, and comes back when a majority has it on disk:
//
//	r, err := register.Open(cfg)
//	app, err := r.PutApp(ctx, app)
//	c, err := r.Claim(ctx, "ward:bed1:ecg", v)   // epoch c.Epoch begins here
//	stale, err := r.Commit(ctx, steps)        // actors that run elsewhere by now
//
// What is agreed is decided by state, a plain machine from commands to results
// without clock, goroutine or file (state.go, place.go, whole.go). Raft decides
// the order of the commands, and that a majority has them.
//
// Any call may be repeated when its answer was lost. What is harmless about it
// stands with each command in command.go.
//
// Two limits follow from Raft. Without a majority of voters nothing is agreed:
// calls end with [ErrNoLeader], and views stay as they were. A voter whose disk
// is lost must come back under a new name: started empty under its old one it
// would forget what it has promised.
package register
