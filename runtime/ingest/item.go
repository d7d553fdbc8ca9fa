package ingest

import (
	"crypto/x509"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// An Item is one reading as it was brought: sealed by the device, or plain.
type Item = proof.Item

// The limits of one request or message.
const (
	MaxItems = 256       // readings
	MaxBody  = 512 << 10 // bytes
)

// A Sender is who brings readings, and over which connection.
type Sender struct {
	ID    flow.Identity       // verified; its role must be device
	Chain []*x509.Certificate // leaf first, as verified
	From  string              // network address, host:port
	Via   string              // "https", "mqtt"
}

// An Outcome says what has become of one item.
type Outcome struct {
	Stream  string `json:"stream,omitempty"`
	Seq     uint64 `json:"seq,omitempty"`
	Outcome string `json:"outcome"`           // [Accepted], [Already] or [Refused]
	Reason  string `json:"reason,omitempty"`  // why it was refused, as in flow.Reason's names
	Clause  string `json:"clause,omitempty"`  // the deciding clause in words
	Warning string `json:"warning,omitempty"` // what the device should mend, such as its clock

	Code flow.Reason `json:"code,omitempty"` // Reason as the number that contracts return
}

// The outcomes of an item.
const (
	Accepted = "accepted" // it is stored
	Already  = "already"  // it was brought before, and is stored or was refused then
	Refused  = "refused"
)

func outcome(r *flow.Reading, a flow.Answer) Outcome {
	o := Outcome{Outcome: Accepted}
	if r != nil {
		o.Stream, o.Seq = r.Stream, r.Seq
	}
	switch {
	case a.Already:
		o.Outcome = Already
	case !a.Verdict.OK():
		o.Outcome, o.Code, o.Reason, o.Clause = Refused, a.Verdict.Reason, a.Verdict.Reason.String(), a.Verdict.Clause
	}
	return o
}

func refused(r *flow.Reading, reason flow.Reason, format string, v ...any) Outcome {
	return outcome(r, flow.Answer{Verdict: flow.Verdict{Reason: reason, Clause: fmt.Sprintf(format, v...)}})
}
