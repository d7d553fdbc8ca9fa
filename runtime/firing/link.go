package firing

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An In is the receiving end of a link: a queue of tokens. Its methods are
// called from [Actions.Fire] only. What they say must hold until Fire returns,
// but tokens and room may be added meanwhile.
type In interface {
	// Len is how many tokens wait.
	Len() int
	// Peek copies the oldest token into t, and into peer who is at the far
	// end. With none waiting it is false and touches neither.
	Peek(t *flow.Token, peer *flow.Identity) bool
	// Take removes the oldest token, which Peek has shown.
	Take(now time.Time)
}

// An In that Counts is told of each token taken from it that became a dead letter.
type Counts interface{ Lettered() }

// An Out is the sending end of a link. As for [In], what it says holds until
// Fire returns.
type Out interface {
	// Room is how many tokens may be offered.
	Room() int
	// Offer numbers a token and keeps a copy of it; there is room. The firing's
	// Seq in t is 0. Bytes is about what the token takes in a checkpoint.
	Offer(t *flow.Token, bytes int)
	// Made is how many tokens were ever offered, on other nodes too.
	Made() uint64
}

// An InLink is a link that ends at the actor, and that end of it.
type InLink struct {
	Link flow.Link
	End  In
}

// An OutLink is a link that starts at the actor, and that end of it.
type OutLink struct {
	Link flow.Link
	End  Out
}
