// Package capsule decides what a checkpoint of an actor holds and what follows
// once it is kept: the rule of delivery, without a clock, a goroutine or a
// network. The engine drives it, and so does the simulator.
//
// An actor's firings take tokens from the receiving ends of links and give
// tokens to the sending ends. Nothing of that is seen outside before a
// checkpoint that covers it is kept:
//
//	ck, ok := c.Step(state)  // what has changed since the last step; false: one is on its way
//	…                        // whoever keeps checkpoints keeps it
//	c.Landed()               // releases what it covers, settles what may be settled
//	c.Settled(out, upto)     // an out-end was settled: perhaps more may be
//	c.Undo()                 // the firings since the last step have not happened
//
// Released is what the kept checkpoint covers, and nothing else. An in-link is
// settled up to the place of a kept checkpoint once everything that was given up
// to that checkpoint is settled itself. So a source that is told "settled" knows
// that its token has taken effect at every storing actor it leads to. Sending
// ends that lie in a feedback loop do not count, else nothing in the loop would
// ever be settled.
//
// A new activation begins from the newest checkpoint: [Read] makes its ends.
package capsule
