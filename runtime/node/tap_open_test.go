package node_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
	"github.com/wardflow/wardflow/runtime/tap"
)

// Of what is signed a tap shows what was measured and found; masked, nothing in
// it names the patient, a device, the encounter or the collector.
func TestTapOpensWhatIsSigned(t *testing.T) {
	t.Parallel()
	h := pkitest.New(t)
	const group = "h1/3/icu-3/ecg"
	w := &prooftest.Ward{Patient: "p-0017", Card: h.Patient("p-0017"), Collector: h.Collector("bed-1", group), Judge: h.Node("bedside"),
		Devices: []flow.Signer{h.Device("urn:epc:id:giai:0614141.5678", group), h.Device("urn:epc:id:giai:0614141.5679", group)}, Trust: h.Verifier()}
	readings := w.Readings(t, 4)
	window := w.Window(t, readings, 0)
	who := regexp.MustCompile(`p-0017|` + w.Devices[0].ID.EPC + `|` + w.Devices[1].ID.EPC + `|bed-1|` + group)
	for _, tt := range []struct {
		name   string
		sealed flow.Sealed
		want   []string
	}{
		{"a reading", flow.Sealed{Kind: proof.KindReading, Bytes: readings[0].Bytes}, []string{`"kind":"8867-4","name":"heart rate"`, `"unit":"/min","values":[61.0]`}},
		{"a wave", flow.Sealed{Kind: proof.KindReading, Bytes: readings[1].Bytes}, []string{`"kind":"131330","period":0.002`, `"stream":"ecg/MLII"`, `"values":[-0.1,0.015,0.95,`}},
		{"a window", flow.Sealed{Kind: proof.KindWindow, Bytes: window.Bytes}, []string{`"accepted":3`, `"readings":4`, `"reason":"too low"`, `"clause":"1.1 Cel is below 25 Cel"`, `"low":61.0`}},
	} {
		for _, m := range []*tap.Mask{nil, tap.NewMask(make([]byte, tap.KeySize), nil)} {
			got := string(tap.Show("out", tt.sealed, m, node.Opened).JSON)
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("%s (masked: %v) is shown as %s, want %s in it", tt.name, m != nil, got, want)
				}
			}
			if named := who.MatchString(got); named != (m == nil) {
				t.Errorf("%s (masked: %v) names somebody: %v: %s", tt.name, m != nil, named, got)
			}
		}
	}
	if _, ok := node.Opened(flow.Sealed{Kind: proof.KindWindow, Bytes: []byte("x")}); ok {
		t.Error("what can't be opened is opened")
	}
}
