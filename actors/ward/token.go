package ward

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// Between the actors of a ward travel
//
//	{"patient": "p-17", "reading": <sealed>}   a reading and whose it is, as the collector says
//	<sealed window>                            signed by the card; after the check with its judgment
//	{"refused": {…}}                           a reading that the collector would not take
//
// The collector's word on the patient counts for nothing until the card's
// signature covers it.

const (
	keyPatient = "patient"
	keyReading = "reading"
	keyRefused = "refused"
)

func carry(patient string, s flow.Sealed) flow.Value {
	return map[string]any{keyPatient: patient, keyReading: s}
}

// carried opens what carry made.
func carried(v flow.Value) (patient string, s flow.Sealed, ok bool) {
	m, _ := v.(map[string]any)
	patient, named := m[keyPatient].(string)
	s, sealed := m[keyReading].(flow.Sealed)
	fit := patient != "" && len(patient) <= proof.MaxText && utf8.ValidString(patient)
	return patient, s, named && sealed && len(m) == 2 && fit
}

// refusal is a refused reading as a dictionary for people: who sent it, what it
// said, and why it was refused. r is nil when it could not be opened.
func refusal(by, patient string, from flow.Identity, r *proof.Reading, v flow.Verdict, now time.Time) map[string]any {
	d := map[string]any{"by": by, "at": now.UTC().Format(time.RFC3339Nano), "reason": v.Reason.String(), "code": int64(v.Reason),
		"clause": v.Clause, "from": from.URI}
	for key, text := range map[string]string{keyPatient: patient, "group": v.Group, "rule": v.Rule} {
		if text != "" {
			d[key] = text
		}
	}
	if v.Rule != "" {
		d["version"], d["block"] = int64(v.Version), int64(v.Block)
	}
	if r != nil {
		low, high := r.Range()
		d["device"], d["stream"], d["seq"], d["kind"], d["unit"] = r.Device, r.Stream, int64(r.Seq), r.Kind, r.Unit
		d["taken"], d["value"], d["leaf"] = r.At.UTC().Format(time.RFC3339Nano), inWords(low, high), hex.EncodeToString(r.Leaf[:])
	}
	return d
}

// refusedReading is as much of a reading as the dictionary of its refusal tells.
func refusedReading(d map[string]any) (*flow.Reading, flow.Verdict) {
	text := func(key string) string { s, _ := d[key].(string); return s }
	seq, _ := d["seq"].(int64)
	code, _ := d["code"].(int64)
	at, _ := time.Parse(time.RFC3339Nano, text("taken"))
	r := &flow.Reading{Device: text("device"), Stream: text("stream"), Seq: uint64(seq), Kind: text("kind"), Unit: text("unit"), At: at}
	return r, flow.Verdict{Reason: flow.Reason(code), Clause: text("clause"), Group: text("group")}
}

// inWords is a value, or the range of samples, in the reading's unit.
func inWords(low, high int64) string {
	if low == high {
		return decimal(low)
	}
	return fmt.Sprintf("%s … %s", decimal(low), decimal(high))
}

// decimal is a number of millionths, exactly and without trailing zeros.
func decimal(micro int64) string {
	s := big.NewRat(micro, 1_000_000).FloatString(6)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
