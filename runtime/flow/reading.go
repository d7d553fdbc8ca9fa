package flow

import "time"

// A Reading is what a device measured: one value, or the samples of a second of
// waveform. Nothing in it is a float: a sample stands for Samples[i] × Scale ×
// 10⁻⁶ in the unit Unit.
//
// It names no patient and no group. Which patient the device was on, the
// collector says; which group it belongs to, its certificate says.
type Reading struct {
	Device  string        // EPC, 24 hex digits, upper case
	Stream  string        // one device may have several, such as "ecg/MLII"
	Seq     uint64        // the device's own count on the stream, no gaps; it never begins again lower
	Kind    string        // LOINC code, such as "8867-4" heart rate
	Unit    string        // UCUM code, such as "/min"
	At      time.Time     // when the first sample was taken
	Period  time.Duration // between samples; 0 when there is one
	Scale   int64         // 10⁻⁶ Unit a step
	Samples []int64       // at least one
}

// Micro is sample i in millionths of Unit.
func (r *Reading) Micro(i int) int64 { return r.Samples[i] * r.Scale }

// Range is the smallest and the largest sample in millionths of Unit.
func (r *Reading) Range() (low, high int64) {
	low, high = r.Micro(0), r.Micro(0)
	for i := range r.Samples {
		low, high = min(low, r.Micro(i)), max(high, r.Micro(i))
	}
	return low, high
}

// A Reason says why a verdict refuses. The list is fixed: contracts return the
// number, people read the name.
type Reason uint32

// The reasons, in the order a check looks for them.
const (
	Accepted      Reason = 0
	NoRule        Reason = 1  // no rule for the group
	Revoked       Reason = 2  // the rule was withdrawn
	WrongType     Reason = 3  // the rule does not name this kind
	WrongUnit     Reason = 4  // another unit than the rule's
	TooLow        Reason = 5  // below the range
	TooHigh       Reason = 6  // above the range
	TooFast       Reason = 7  // samples or readings come faster than allowed
	TooOld        Reason = 8  // observed too long ago
	InFuture      Reason = 9  // observed ahead of the clock
	TooLarge      Reason = 10 // more bytes or samples than allowed
	MissingField  Reason = 11 // a field that the rule requires is absent
	BadSignature  Reason = 12 // the device's signature or certificate does not hold
	OutOfSequence Reason = 13 // a number of the device's stream seen before
	Paused        Reason = 14 // the manager is paused
	Stuck         Reason = 15 // the same value for too long
	TooSteep      Reason = 16 // changes faster than the body does
	Disagrees     Reason = 17 // another signal of the same patient says otherwise
	BadRule       Reason = 18 // the rule's contract is not what was registered, or gives no answer
)

var reasonNames = [...]string{"accepted", "no rule", "rule revoked", "wrong type", "wrong unit", "too low", "too high",
	"too fast", "too old", "in the future", "too large", "field missing", "bad signature", "out of sequence", "paused",
	"stuck", "too steep", "disagrees", "bad rule"}

// String is the reason in words.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return "unknown reason"
}

// A Verdict is a rule's answer to one reading.
type Verdict struct {
	Reason  Reason // Accepted, or why not
	Clause  string // the deciding clause in words: "1.1 Cel is below 25 Cel"
	Group   string // the group it was judged for, from the certificate
	Rule    string // address of the rule contract that decided, or of the manager if none did; 0x and 40 hex digits
	Version uint64 // of the rule
	Epoch   uint64 // of all the manager's rules; +1 on every change
	Block   uint64 // of the chain that was read
	Mode    Mode   // what the answer waits for; no part of any record
}

// OK reports whether the reading was accepted.
func (v Verdict) OK() bool { return v.Reason == Accepted }
