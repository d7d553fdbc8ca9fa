package flow

import (
	"fmt"
	"time"
)

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
	Kind  string // [ExceptionKind] or [EOSKind]
	Value Value  // a sentence for people; from a port that collects, {tag: sentence}
}

// The kinds of exception tokens, as Calvin calls them.
const (
	ExceptionKind = "ExceptionToken"
	EOSKind       = "EOSToken"
)

// Exceptional is an exception token that says why.
func Exceptional(format string, args ...any) Exception {
	return Exception{Kind: ExceptionKind, Value: fmt.Sprintf(format, args...)}
}

// EOS is Calvin's end-of-stream token.
var EOS = Exception{Kind: EOSKind, Value: "End of stream"}

// IsEOS reports whether a value is an end of stream, whatever it says.
func IsEOS(v Value) bool {
	e, ok := v.(Exception)
	return ok && e.Kind == EOSKind
}

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
	Trace  *Trace    // nil, as a rule: its way is not recorded
}
