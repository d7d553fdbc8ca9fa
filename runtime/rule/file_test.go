package rule_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := rule.Parse("r.yaml", []byte(`
h1/3:
  8310-5: {unit: Cel, range: [-0.5, 45], rate: 2, samples: none, age: 90s, ahead: none}
"":
  8867-4:
    unit: /min
    range:
      - 20
      - 250.000001
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []rule.Rule{
		{Group: "h1/3", Limits: []rule.Limit{{Kind: "8310-5", Unit: "Cel", Min: -500_000, Max: 45e6, Rate: 2, Age: 90 * time.Second}}},
		{Group: "", Limits: []rule.Limit{{Kind: "8867-4", Unit: "/min", Min: 20e6, Max: 250_000_001,
			Samples: 8192, Age: 24 * time.Hour, Ahead: 2 * time.Second}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Parse:\n got %+v\nwant %+v", got, want)
	}
}

// What is said of several readings together, of one device, of the answers, and
// by other contracts.
func TestParseBesides(t *testing.T) {
	t.Parallel()
	got, err := rule.Parse("r.yaml", []byte(`
h1/3:
  mode: confirmed
  8867-4: {unit: /min, range: [20, 250], bytes: 4096, needs: [number, stream], agrees: 30.5 /min with 8889-8 within 10s}
  8889-8: {agrees: [-5 to 20 /min above 59408-5 within 1m], unit: /min, range: [20, 250], steepest: 40 /min in 5s, past: 3}
  59408-5: {unit: /min, range: [0, 1], stuck: 2h within 0.1 /min, needs: period}
  contracts: 0xF4aB66c8C127f581d986C4a1132b4b257CE39D4C
device 3074257bf7194e4000001a85:
  8310-5: {unit: Cel, range: [25, 45], steepest: none, stuck: none}
`))
	if err != nil {
		t.Fatal(err)
	}
	limit := func(kind string, change func(*rule.Limit)) rule.Limit {
		l := rule.DefaultLimit()
		l.Kind, l.Unit, l.Min, l.Max = kind, "/min", 20e6, 250e6
		change(&l)
		return l
	}
	want := []rule.Rule{{
		Group: "h1/3", Mode: flow.Confirmed,
		Limits: []rule.Limit{
			limit("8867-4", func(l *rule.Limit) { l.Bytes, l.Fields = 4096, 1<<6|1<<7 }),
			limit("8889-8", func(l *rule.Limit) {}),
			limit("59408-5", func(l *rule.Limit) { l.Min, l.Max, l.Fields = 0, 1e6, 1<<5 }),
		},
		Slopes: []rule.Slope{
			{Kind: "8889-8", Unit: "/min", Step: 40e6, In: 5 * time.Second, Past: 3},
			{Kind: "59408-5", Unit: "/min", Stuck: 2 * time.Hour, Jitter: 100_000, Past: 16},
		},
		Agreements: []rule.Agreement{
			{Kind: "8867-4", With: "8889-8", Unit: "/min", Least: -30_500_000, Most: 30_500_000, Within: 10 * time.Second},
			{Kind: "8889-8", With: "59408-5", Unit: "/min", Least: -5e6, Most: 20e6, Within: time.Minute},
		},
		Codes: []chain.Address{{0xF4, 0xaB, 0x66, 0xc8, 0xC1, 0x27, 0xf5, 0x81, 0xd9, 0x86, 0xC4, 0xa1, 0x13, 0x2b, 0x4b, 0x25, 0x7C, 0xE3, 0x9D, 0x4C}},
	}, {
		Device: "3074257BF7194E4000001A85",
		Limits: []rule.Limit{limit("8310-5", func(l *rule.Limit) { l.Unit, l.Min, l.Max = "Cel", 25e6, 45e6 })},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Parse:\n got %+v\nwant %+v", got, want)
	}
	again, err := rule.Parse("again.yaml", []byte(rule.Format(got)))
	if err != nil || !reflect.DeepEqual(again, want) {
		t.Errorf("written\n%s\nit is read as %+v, %v", rule.Format(got), again, err)
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "r.yaml:1:1: no rules in it"},
		{"only a comment", "# rules\n", "r.yaml:1:1: no rules in it"},
		{"a list", "- a\n", "r.yaml:1:1: want a map from groups to rules"},
		{"syntax", "a:\n  - b\n c: d\n", "r.yaml:2:1: did not find expected key"},
		{"empty part", "h1//3:\n  a: {unit: b, range: [1, 2]}\n", `r.yaml:1:1: group "h1//3": a part is empty`},
		{"five parts", "h1/3/icu-1/ecg/left:\n  a: {unit: b, range: [1, 2]}\n", `r.yaml:1:1: group "h1/3/icu-1/ecg/left": more than four parts`},
		{"a device by its URN", "urn:epc:id:giai:0614141.5678:\n  a: {unit: b, range: [1, 2]}\n", `r.yaml:1:1: group "urn:epc:id:giai:0614141.5678": a device is written "device"`},
		{"a tab", "h1:\n\ta: {unit: b, range: [1, 2]}\n", `r.yaml:2:1: found character that cannot start any token: indent with spaces`},
		{"slash behind", "h1/:\n  a: {unit: b, range: [1, 2]}\n", `r.yaml:1:1: group "h1/": a part is empty`},
		{"space in a group", "h 1:\n  a: {unit: b, range: [1, 2]}\n", `r.yaml:1:1: group "h 1": not printable ASCII`},
		{"no kind", "h1: {}\n", `r.yaml:1:1: group "h1" names no kind`},
		{"a kind is a number", "h1:\n  8310-5: 3\n", "r.yaml:2:11: want unit, range and the like"},
		{"long kind", "h1:\n  " + strings.Repeat("1", 33) + ": {unit: b, range: [1, 2]}\n", "r.yaml:2:3: kind"},
		{"a unit in words", "h1:\n  a: {unit: Celsius, range: [1, 2]}\n", `r.yaml:2:13: unit: "Celsius" is no code of UCUM: say Cel`},
		{"a unit in part", "h1:\n  a: {range: [1, 2], unit: mL/hr}\n", `r.yaml:2:28: unit: "mL/hr" is no code of UCUM: "hr" is none of its units: say mL/h`},
		{"a unit of two lines", "h1:\n  a: {range: [1, 2], unit: \"a\\nb\"}\n", `r.yaml:2:28: unit: "a\nb" is no code of UCUM`},
		{"a long unit", "h1:\n  a: {range: [1, 2], unit: " + strings.Repeat("m.", 20) + "m}\n", `has more than the 32 bytes`},
		{"a list as unit", "h1:\n  a: {range: [1, 2], unit: [m]}\n", `r.yaml:2:28: unit: want a UCUM code such as /min`},
		{"no unit", "h1:\n  a: {range: [1, 2]}\n", "r.yaml:2:3: kind a: unit is missing"},
		{"no range", "h1:\n  a: {unit: b}\n", "r.yaml:2:3: kind a: range is missing"},
		{"unknown word", "h1:\n  a: {unit: b, range: [1, 2], maximum: 3}\n", `r.yaml:2:31: "maximum": want unit`},
		{"three ends", "h1:\n  a: {unit: b, range: [1, 2, 3]}\n", "r.yaml:2:23: want a range"},
		{"range upside down", "h1:\n  a: {unit: b, range: [2, 1]}\n", "r.yaml:2:23: the range is empty: 2 is above 1"},
		{"no number", "h1:\n  a: {unit: b, range: [1, x]}\n", `r.yaml:2:27: "x": want a decimal number`},
		{"an exponent", "h1:\n  a: {unit: b, range: [1, 1e3]}\n", `"1e3": want a decimal number`},
		{"too fine", "h1:\n  a: {unit: b, range: [0.0000001, 1]}\n", "at most six places"},
		{"too large", "h1:\n  a: {unit: b, range: [1, 99999999999999]}\n", "outside"},
		{"rate 0", "h1:\n  a: {unit: b, range: [1, 2], rate: 0}\n", `r.yaml:2:37: "0": want a whole number above 0, or none`},
		{"age in days", "h1:\n  a: {unit: b, range: [1, 2], age: 3d}\n", `r.yaml:2:36: "3d": want a time such as 24h`},
		{"twice", "h1:\n  a: {unit: b, range: [1, 2]}\n  a: {unit: b, range: [1, 2]}\n", `r.yaml:3:3: "a" is here twice`},
		{"an alias", "h1: &x\n  a: {unit: b, range: [1, 2]}\nh2: *x\n", "r.yaml:3:5: aliases"},
		{"two documents", "h1:\n  a: {unit: b, range: [1, 2]}\n---\nh2: 3\n", "more than one document"},
		{"a mode", "h1:\n  mode: quick\n  a: {unit: b, range: [1, 2]}\n", `r.yaml:2:9: mode "quick": want anchored, confirmed or per-check`},
		{"half an EPC", "device 3074257B:\n  a: {unit: b, range: [1, 2]}\n", `r.yaml:1:1: "device 3074257B": want the 24 hex digits of its EPC`},
		{"a device twice", "device 3074257bf7194e4000001a85:\n  a: {unit: b, range: [1, 2]}\ndevice 3074257BF7194E4000001A85:\n  a: {unit: b, range: [1, 2]}\n", "r.yaml:3:1: "},
		{"no such field", "h1:\n  a: {unit: b, range: [1, 2], needs: [stream, colour]}\n", `r.yaml:2:47: "colour": want one of device, kind`},
		{"steep in words", "h1:\n  a: {unit: b, range: [1, 2], steepest: fast}\n", `r.yaml:2:41: "fast": want a change in a time, such as 2 b in 10m`},
		{"steep in another unit", "h1:\n  a: {unit: b, range: [1, 2], steepest: 1 c in 10m}\n", `the unit of this kind is b, not c`},
		{"steep in no time", "h1:\n  a: {unit: b, range: [1, 2], steepest: 1 b in none}\n", `"none": want a time such as 10m`},
		{"steep by nothing", "h1:\n  a: {unit: b, range: [1, 2], steepest: 0 b in 1s}\n", `"0": want a number above 0`},
		{"stuck in days", "h1:\n  a: {unit: b, range: [1, 2], stuck: 1d}\n", `r.yaml:2:38: "1d": want a time such as 10m`},
		{"stuck for two days", "h1:\n  a: {unit: b, range: [1, 2], stuck: 48h}\n", `at most a day`},
		{"stuck within words", "h1:\n  a: {unit: b, range: [1, 2], stuck: 1h within some}\n", `want a time, such as 2h, or 2h within 0.1 b`},
		{"a past without slope", "h1:\n  a: {unit: b, range: [1, 2], past: 3}\n", `r.yaml:2:37: past is how far steepest and stuck look back`},
		{"a long past", "h1:\n  a: {unit: b, range: [1, 2], past: 17, stuck: 1h}\n", `"17": want 1 to 16`},
		{"even in other words", "h1:\n  a: {unit: b, range: [1, 2], agrees: -3 to 3 b above c within 1s}\n  c: {unit: b, range: [1, 2]}\n", `that is 3 b with c`},
		{"upside down", "h1:\n  a: {unit: b, range: [1, 2], agrees: 3 to 1 b above c within 1s}\n  c: {unit: b, range: [1, 2]}\n", `3 is above 1`},
		{"agrees both ways", "h1:\n  a: {unit: b, range: [1, 2], agrees: 0 to 1 b above c within 1s}\n  c: {unit: b, range: [1, 2], agrees: 0 to 1 b above a within 1s}\n", `is said twice`},
		{"agrees with itself", "h1:\n  a: {unit: b, range: [1, 2], agrees: 1 b with a within 1s}\n", "a kind always agrees with itself"},
		{"agrees with what is not there", "h1:\n  a: {unit: b, range: [1, 2], agrees: 1 b with c within 1s}\n", `r.yaml:2:39: "1 b with c within 1s": the rule does not name kind c: give it a line, as what agrees is of one rule`},
		{"agrees in two units", "h1:\n  a: {unit: b, range: [1, 2], agrees: 1 b with c within 1s}\n  c: {unit: d, range: [1, 2]}\n", "kind c is in d: only what has one unit can agree"},
		{"agrees twice", "h1:\n  a: {unit: b, range: [1, 2], agrees: 1 b with c within 1s}\n  c: {unit: b, range: [1, 2], agrees: 2 b with a within 1s}\n", "r.yaml:3:39: \"2 b with a within 1s\": that these two agree is said twice"},
		{"agrees with a map", "h1:\n  a: {unit: b, range: [1, 2], agrees: {c: 1}}\n", "want an agreement such as"},
		{"no address", "h1:\n  contracts: [0x12]\n", `r.yaml:2:15: address "0x12": want 0x and 40 hex digits`},
		{"a contract twice", "h1:\n  contracts: [0xF4aB66c8C127f581d986C4a1132b4b257CE39D4C, 0xf4ab66c8c127f581d986c4a1132b4b257ce39d4c]\n", "is here twice"},
		{"too many clauses", "h1:\n" + strings.Repeat("  KIND: {unit: b, range: [1, 2], stuck: 1s}\n", 8), "r.yaml:1:1: the rule needs 9 contracts, at most 8"},
		{"all at once", "h1:\n  a: {unit: b}\n  c: {range: [1, 2]}\n", "r.yaml:3:3: kind c: unit is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.text
			for i := 0; strings.Contains(text, "KIND"); i++ {
				text = strings.Replace(text, "KIND", fmt.Sprint("k", i), 1)
			}
			rules, err := rule.Parse("r.yaml", []byte(text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Parse = %+v, %v\nwant %q in the error", rules, err, tt.want)
			}
		})
	}
}

// What is written parses again to the same, whatever was read.
func FuzzParse(f *testing.F) {
	f.Add(string(rule.DefaultYAML()))
	f.Add("h1/3:\n  8310-5: {unit: Cel, range: [-0.5, 45], rate: 2, samples: none, age: 90s, ahead: none}\n")
	f.Add("\"\":\n  \"~\": {unit: \"{\\\"'\\\\}\", range: [-9223372036854.775808, 0]}\n")
	f.Add("h1:\n  mode: per-check\n  8867-4: {unit: /min, range: [1, 2], bytes: 9, needs: [period], agrees: 3 /min with 8889-8 within 10s}\n  8889-8: {unit: /min, range: [1, 2], steepest: 4 /min in 1m, stuck: 1h}\n")
	f.Add("device 3074257BF7194E4000001A85:\n  a: {unit: \"mm[Hg]\", range: [1, 2], steepest: \"4 mm[Hg] in 1m\"}\n  contracts: [\"0xF4aB66c8C127f581d986C4a1132b4b257CE39D4C\"]\n")
	f.Add("null:\n  true: {unit: 1.0, range: [1, 1]}\n")
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := rule.Parse("in", []byte(text))
		if err != nil {
			return
		}
		again, err := rule.Parse("out", []byte(rule.Format(rules)))
		if err != nil || !reflect.DeepEqual(rules, again) {
			t.Fatalf("%+v\nis written\n%s\nand read as %+v, %v", rules, rule.Format(rules), again, err)
		}
	})
}
