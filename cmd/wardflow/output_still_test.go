package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
)

// movers are texts that an actor, a script or a hostile node may put into what is
// written: they clear screens, set titles, or turn around what is read.
var movers = []string{"\x1b[2J\x1b[H", "\x1b]0;owned\x07", "\u009b2J", "a\u202etxt.exe", "two\nlines, \u2067turned", "\u061c", "a\u2028b\u2029c", "\x7f", "\r\x1b[K"}

// Whatever form people choose, nothing that others say moves their terminal.
func TestNothingMovesTheTerminal(t *testing.T) {
	for _, said := range movers {
		item := map[string]string{"name": "ward" + said, "text": said, "key" + said: said}
		for _, form := range outputs {
			var b bytes.Buffer
			err := output(form).write(&b, []any{item}, func(w io.Writer) {
				tab := &table{head: []string{"name", "text"}}
				tab.add(item["name"], item["text"])
				tab.write(w)
				fmt.Fprintf(w, "%s\n  %s\n", colour(w, bold, "said"), strings.ReplaceAll(said, "\n", " "))
			})
			if err != nil {
				t.Fatal(err)
			}
			if written := b.String(); strings.ContainsFunc(strings.ReplaceAll(written, "\n", ""), moves) {
				t.Errorf("-o %s of %q: %q", form, said, b.String())
			}
			read, ok := map[string]func([]byte, any) error{"json": json.Unmarshal, "yaml": yaml.Unmarshal}[form]
			if !ok {
				continue
			}
			var back struct{ Items []map[string]string }
			if err := read(b.Bytes(), &back); err != nil || back.Items[0]["text"] != said || back.Items[0]["key"+said] != said {
				t.Errorf("-o %s of %q comes back as %q, %v", form, said, back.Items, err)
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

// Colours are ours: they stay, and only they do.
func TestColoursStay(t *testing.T) {
	d := &drawn{painted: true}
	fmt.Fprintf(d, "%s %s\n", colour(d, bad, "down"), "a\x1b[8mb\x9bc\x1b[2Jé")
	if got, want := string(calm(d.Bytes())), "\x1b[31mdown\x1b[0m a�[8mb�c�[2Jé\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
