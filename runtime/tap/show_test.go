package tap_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/tap"
)

func mask() *tap.Mask { return tap.NewMask(bytes.Repeat([]byte{7}, tap.KeySize), nil) }

const epc = "3414257BF400000000001F4A"

func reading(device string) flow.Value {
	return tap.OfReading(&flow.Reading{Device: device, Stream: "ecg/MLII", Seq: 1 << 40, Kind: "8310-5", Unit: "Cel", At: begin,
		Scale: 100_000, Samples: []int64{369, 370}, Period: 4_000_000}, "body temperature")
}

// What a tap shows to who may not see whose it is. "#" stands for a hash.
func TestMasked(t *testing.T) {
	for _, tt := range []struct {
		name, port string
		value      flow.Value
		want       string
	}{
		{"a number", "out", 36.9, `36.9`},
		{"an integer", "out", int64(72), `72`},
		{"what is true", "out", true, `true`},
		{"nothing", "out", nil, `null`},
		{"a reading", "reading", reading(epc), `{"$reading":{"at":"2026-11-22T08:00:00Z","device":"device-#","kind":"8310-5","name":"body temperature","period":0.004,"seq":1099511627776,"stream":"ecg/MLII","unit":"Cel","values":[36.9,37.0]}}`},
		{"a reading and whose it is", "out", map[string]any{"patient": "p-17", "reading": reading(epc)},
			`{"patient":"patient-#","reading":{"$reading":{"at":"2026-11-22T08:00:00Z","device":"device-#","kind":"8310-5","name":"body temperature","period":0.004,"seq":1099511627776,"stream":"ecg/MLII","unit":"Cel","values":[36.9,37.0]}}}`},
		{"a refusal", "refused", map[string]any{"reason": "too low", "clause": "1.1 Cel is below 25 Cel", "value": "1.1 … 2.5", "from": "spiffe://h1.health.example/collector/bed1", "group": "h1/3/icu-3/ecg"},
			`{"clause":"1.1 Cel is below 25 Cel","from":"text-#","group":"text-#","reason":"too low","value":"1.1 … 2.5"}`},
		{"a clause that names somebody", "refused", map[string]any{"clause": "1.1 Cel of Smith is below 25 Cel"}, `{"clause":"text-#"}`},
		{"a sentence", "said", "Mrs Long has fever", `"text-#"`},
		{"a name", "said", "Long", `"text-#"`},
		{"words that name no one", "said", "heart rate high", `"heart rate high"`},
		{"a pseudonym", "out", "p-17", `"text-#"`},
		{"a number that is a text", "out", "36.9", `"36.9"`},
		{"digits that may be a person's", "out", "1234", `"text-#"`},
		{"a number that may be a person's", "out", int64(4915112345), `"text-#"`},
		{"such a one as a float", "out", 4915112345.0, `"text-#"`},
		{"a time", "timestamp", int64(1763798400000000000), `1763798400000000000`},
		{"keys that are somebody's", "out", map[string]any{"p-17": 36.9, "hr": int64(70)}, `{"hr":70,"text-#":36.9}`},
		{"all below a key that says who", "out", map[string]any{"patient": map[string]any{"ward": int64(3), "list": []any{true, 2.5, "x"}}}, `{"patient":{"list":["patient-#","patient-#","patient-#"],"text-#":"patient-#"}}`},
		{"a heart's value is no card's", "out", map[string]any{"cardiac": 5.5, "cardno": int64(12)}, `{"cardiac":5.5,"cardno":"card-#"}`},
		{"a port that says who", "cardno", int64(12), `"card-#"`},
		{"a birthday", "out", map[string]any{"birth": "1960-05-03T00:00:00Z"}, `{"birth":"id-#"}`},
		{"an unknown unit", "out", map[string]any{"unit": "Smith", "kind": "Smith-1"}, `{"kind":"text-#","unit":"text-#"}`},
		{"the end of a stream", "out", flow.EOS, `{"$exception":"EOSToken","value":"End of stream"}`},
		{"what went wrong", "out", flow.Exceptional("no room for %s", "p-17"), `{"$exception":"ExceptionToken","value":"text-#"}`},
		{"no number", "out", math.NaN(), `{"$float":"NaN"}`},
		{"bytes that nobody opens", "out", flow.Sealed{Kind: "reading", Bytes: []byte(epc)}, `{"$sealed":"reading","size":24}`},
	} {
		got := tap.Show(tt.port, tt.value, mask(), nil)
		if s := unhash(string(got.JSON)); s != tt.want || got.Truncated {
			t.Errorf("%s: %s, want %s", tt.name, s, tt.want)
		}
		if got.Masked != strings.Contains(tt.want, "-#") {
			t.Errorf("%s: masked is %v for %s", tt.name, got.Masked, got.JSON)
		}
	}
}

// unhash puts "#" where a hash is.
func unhash(s string) string {
	for _, label := range []string{"patient-", "device-", "card-", "text-", "id-"} {
		for at := 0; ; {
			i := strings.Index(s[at:], label)
			if i < 0 {
				break
			}
			at += i + len(label)
			if end := strings.IndexByte(s[at:], '"'); end == 6 {
				s = s[:at] + "#" + s[at+6:]
			}
		}
	}
	return s
}

// One patient is one hash throughout a tap, and another in another tap.
func TestHashesAreOfOneTap(t *testing.T) {
	show := func(m *tap.Mask, who string) string {
		return string(tap.Show("out", map[string]any{"patient": who}, m, nil).JSON)
	}
	m, other := mask(), tap.NewMask(bytes.Repeat([]byte{8}, tap.KeySize), nil)
	again := show(m, "p-17")
	if again != show(m, "p-17") || show(m, "p-17") == show(m, "p-18") || show(m, "p-17") == show(other, "p-17") {
		t.Errorf("p-17 is %s and %s, p-18 %s; in another tap p-17 is %s", show(m, "p-17"), show(m, "p-17"), show(m, "p-18"), show(other, "p-17"))
	}
}

// Without a mask all is there, but never the signed bytes.
func TestUnmasked(t *testing.T) {
	open := func(s flow.Sealed) (flow.Value, bool) { return reading(string(s.Bytes)), s.Kind == "reading" }
	got := tap.Show("out", map[string]any{"patient": "p-17", "reading": flow.Sealed{Kind: "reading", Bytes: []byte(epc)}, "other": flow.Sealed{Kind: "x", Bytes: []byte{1, 2}}}, nil, open)
	want := `{"other":{"$sealed":"x","size":2},"patient":"p-17","reading":{"$reading":{"at":"2026-11-22T08:00:00Z","device":"` + epc
	if !strings.HasPrefix(string(got.JSON), want) || got.Masked {
		t.Errorf("%s, masked %v; want it to begin with %s", got.JSON, got.Masked, want)
	}
}

// What is left out is told of where it stood.
func TestTruncated(t *testing.T) {
	deep := flow.Value(int64(1))
	for range 12 {
		deep = []any{deep}
	}
	long := make([]any, 3000)
	for i := range long {
		long[i] = int64(i % 7)
	}
	wide := map[string]any{}
	for i := range 200 {
		wide[fmt.Sprintf("key%03d", i)] = true
	}
	for _, tt := range []struct {
		name  string
		value flow.Value
		want  string
	}{
		{"a long text", strings.Repeat("é", 300), strings.Repeat("é", 256) + `…"`},
		{"a long list", long, `,{"$more":1976}]`},
		{"a large dictionary", wide, `"key063":true,"$more":136}`},
		{"lists in lists", deep, `[{"$more":1}]]]]]]]]]`},
	} {
		got := tap.Show("out", tt.value, nil, nil)
		if !strings.HasSuffix(string(got.JSON), tt.want) || !got.Truncated {
			t.Errorf("%s: %.300s …, truncated %v; want it to end in %s", tt.name, got.JSON, got.Truncated, tt.want)
		}
	}
}

// Whatever flows: what is shown is JSON within its bounds, says that something
// is left out exactly when it is, and holds none of the texts that say who.
func TestShowAnything(t *testing.T) {
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 3))
		v := anything(rng, 4)
		for _, m := range []*tap.Mask{nil, mask()} {
			got := tap.Show("out", v, m, nil)
			if !json.Valid(got.JSON) || len(got.JSON) > tap.MaxBytes {
				t.Fatalf("seed %d: %d bytes that are JSON: %v", seed, len(got.JSON), json.Valid(got.JSON))
			}
			if m != nil && (bytes.Contains(got.JSON, []byte("Smith")) || bytes.Contains(got.JSON, []byte("p-17")) || bytes.Contains(got.JSON, []byte("99887766"))) {
				t.Fatalf("seed %d: %s", seed, got.JSON)
			}
			if m == nil && got.Truncated != bytes.Contains(got.JSON, []byte("$more")) && !bytes.Contains(got.JSON, []byte("…")) {
				t.Fatalf("seed %d: truncated %v: %s", seed, got.Truncated, got.JSON)
			}
		}
	}
}

func anything(rng *rand.Rand, depth int) flow.Value {
	texts := []string{"Smith", "p-17", "Mr Smith, heart rate", "heart rate", "", "<&>\u2028\x00", strings.Repeat("\x01Smith", 100), "99887766"}
	n := rng.IntN(9)
	if depth == 0 {
		n = rng.IntN(6)
	}
	switch n {
	case 0:
		return texts[rng.IntN(len(texts))]
	case 1:
		return rng.NormFloat64()
	case 2:
		return int64(99887766)
	case 3:
		return rng.IntN(2) == 0
	case 4:
		return flow.Sealed{Kind: texts[rng.IntN(len(texts))], Bytes: []byte("Smith")}
	case 5:
		return int64(rng.IntN(300))
	case 6:
		list := make([]any, rng.IntN(40))
		for i := range list {
			list[i] = anything(rng, depth-1)
		}
		return list
	case 7:
		return flow.Exception{Kind: flow.ExceptionKind, Value: anything(rng, depth-1)}
	}
	dict := map[string]any{}
	for range rng.IntN(20) {
		dict[texts[rng.IntN(len(texts))]+fmt.Sprint(rng.IntN(50))] = anything(rng, depth-1)
	}
	return dict
}

// What a port or an argument of an actor type is called may stand; it is in the
// program, and not in what flows.
func TestKnownOf(t *testing.T) {
	known := tap.KnownOf(flow.Types{"x.Y": {Spec: flow.Spec{In: []flow.Port{{Name: "nudge"}}, Args: []flow.ArgSpec{{Name: "budge"}}}}})
	m := tap.NewMask(bytes.Repeat([]byte{7}, tap.KeySize), known)
	if got := string(tap.Show("out", map[string]any{"nudge": 1.5, "budge": "nudge"}, m, nil).JSON); got != `{"budge":"nudge","nudge":1.5}` {
		t.Error(got)
	}
}

// FuzzShow: any value that a node may send.
func FuzzShow(f *testing.F) {
	for _, v := range []flow.Value{nil, "p-17", map[string]any{"patient": "p-17"}, []any{1.5, flow.EOS}} {
		b, err := flow.AppendValue(nil, v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, _, err := flow.ReadValue(b)
		if err != nil {
			return
		}
		for _, m := range []*tap.Mask{nil, mask()} {
			if got := tap.Show("out", v, m, nil); !json.Valid(got.JSON) || len(got.JSON) > tap.MaxBytes {
				t.Fatalf("%d bytes: %s", len(got.JSON), got.JSON)
			}
		}
	})
}

func ExampleShow() {
	key := make([]byte, tap.KeySize) // random, in earnest
	value := map[string]any{"patient": "p-17", "hr": int64(72)}
	fmt.Printf("%s\n", tap.Show("out", value, nil, nil).JSON)
	fmt.Printf("%s\n", tap.Show("out", value, tap.NewMask(key, nil), nil).JSON)
	// Output:
	// {"hr":72,"patient":"p-17"}
	// {"hr":72,"patient":"patient-pzmzym"}
}
