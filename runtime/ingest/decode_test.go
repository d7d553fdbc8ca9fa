package ingest_test

import (
	"crypto/x509"
	"errors"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/proof"
)

type certificate = x509.Certificate

const good = `{"stream":"temp","seq":7,"kind":"8310-5","unit":"Cel","at":"2026-03-01T08:00:00.000000005Z","value":"36.6"}`

func TestDecodeJSON(t *testing.T) {
	for _, tt := range []struct{ name, in, err string }{
		{"one", good, ""},
		{"a list, with space", " [ " + good + " ,\n\t" + good + " ] ", ""},
		{"an integer", strings.Replace(good, `"36.6"`, `-37`, 1), ""},
		{"at in nanoseconds", strings.Replace(good, `"2026-03-01T08:00:00.000000005Z"`, `1772352000000000005`, 1), ""},
		{"escapes", strings.Replace(good, `"temp"`, `"t\u0065mp \"1\""`, 1), ""},
		{"samples", `{"stream":"ecg","seq":1,"at":5,"period":4000000,"scale":5000,"samples":[1,-2,3]}`, ""},
		{"claims", strings.Replace(good, "{", `{"device":"3474257bf40000000000162e","group":"a/b/c/d",`, 1), ""},
		{"unknown key", strings.Replace(good, "unit", "units", 1), "unknown or stands twice"},
		{"key in capitals", strings.Replace(good, "unit", "Unit", 1), "unknown or stands twice"},
		{"key twice", strings.Replace(good, "{", `{"seq":7,`, 1), "unknown or stands twice"},
		{"a float", strings.Replace(good, `"36.6"`, `36.6`, 1), "this is a float"},
		{"a float as seq", strings.Replace(good, `"seq":7`, `"seq":7e0`, 1), "this is a float"},
		{"leading zero", strings.Replace(good, `"seq":7`, `"seq":07`, 1), "want an integer"},
		{"beyond 64 bits", strings.Replace(good, `"seq":7`, `"seq":9223372036854775808`, 1), "out of range"},
		{"seq 0", strings.Replace(good, `"seq":7`, `"seq":0`, 1), "counts from 1"},
		{"null", strings.Replace(good, `"temp"`, `null`, 1), "want text"},
		{"no seq", strings.Replace(good, `"seq":7,`, ``, 1), "needs stream, seq, at"},
		{"trailing comma", strings.Replace(good, `}`, `,}`, 1), "want text"},
		{"two values", good + good, "more follows"},
		{"NUL after it", good + "\x00", "more follows"},
		{"cut short", good[:len(good)-1], "want"},
		{"not UTF-8", strings.Replace(good, "temp", "t\xffmp", 1), "not UTF-8"},
		{"control", strings.Replace(good, "temp", "t\nmp", 1), "control character"},
		{"escaped control", strings.Replace(good, "temp", `t\u0000mp`, 1), "control character"},
		{"nested", `[[` + good + `]]`, "want '{'"},
		{"sealed with more", `{"sealed":"AAAA","seq":1}`, "sealed stands with other keys"},
		{"sealed nothing", `{"sealed":""}`, "not in the one permitted form"},
		{"sealed not base64", `{"sealed":"A=A"}`, "want base64"},
		{"bad time", strings.Replace(good, "2026-03-01T", "2026-13-01T", 1), "want a time"},
		{"empty", ``, "want '{'"},
	} {
		items, err := ingest.Decode(ingest.JSON, []byte(tt.in))
		if tt.err == "" {
			if err != nil || len(items) == 0 {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.err) || !errors.Is(err, proof.ErrForm) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.err)
		}
	}
	items, err := ingest.Decode(ingest.JSON, []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if r := items[0].Reading; r.Stream != "temp" || r.Seq != 7 || r.At.Nanosecond() != 5 || r.Micro(0) != 36_600_000 || r.Device != "" {
		t.Errorf("Decode = %+v", r)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(0, []byte(good))
	f.Add(0, []byte("["+good+","+good+"]"))
	f.Add(0, []byte(`{"stream":"ecg","seq":1,"at":5,"period":4000000,"scale":5000,"samples":[1,-2,3]}`))
	f.Add(0, []byte(`{"sealed":"0oRY"}`))
	f.Add(1, []byte("\xa4\x66stream\x61a\x63seq\x01\x62at\x01\x65value\xc4\x82\x20\x19\x01\x6e"))
	f.Add(1, []byte("\x81\x41\xd2"))
	f.Add(2, []byte("\xd2\x84"))
	f.Fuzz(func(t *testing.T, kind int, b []byte) {
		types := []string{ingest.JSON, ingest.CBOR, ingest.COSE}
		items, err := ingest.Decode(types[uint(kind)%3], b)
		if err != nil {
			if !errors.Is(err, proof.ErrForm) && !errors.Is(err, proof.ErrUnsigned) {
				t.Fatalf("%v wraps none of our errors", err)
			}
			return
		}
		if len(items) == 0 || len(items) > ingest.MaxItems {
			t.Fatalf("%d items", len(items))
		}
		for _, it := range items {
			r := it.Reading
			if r == nil || r.Seq == 0 || r.Stream == "" || len(r.Samples) == 0 || r.Scale <= 0 {
				t.Fatalf("item %+v", r)
			}
			low, high := r.Range()
			if low > high {
				t.Fatalf("range %d to %d overflows", low, high)
			}
		}
	})
}
