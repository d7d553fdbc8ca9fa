package attack

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// AT-false: what a device may say, the rules say; its group and identity its
// certificate says. That a well-made lie within the range passes is known, and
// shown here; rules of physics and agreement are another matter's.
func falseData() []attack {
	const who = "/device/giai/0614141.110"
	return []attack{
		{id: "AT-false out of range", has: "a thermometer's key", tries: "says that a patient has 1.1 °C, as a faulty or lying channel does", do: outOfRange},
		{id: "AT-false another's name", has: "a thermometer's key", tries: "says that its reading is another device's, or of another group", do: anothersName,
			record: []record{{"", flow.AuditReading, who}}},
		{id: "AT-false malformed", has: "a thermometer's key", tries: "sends floats, doubled keys, unknown keys, depths and lengths", do: malformedReadings},
	}
}

// seqs are the numbers of the thermometer's stream, which rise through all
// attacks.
var seqs uint64

func next() uint64 {
	seqs++
	return seqs
}

func outOfRange(t *testing.T, g *ground) string {
	at := g.intakeAt()
	d := newDevice(t, g.outside)
	var how string
	for _, r := range []reading{{Kind: "8310-5", Unit: "Cel", Value: "1.1"}, {Kind: "8310-5", Unit: "Cel", Value: "45.1"}, {Kind: "8310-5", Unit: "/min", Value: "36"},
		{Kind: "8480-6", Unit: "mm[Hg]", Value: "0"}} {
		r.Stream, r.Seq, r.At = "temp", next(), time.Now().UTC()
		how = d.mustNot(at, r)
		d.mustSend(at, temperature(next(), "34.1")) // of the same minute
	}
	// The refused ones are kept apart, and people see them with the device's name.
	g.until("the refusals are seen", func(s *control.Snapshot) string {
		for _, r := range s.Refusals {
			if strings.Contains(fmt.Sprintf("%+v", r), g.outside.ID.EPC) {
				return ""
			}
		}
		return fmt.Sprintf("%d refusals, and none names the device", len(s.Refusals))
	})
	return how
}

func anothersName(t *testing.T, g *ground) string {
	at := g.intakeAt()
	d := newDevice(t, g.outside)
	other := temperature(next(), "36.6")
	other.Device = "3474257BF400000000000065"
	how := d.mustNot(at, other)
	group := temperature(seqs, "36.6")
	group.Group = "h1/3/icu-2/temp"
	d.mustNot(at, group)
	d.mustSend(at, temperature(seqs, "36.6"))
	return how
}

func malformedReadings(t *testing.T, g *ground) string {
	at := g.intakeAt()
	d := newDevice(t, g.outside)
	good := fmt.Sprintf(`{"stream":"temp","seq":%d,"kind":"8310-5","unit":"Cel","at":%q,"value":"36.6"}`, next(), time.Now().UTC().Format(time.RFC3339Nano))
	var how string
	for _, b := range []string{"", "{", "[]", "null", strings.Replace(good, `"36.6"`, `36.6`, 1), strings.Replace(good, `"kind"`, `"king"`, 1), strings.Replace(good, `{`, `{"value":"1",`, 1),
		good + good, strings.Repeat("[", 100_000), "[" + strings.Repeat(good+",", 300) + good + "]", strings.Repeat(" ", 1<<20) + good, strings.Replace(good, `"seq":`, `"seq":-`, 1),
		strings.Replace(good, `"36.6"`, `"`+strings.Repeat("9", 10_000)+`"`, 1), strings.Replace(good, "temp", strings.Repeat("t", 5000), 1)} {
		s, err := d.post(at, "/v1/readings", "application/json", []byte(b))
		if err != nil {
			how = err.Error()
			continue
		}
		if s.Status < 400 || s.Status >= 500 {
			t.Fatalf("%.80q is answered %d %s", b, s.Status, s.Detail)
		}
		how = fmt.Sprintf("%d %s", s.Status, s.Detail)
	}
	for _, kind := range []string{"application/cbor", "application/cose", "text/plain", ""} {
		if s, err := d.post(at, "/v1/readings", kind, []byte(good)); err == nil && s.Status < 400 {
			t.Fatalf("JSON as %q is answered %d %s", kind, s.Status, s.Detail)
		}
	}
	d.mustSend(at, temperature(seqs, "36.6"))
	return how
}
