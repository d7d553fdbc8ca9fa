package anchor

import (
	"fmt"

	"github.com/wardflow/wardflow/contracts/build"
)

// A RefusedError is a head that the contract has refused.
type RefusedError struct {
	Why string // in words
	Err error
}

func (e *RefusedError) Error() string { return "the contract has refused the head: " + e.Why }

func (e *RefusedError) Unwrap() error { return e.Err }

func inWords(refusal any) string {
	switch r := refusal.(type) {
	case *build.AuditAnchorNotContiguous:
		return fmt.Sprintf("log %s stands at %d checks there, the head begins at %d", r.Log, r.Want, r.Got)
	case *build.AuditAnchorBadSignature:
		return fmt.Sprintf("account %s has not signed it for this contract and chain", r.Log)
	case *build.AuditAnchorEmptyRange:
		return fmt.Sprintf("it goes from %d to %d checks, which is no progress", r.From, r.To)
	case *build.AuditAnchorWrongCount:
		return fmt.Sprintf("there are %d heads with %d signatures", r.Heads, r.Signatures)
	}
	return fmt.Sprintf("%T", refusal)
}
