// Package tap shows people some of the tokens that flow on a link, and nothing
// of a patient to who may not see that.
//
// A [Tap] stands beside a link. What the link sends is offered to it; it keeps
// at most [PerSecond] tokens a second, and of those the newest [Room], until
// somebody reads them:
//
//	t := tap.New()
//	t.Offer(tokens, now)       // by the link: never waits
//	batch, err := t.Next(ctx)  // by the reader: some tokens, and how many went by
//
// [Show] writes a token's value as JSON of at most [MaxBytes], with a [Mask] or
// without. A mask is made of words that are known to name no one: every other
// text becomes a short hash that is the same throughout one tap, so that two
// tokens of one patient can be told to be of one patient, and of no more. What
// was measured stays: it is what a tap is for.
//
// Nothing here reads a clock, starts a goroutine or knows of nodes.
package tap
