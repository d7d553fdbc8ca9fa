package flow

import "time"

// A Value is what a token carries. It is one of
//
//	nil, bool, int64, float64, string   as in JSON, integers kept exact
//	[]any, map[string]any               of values; never changed once in a token
//	Exception                           Calvin's exception tokens
//	Sealed                              signed bytes, opened by package proof
//
// Anything else is a bug in the actor that gives it; [AppendToken] refuses it.
type Value = any

// An Exception is a token that says something went wrong, or, as [EOS], that a
// stream or a record in it has ended.
type Exception struct {
	Kind  string // "ExceptionToken" or "EOSToken"
	Value string // a sentence for people
}

// EOS is Calvin's end-of-stream token.
var EOS = Exception{Kind: "EOSToken", Value: "End of stream"}

// Sealed is a value whose bytes are signed and so travel unchanged.
type Sealed struct {
	Kind  string // "reading", "window": what package proof will find in Bytes
	Bytes []byte // never changed once in a token
}

// A Token is one value travelling over a link. It is immutable.
type Token struct {
	Value  Value
	Source ActorID   // the actor that gave it
	Seq    uint64    // its number on its link, from 1
	Made   time.Time // when the firing that gave it began
}
