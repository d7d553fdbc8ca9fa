// Package engine runs actors on one node: it fires them when their tokens and
// their room allow, carries tokens between them, commits their checkpoints,
// and says how they are. It is the one package that knows protoactor, which
// gives each actor its goroutine while there is work and none while there is
// not; tokens never stand in its mailboxes, whose messages only say "look".
//
// The rule of delivery is package capsule's; the engine does what it decides.
// What a firing gives is held back in the sender's end of each link until a
// checkpoint that covers the firing is committed, and in-links are settled when
// what they caused is.
//
// Which action fires, and what becomes of tokens that none takes, package firing
// decides. A dead letter that no link takes is kept in its actor's box, which is
// part of the actor's checkpoints. An actor that may not go on stands still until
// somebody lets it: [Engine.Letters], [Engine.Resume].
//
// Checkpoints of all actors that have fired since the last commit go to the
// register together: what waits is taken, without a timer. Those of local actors
// go to their node's journal in the same way, each without waiting for the other.
// An actor that is a [flow.Committer] commits its own, at the end of each turn.
//
// Actors change while they run: [Engine.Rewire] gives them other links. A link
// that is closing gets nothing new, and [ActorStat].Empty says when an actor that
// is ending holds nothing any more. Ending one takes no longer than its context:
// an actor that hangs in a firing is left behind, fenced, and named by
// [Engine.Hung].
package engine
