package flow

import "time"

// A Trace goes with a token whose way is recorded, from the firing that began it
// over all actors and nodes. It is what W3C Trace Context calls a sampled
// traceparent. It travels on links, and is no part of the token: checkpoints leave
// it out, so after a restart the way may be recorded no further.
type Trace struct {
	ID   [16]byte // of the whole way; never all zero
	Span [8]byte  // of the firing that gave the token; never all zero
}

// Valid reports whether both parts are there.
func (t *Trace) Valid() bool { return t.ID != [16]byte{} && t.Span != [8]byte{} }

// A Fired is one firing of a way that is recorded.
type Fired struct {
	Actor      ActorID
	Type       string        // "std.Sum"
	From       []*Trace      // of the tokens it comes of, the first for the one before it; none: the way begins here
	Source     ActorID       // who gave the first token; ""
	Waited     time.Duration // of the first token, from when it was made, by both nodes' clocks; 0
	Begin, End time.Time
	Took, Gave int   // tokens; what it gave is counted once for all links
	Err        error // why it did not happen; nil: it did
}
