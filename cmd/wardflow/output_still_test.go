package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
)

// movers are texts that an actor, a script or a hostile node may put into what is
// written: they clear screens, set titles, or turn around what is read.
var movers = []string{"\x1b[2J\x1b[H", "\x1b]0;owned\x07", "\u009b2J", "a\u202etxt.exe", "\x7f", "\r\x1b[K"}

// Whatever form people choose, nothing that others say moves their terminal.
func TestNothingMovesTheTerminal(t *testing.T) {
	for _, said := range movers {
		item := map[string]string{"name": "ward" + said, "text": said}
		for _, form := range outputs {
			var b bytes.Buffer
			err := output(form).write(&b, []any{item}, func(w io.Writer) {
				tab := &table{head: []string{"name", "text"}}
				tab.add(item["name"], item["text"])
				tab.write(w)
			})
			if err != nil {
				t.Fatal(err)
			}
			if written := b.String(); strings.ContainsFunc(strings.ReplaceAll(written, "\n", ""), func(r rune) bool { return moves(r) && (form != "yaml" || unicode.IsControl(r)) }) {
				t.Errorf("-o %s of %q: %q", form, said, b.String())
			}
			if form != "json" {
				continue
			}
			var back struct{ Items []map[string]string }
			if err := json.Unmarshal(b.Bytes(), &back); err != nil || back.Items[0]["text"] != said {
				t.Errorf("-o json of %q comes back as %q, %v", said, back.Items, err)
			}
		}
		var b bytes.Buffer
		if tell(&b, &cobra.Command{}, errors.New("ask x: "+said), exitFailed); strings.ContainsFunc(strings.ReplaceAll(b.String(), "\n", ""), moves) {
			t.Errorf("an error that says %q: %q", said, b.String())
		}
		b.Reset()
		if p := newProgress(&b); true {
			p.say("moving " + said)
			p.end()
		}
		if strings.ContainsFunc(strings.ReplaceAll(b.String(), "\n", ""), moves) {
			t.Errorf("progress that says %q: %q", said, b.String())
		}
	}
}
