package evidence

import (
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/proof"
)

// A Code says in a word why a bundle was refused. Each verifier, in whatever
// language, names the same.
type Code string

// The codes, in the order in which they are looked for.
const (
	BadForm        Code = "form"        // the file, or something in it, is not in its one form
	BadList        Code = "list"        // a list of revocations that no authority has signed
	BadCertificate Code = "certificate" // a certificate does not hold, or is another than the signature names
	BadSignature   Code = "signature"   // a signature does not hold
	BadRoot        Code = "root"        // a hash is not under the root that was signed
	BadReading     Code = "reading"     // the reading is not in the window, or a check is not of it
	BadAnchor      Code = "anchor"      // the block has no such head of this log
	BadTime        Code = "time"        // something was there before it was made
	BadWitness     Code = "witness"     // a witness' word is about another block, or against this one
	NotProved      Code = "unproved"    // nothing is wrong, and too little is there
)

// A Refusal is why a bundle proves nothing.
type Refusal struct {
	Code Code
	Part string // what of the bundle: "check 2"
	Err  error
}

// Error is one line.
func (r *Refusal) Error() string { return fmt.Sprintf("%s: %v (%s)", r.Part, r.Err, r.Code) }

// Unwrap is the error below.
func (r *Refusal) Unwrap() error { return r.Err }

func refuse(code Code, part string, err error) error {
	return &Refusal{Code: code, Part: part, Err: err}
}

// codeOf sorts an error of package proof.
func codeOf(err error) Code {
	for _, c := range []struct {
		is   error
		code Code
	}{{proof.ErrForm, BadForm}, {proof.ErrUnsigned, BadForm}, {proof.ErrRoot, BadRoot}, {proof.ErrCard, BadSignature}, {proof.ErrDevice, BadSignature},
		{proof.ErrVoucher, BadSignature}, {proof.ErrCertificate, BadCertificate}, {proof.ErrPatient, BadCertificate}, {proof.ErrLeaf, BadReading},
		{proof.ErrSequence, BadReading}} {
		if errors.Is(err, c.is) {
			return c.code
		}
	}
	return BadForm
}
