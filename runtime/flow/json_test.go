package flow

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func TestMarshalValue(t *testing.T) {
	for _, tt := range []struct {
		value Value
		want  string
	}{
		{nil, `null`},
		{int64(7), `7`},
		{7.0, `7.0`},
		{1e300, `1e+300`},
		{"a<b", `"a<b"`},
		{[]any{true, int64(1)}, `[true,1]`},
		{EOS, `{"$exception":"EOSToken","value":"End of stream"}`},
		{Exception{ExceptionKind, map[string]any{"bed": "no"}}, `{"$exception":"ExceptionToken","value":{"bed":"no"}}`},
		{Sealed{"reading", []byte{1, 2}}, `{"$sealed":"reading","bytes":"AQI="}`},
	} {
		got, err := MarshalValue(tt.value)
		if err != nil || string(got) != tt.want {
			t.Errorf("MarshalValue(%v) = %s, %v, want %s", tt.value, got, err, tt.want)
		}
		back, err := UnmarshalValue(got)
		if err != nil || !reflect.DeepEqual(back, tt.value) {
			t.Errorf("UnmarshalValue(%s) = %#v, %v, want %#v", got, back, err, tt.value)
		}
	}
}

func TestUnmarshalValue(t *testing.T) {
	for _, tt := range []struct {
		text, want string // want: the value written again, or "!" and a part of the error
	}{
		{`{"$exception": "EOSToken"}`, `{"$exception":"EOSToken","value":"End of stream"}`},
		{`{"$exception": "ExceptionToken"}`, `{"$exception":"ExceptionToken","value":"Exception"}`},
		{`{"$float": "-Inf"}`, `{"$float":"-Inf"}`},
		{`{"$float": "+Inf"}`, `{"$float":"+Inf"}`},
		{`{"$exception": "Eos"}`, `!want "ExceptionToken" or "EOSToken"`},
		{`{"$exception": "EOSToken", "x": 1}`, `!only "value"`},
		{`{"$sealed": "reading", "bytes": "?"}`, `!base64`},
		{`{"$float": "1"}`, `!want "NaN"`},
		{`92233720368547758070`, `!beyond 64 bits`},
		{`1 2`, `!one JSON value`},
		{`[1,`, `!read value`},
	} {
		v, err := UnmarshalValue([]byte(tt.text))
		if part, bad := strings.CutPrefix(tt.want, "!"); bad {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("UnmarshalValue(%s) = %v, %v, want an error with %q", tt.text, v, err, part)
			}
			continue
		}
		if got, _ := MarshalValue(v); err != nil || string(got) != tt.want {
			t.Errorf("UnmarshalValue(%s) is %s, %v, want %s", tt.text, got, err, tt.want)
		}
	}
}

// Whatever a token may carry is read back from JSON and written the same again.
// The first writing replaces what is not UTF-8, so it is the second that counts.
func TestJSONKeepsValues(t *testing.T) {
	for seed := range uint64(500) {
		v := anyValue(rand.New(rand.NewPCG(seed, 3)), 4)
		var texts [3]string
		for i := range texts {
			b, err := MarshalValue(v)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			texts[i] = string(b)
			if v, err = UnmarshalValue(b); err != nil && !strings.Contains(err.Error(), `want "ExceptionToken"`) {
				t.Fatalf("seed %d: UnmarshalValue(%s): %v", seed, b, err)
			} else if err != nil {
				v = nil // a kind that does not exist
			}
		}
		if texts[1] != texts[2] {
			t.Fatalf("seed %d: %s came back as %s", seed, texts[1], texts[2])
		}
	}
}

func FuzzUnmarshalValue(f *testing.F) {
	f.Add([]byte(`{"$exception": "EOSToken"}`))
	f.Add([]byte(`[1, 2.5, {"a": null}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := UnmarshalValue(b)
		if err != nil {
			return
		}
		text, err := MarshalValue(v)
		if err != nil || !json.Valid(text) {
			t.Fatalf("MarshalValue(%#v) = %s, %v", v, text, err)
		}
	})
}
