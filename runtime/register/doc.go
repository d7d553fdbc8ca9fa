// Package register is the cluster's agreed memory: the applications and their
// plans, the epoch of every actor, checkpoints, device certificates, settings and
// the newest blocks of the chain. It is what package agree carries out its log on.
//
// Every node opens one. On a voter it holds the log and a copy of everything;
// on any other node it holds a copy of the [View] only and asks a voter. Which
// nodes are voters may change while they run. The
// calls are the same on both: each goes to the leader, waits for one as long as
// its context allows, and comes back when a majority has it on disk:
//
//	r, err := register.Open(cfg)
//	app, err := r.PutApp(ctx, app)
//	c, err := r.Claim(ctx, "ward:bed1:ecg", v)   // epoch c.Epoch begins here
//	stale, err := r.Commit(ctx, steps)        // actors that run elsewhere by now
//
// What is agreed is decided by state, a plain machine from commands to results
// without clock, goroutine or file (state.go, place.go, whole.go); [Machine] is
// that alone, for simulations. Raft decides the order of the commands, and that a
// majority has them.
//
// The leader judges what other nodes want agreed by who they are, since a good
// certificate makes no honest node: a node speaks for itself, changes of the
// cluster come from voters, and what proves itself, such as a list of
// revocations, may come from anybody (may.go). A voter is believed; what matters
// most is signed by people or authorities, and each node verifies that again.
//
// Certificates are kept until the leader says that they count for nothing any
// more (forget.go).
//
// Any call may be repeated when its answer was lost. What is harmless about it
// stands with each command in command.go.
//
// Two limits follow from Raft. Without a majority of voters nothing is agreed:
// calls end with [ErrNoLeader], views stay as they were, and [Status] says since
// when. A voter whose disk is lost has forgotten what it has promised: it is not
// let in until an operator replaces it (AddVoter of the same node), and runs as a
// node without log meanwhile. When the disks of a majority are lost, only a
// backup helps ([Register.Restore]).
package register
