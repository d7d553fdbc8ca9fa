package lsp

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// Every place of a text comes back from its position, and the position is what
// counting the UTF-16 code units of the line's beginning gives.
func TestPositions(t *testing.T) {
	alphabet := []string{"a", "é", "€", "😀", "\n", "\r\n", "\r", "\t", "\U0010FFFF", "\u2028"}
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var b strings.Builder
		for range rng.IntN(40) {
			b.WriteString(alphabet[rng.IntN(len(alphabet))])
		}
		src := b.String()
		l := newLayout([]byte(src))
		for at := 0; at <= len(src); at++ {
			if at < len(src) && (!utf8.RuneStart(src[at]) || src[at] == '\n' && at > 0 && src[at-1] == '\r') {
				continue // within a character or a line end
			}
			want := count(src[:at])
			if got := l.position(at); got != want {
				t.Fatalf("seed %d: byte %d of %q is at %v, want %v", seed, at, src, got, want)
			}
			if got := l.offset(want); got != at {
				t.Fatalf("seed %d: %v of %q is byte %d, want %d", seed, want, src, got, at)
			}
		}
	}
}

// count is the position behind a text, the long way.
func count(before string) position {
	before = strings.ReplaceAll(strings.ReplaceAll(before, "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(before, "\n")
	return position{uint32(len(lines) - 1), uint32(len(utf16.Encode([]rune(lines[len(lines)-1]))))}
}

// What an editor should not send has a place all the same.
func TestPositionsBeyond(t *testing.T) {
	l := newLayout([]byte("a😀b\ncd"))
	for _, tt := range []struct {
		at   position
		want int
	}{
		{position{0, 2}, 1}, // within the smile
		{position{0, 99}, 6},
		{position{1, 99}, 9},
		{position{7, 0}, 9},
		{position{1 << 31, 1 << 31}, 9},
	} {
		if got := l.offset(tt.at); got != tt.want {
			t.Errorf("%v is byte %d, want %d", tt.at, got, tt.want)
		}
	}
}
