package netactors

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFrames(t *testing.T) {
	for _, tt := range []struct {
		delimiter string
		most      int
		parts     []string
		want      []string
		bad       bool
	}{
		{"\r\n", 10, []string{"one\r\ntwo\r", "\nthr", "ee\r\n\r\n"}, []string{"one", "two", "three", ""}, false},
		{"\r\n", 3, []string{"one\r", "\n"}, []string{"one"}, false},
		{"\r\n", 3, []string{"ok\r\nfour\r\n"}, []string{"ok"}, true},
		{"\r\n", 3, []string{"no end"}, nil, true},
		{"", 10, []string{"as", "it comes\r\n"}, []string{"as", "it comes\r\n"}, false},
		{"", 4, []string{"abcdefg"}, []string{"abcd", "efg"}, false},
		{"", 10, []string{"a\xc3", "\xa4b"}, []string{"a", "äb"}, false},
		{"", 10, []string{"\xff\xfe"}, []string{"\uFFFD"}, false},
	} {
		f := frames{most: tt.most}
		if tt.delimiter != "" {
			f.delimiter = []byte(tt.delimiter)
		}
		var got []string
		var bad error
		for _, p := range tt.parts {
			tokens, err := f.feed([]byte(p))
			got = append(got, tokens...)
			if err != nil {
				bad = err
				break
			}
		}
		if !reflect.DeepEqual(got, tt.want) || (bad != nil) != tt.bad {
			t.Errorf("%q of %q = %q, %v; want %q", tt.delimiter, tt.parts, got, bad, tt.want)
		}
	}
}

// However the bytes are cut on their way, the tokens are the same, each is
// text, and none is too long.
func FuzzFrames(f *testing.F) {
	f.Add("one\r\ntwo\r\n", "\r\n", 3)
	f.Add("ä€𝄞", "", 1)
	f.Add("aXbXXc", "X", 2)
	f.Add("\r\r\n", "\r\n", 1)
	f.Fuzz(func(t *testing.T, stream, delimiter string, step int) {
		if len(delimiter) > 8 {
			return
		}
		step = 1 + int(uint(step)%7)
		run := func(step int) (all []string, bad bool) {
			fr := frames{most: 100}
			if delimiter != "" {
				fr.delimiter = []byte(delimiter)
			}
			for b := []byte(stream); len(b) > 0; {
				n := min(step, len(b))
				tokens, err := fr.feed(b[:n])
				all = append(all, tokens...)
				if b = b[n:]; err != nil {
					return all, true
				}
			}
			return all, false
		}
		cut, bad1 := run(step)
		once, bad2 := run(1 << 20)
		for _, token := range cut {
			if !utf8.ValidString(token) || len(token) > 300 {
				t.Fatalf("token %q", token)
			}
		}
		if delimiter == "" {
			if a, b := strings.Join(cut, ""), strings.Join(once, ""); utf8.ValidString(stream) && a != b {
				t.Fatalf("raw %q gives %q in steps of %d and %q at once", stream, a, step, b)
			}
			return
		}
		if !reflect.DeepEqual(cut, once) && !bad1 && !bad2 || bad1 != bad2 && len(cut) != len(once) {
			t.Fatalf("%q gives %q (%v) in steps of %d and %q (%v) at once", stream, cut, bad1, step, once, bad2)
		}
	})
}
