// Package agree keeps replicated logs: what a majority of some nodes, the
// voters, has on disk is agreed, and every voter carries it out in one order.
// It keeps hashicorp/raft and raft-wal.
//
// A [Group] is one such log with a name. Every node of the cluster opens it;
// those that hold the log and those that don't have the same calls, and each
// goes to the leader, waits for one as long as its context allows, and comes
// back when the entry is agreed:
//
//	g, err := agree.Open(agree.Config{Name: "register", Machine: m, ...})
//	answer, err := g.Apply(ctx, entry)     // what m.Apply answered, on the leader
//	err = g.Wait(ctx, answer.Index)        // now this node's m has applied it too
//	err = g.AddVoter(ctx, agree.Voter{ID: "bedside", Addr: "10.0.0.7:7000"})
//
// An answer may be lost after its entry was agreed, and Apply then tries again:
// entries must do no harm when they come twice. What a leader decides by what it
// alone knows is for [Group.ApplyHere], which no other leader agrees to.
//
// # Voters
//
// A voter is a node with one folder of log. The folder has a name of its own,
// its boot, drawn when it is made, and raft knows the voter as NODE#BOOT. What a
// voter has promised is in its folder; so one whose disk is lost is another
// voter, who has promised nothing, and nobody takes the one for the other: it is
// not let in until an operator has it replaced (AddVoter of the same node).
//
// Only voters change who votes, and raft hears nobody else; a node that tries is
// refused and put on record. Voters themselves may fail, but do not lie.
//
// A group is founded once, by the voter whose name comes first, when all of
// Config.Voters have answered that they hold no log of it. Later only AddVoter
// and RemoveVoter change who they are, and Config.Voters are no more than the
// first nodes to ask for them.
package agree
