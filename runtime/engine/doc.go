// Package engine runs actors on one node: it fires them when their tokens and
// their room allow, carries tokens between them, commits their checkpoints,
// and says how they are. It is the one package that knows protoactor, which
// gives each actor its goroutine while there is work and none while there is
// not; tokens never stand in its mailboxes, whose messages only say "look".
//
// The rule of delivery is kept here. What a firing gives is held back in the
// sender's end of each link until a checkpoint that covers the firing is
// committed; only then is it released. An in-link is settled up to the place
// that a committed checkpoint covers, once everything that the actor gave up to
// that checkpoint is settled itself: so a source that is told "settled" knows
// that its token has taken effect at every storing actor it leads to. Links
// within a feedback loop are settled at the checkpoint, else nothing in the
// loop ever would be.
//
// Which action fires, and what becomes of tokens that none takes, package firing
// decides. A dead letter that no link takes is kept in its actor's box, which is
// part of the actor's checkpoints. An actor that may not go on stands still until
// somebody lets it: [Engine.Letters], [Engine.Resume].
//
// Checkpoints of all actors that have fired since the last commit go to the
// register together: what waits is taken, without a timer. An actor that is a
// [flow.Committer] commits its own, at the end of each turn.
package engine
