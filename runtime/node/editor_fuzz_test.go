package node_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/node"
)

// Whatever place somebody asks about, it is one in the script, between two
// characters; and a place that is on its line is found just there.
func FuzzOffsetOf(f *testing.F) {
	f.Add("count : std.Sum()\nä > b\n", 2, 3)
	f.Add("", 1, 1)
	f.Add("a\r\nb", 1<<40, 1<<40)
	f.Add("\xff\xfe\n\x80", 2, 9)
	f.Fuzz(func(t *testing.T, text string, line, col int) {
		at := control.ScriptPlace{Deployment: control.Deployment{Script: text}, Line: line, Col: col}
		got := node.OffsetOf(at)
		if got < 0 || got > len(text) {
			t.Fatalf("offset %d of %d bytes", got, len(text))
		}
		if !utf8.ValidString(text) || line < 1 || col < 1 {
			return
		}
		if got < len(text) && !utf8.RuneStart(text[got]) {
			t.Fatalf("offset %d is within a character of %q", got, text)
		}
		lines := strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n")
		if strings.Contains(text, "\r") || line > len(lines) || col > utf8.RuneCountInString(lines[line-1])+1 {
			return
		}
		want := len(string([]rune(lines[line-1])[:col-1]))
		for _, l := range lines[:line-1] {
			want += len(l) + 1
		}
		if got != want {
			t.Errorf("%d:%d of %q is at %d, want %d", line, col, text, got, want)
		}
	})
}
