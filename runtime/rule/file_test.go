package rule_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

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

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "r.yaml:1:1: no rules in it"},
		{"only a comment", "# rules\n", "r.yaml:1:1: no rules in it"},
		{"a list", "- a\n", "r.yaml:1:1: want a map from groups to rules"},
		{"syntax", "a:\n  - b\n c: d\n", "r.yaml:2:1: did not find expected key"},
		{"empty part", "h1//3:\n  a: {unit: b, range: [1, 2]}\n", `r.yaml:1:1: group "h1//3": a part is empty`},
		{"slash behind", "h1/:\n  a: {unit: b, range: [1, 2]}\n", `r.yaml:1:1: group "h1/": a part is empty`},
		{"space in a group", "h 1:\n  a: {unit: b, range: [1, 2]}\n", `r.yaml:1:1: group "h 1": not printable ASCII`},
		{"no kind", "h1: {}\n", `r.yaml:1:1: group "h1" names no kind`},
		{"a kind is a number", "h1:\n  8310-5: 3\n", "r.yaml:2:11: want unit, range and the like"},
		{"long kind", "h1:\n  " + strings.Repeat("1", 33) + ": {unit: b, range: [1, 2]}\n", "r.yaml:2:3: kind"},
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
		{"all at once", "h1:\n  a: {unit: b}\n  c: {range: [1, 2]}\n", "r.yaml:3:3: kind c: unit is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rules, err := rule.Parse("r.yaml", []byte(tt.text))
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
	f.Add("\"\":\n  \"~\": {unit: \"\\\"'\\\\\", range: [-9223372036854.775808, 0]}\n")
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
