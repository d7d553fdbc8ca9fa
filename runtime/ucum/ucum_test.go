package ucum

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"1", "/min", "1/min", "{beats}/min", "%", "%{vol}", "Cel", "[degF]", "K", "mm[Hg]", "cm[H2O]", "kPa", "mmol/L", "mg/dL", "ug/mL",
		"meq/L", "U/L", "[IU]/L", "k[IU]/L", "10*3/uL", "10*-6", "10^9/L", "mL/kg/h", "mL/(kg.h)", "kg.m-2", "kg/m2", "m/s2", "[in_i'Hg]", "uV", "dB", "deg", "s-1",
		"(m/s).kg", "g/(8.h){shift}", "B[10.nV]", "[m/s2/Hz^(1/2)]", "dyn.s/(cm5.m2)", "cal_[15]", "''", "C", "d", "cd", "mo", "{count}", "/{total}", "m+2"} {
		if err := Check(code); err != nil {
			t.Errorf("Check(%q) = %v", code, err)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ code, say, want string }{
		{"Celsius", "Cel", `"Celsius" is no code of UCUM: say Cel`},
		{"celsius", "Cel", ""}, {"°C", "Cel", `"\u00b0C" is no code of UCUM: say Cel`}, {"degC", "Cel", ""}, {"cel", "Cel", ""}, {"CEL", "Cel", ""},
		{"bpm", "/min", ""}, {"BPM", "/min", ""}, {"beats/min", "/min", ""}, {"mmHg", "mm[Hg]", ""}, {"cmH2O", "cm[H2O]", ""}, {"percent", "%", ""},
		{"mL/hr", "mL/h", `"mL/hr" is no code of UCUM: "hr" is none of its units: say mL/h`},
		{"mcg/kg/min", "ug/kg/min", ""}, {"µg/L", "ug/L", ""}, {"IU/L", "[IU]/L", ""}, {"mmol/l/hour", "mmol/l/h", ""}, {"KPA", "kPa", ""}, {"hz", "Hz", ""},
		{"sec", "s", ""}, {"furlongs", "", `"furlongs" is no code of UCUM`}, {"", "", "it is empty: what has no unit is 1"},
		{"mg/", "", "something is missing"}, {"mg//L", "", "something is missing"}, {".", "", "something is missing"}, {"(m", "", "a ( has no )"}, {"m)", "", "there is a ) without its ("},
		{"[Hg", "", "brackets do not close"}, {"[[Hg]]", "", "brackets do not close"}, {"m]", "", "brackets do not close"}, {"{beats", "", "a { has no }"}, {"{a b}", "", "a remark is of printable ASCII"},
		{"{°}", "", "a remark is of printable ASCII"}, {"m--2", "", "an exponent has one sign"}, {"kmin", "", `"kmin" is no code of UCUM`}, {"m s", "", ""}, {"[]", "", ""},
		{"2m", "", ""}, {"m}", "", ""}, {strings.Repeat("m.", MaxCode), "", "at most 256 are allowed"},
	} {
		var e *Error
		if err := Check(tt.code); !errors.As(err, &e) || e.Say != tt.say || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Check(%q) = %v, want %q to be said, and %q in it", tt.code, err, tt.say, tt.want)
		}
	}
}

// What people are told to say is a code.
func TestMeant(t *testing.T) {
	t.Parallel()
	for from, say := range meant {
		if err := Check(say); err != nil {
			t.Errorf("for %s: %v", from, err)
		}
		if from != strings.ToLower(from) {
			t.Errorf("%q is looked for in small letters, and never found", from)
		}
	}
}

// Codes put together are codes, what is refused is refused in any company, and what
// is said instead is a code.
func FuzzCheck(f *testing.F) {
	for _, code := range []string{"mm[Hg]", "/min", "Celsius", "10*3/uL", "kg.m-2", "(m{x})/s", "{beats", "[", "B[10.nV]{}", "\xff"} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		err := Check(code)
		if len(code) > MaxCode-8 {
			return
		}
		for _, with := range []string{"m.(%s)", "(%s)/s", "(%s){x}"} {
			both := fmt.Sprintf(with, code)
			if strings.HasPrefix(code, "/") {
				continue // a stroke in front stands at the beginning only
			}
			if got := Check(both); (got == nil) != (err == nil) && !strings.ContainsAny(code, "()[]{}") {
				t.Fatalf("Check(%q) = %v, and Check(%q) = %v", code, err, both, got)
			}
		}
		var e *Error
		if errors.As(err, &e) {
			if e.Say != "" && Check(e.Say) != nil {
				t.Fatalf("for %q it is said to say %q, which is none either", code, e.Say)
			}
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Fatalf("for %q the error is %q", code, err)
			}
		}
	})
}
