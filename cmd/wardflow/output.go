package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"
)

// How results are written: a table for people, documents for programs, names
// for the next command.

// An output is the value of -o.
type output string

// outputs are its values.
var outputs = []string{"table", "json", "yaml", "name"}

func (o *output) flag(cmd *cobra.Command) {
	*o = "table"
	cmd.PersistentFlags().VarP(o, "output", "o", "how to write the result: table, json, yaml or name")
	mustComplete(cmd, "output", outputs)
}

func (o *output) String() string { return string(*o) }
func (o *output) Type() string   { return "FORMAT" }

func (o *output) Set(s string) error {
	if !slices.Contains(outputs, s) {
		return fmt.Errorf("want table, json, yaml or name")
	}
	*o = output(s)
	return nil
}

// write gives v as a document, or lets people write what people read. Lists
// become documents with items; each has an apiVersion.
func (o output) write(w io.Writer, v any, people func(io.Writer)) error {
	if o == "table" || o == "" {
		d := &drawn{}
		_, d.painted = w.(painted)
		people(d)
		_, err := w.Write(calm(d.Bytes()))
		return err
	}
	doc, err := document(v)
	if err != nil {
		return err
	}
	switch o {
	case "yaml":
		return writeYAML(w, doc)
	case "name":
		return writeNames(w, doc)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, doc, "", "  "); err != nil {
		return err
	}
	_, err = w.Write(append(stilled(b.Bytes()), '\n'))
	return err
}

// list is write of a list. People read a table or, in place of a head with nothing
// below it, on stderr, why there is none.
func (o output) list(cmd *cobra.Command, v any, t *table, none string) error {
	return o.lines(cmd, v, len(t.rows), t.write, none)
}

// lines is list of what is written as so many lines of another form.
func (o output) lines(cmd *cobra.Command, v any, lines int, people func(io.Writer), none string) error {
	return o.write(cmd.OutOrStdout(), v, func(w io.Writer) {
		if lines == 0 {
			fmt.Fprintln(cmd.ErrOrStderr(), still(none))
			return
		}
		people(w)
	})
}

// writeLine is one of several documents of a stream: a line of JSON, a document
// of YAML, a name, or what people write.
func (o output) writeLine(w io.Writer, v any, people func(io.Writer)) error {
	switch o {
	case "json":
		return plainJSON(w, v)
	case "yaml":
		if _, err := io.WriteString(w, "---\n"); err != nil {
			return err
		}
	}
	return o.write(w, v, people)
}

// plainJSON is v in one line; a link's name has a ">" in it.
func plainJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(stilled(b.Bytes()))
	return err
}

// A table has columns as wide as their widest cell, two spaces apart. Columns
// whose head begins with ">" are flush right.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = inCell(fmt.Sprint(c))
	}
	t.rows = append(t.rows, row)
}

// inCell is text that keeps to its cell: an error of several lines becomes one,
// and nothing that an actor or a device says moves the cursor.
func inCell(text string) string {
	if text == "" {
		return "-"
	}
	if !strings.ContainsFunc(text, moves) {
		return text
	}
	return still(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\t' || r == '\r' }), " "))
}

// moves reports whether a character does something to a terminal: moves the cursor,
// colours, begins a line, or turns around how the text beside it is read.
func moves(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}

// still is text in which nothing moves but its line ends.
func still(text string) string {
	return strings.Map(func(r rune) rune {
		if moves(r) && r != '\n' {
			return '�'
		}
		return r
	}, text)
}

// calm is text for people in which nothing moves but line ends, and what colours it
// as [colour] does: whatever command writes it, and whoever said what stands in it.
func calm(text []byte) []byte {
	if !bytes.ContainsFunc(text, func(r rune) bool { return moves(r) && r != '\n' }) {
		return text
	}
	var b bytes.Buffer
	for len(text) > 0 {
		if n := paintLength(text); n > 0 {
			b.Write(text[:n])
			text = text[n:]
			continue
		}
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		b.WriteString(still(string(r)))
	}
	return b.Bytes()
}

// stilled is JSON or YAML in which what moves is escaped. That may stand in double
// quotes only, and below U+0020 is escaped there already.
func stilled(doc []byte) []byte {
	if !bytes.ContainsFunc(doc, func(r rune) bool { return moves(r) && r >= 0x7f }) {
		return doc
	}
	var b bytes.Buffer
	for _, r := range string(doc) {
		if moves(r) && r >= 0x7f {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.Bytes()
}

func (t *table) write(w io.Writer) {
	right := make([]bool, len(t.head))
	heads := make([]string, len(t.head))
	for i, h := range t.head {
		heads[i], right[i] = strings.CutPrefix(h, ">")
	}
	lines := append([][]string{heads}, t.rows...)
	wide := make([]int, len(heads))
	for _, line := range lines {
		for i, cell := range line {
			wide[i] = max(wide[i], lipgloss.Width(cell))
		}
	}
	for n, line := range lines {
		var b strings.Builder
		for i, cell := range line {
			pad := strings.Repeat(" ", wide[i]-lipgloss.Width(cell))
			if n == 0 {
				cell = colour(w, bold, cell)
			} else {
				cell = colour(w, stateColour(cell), cell)
			}
			if right[i] {
				b.WriteString(pad + cell)
			} else {
				b.WriteString(cell + pad)
			}
			b.WriteString("  ")
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}

// stateColour goes by the first word: "down: no answer for 5s" is down.
func stateColour(cell string) string {
	word, _, _ := strings.Cut(cell, " ")
	return states[strings.TrimRight(word, ":,")]
}

// perSecond writes a rate as the page does: two digits that matter.
func perSecond(r float64) string {
	switch {
	case r == 0:
		return "0/s"
	case r < 0.095:
		return "<0.1/s"
	case r < 9.95:
		return fmt.Sprintf("%.1f/s", r)
	}
	return fmt.Sprintf("%.0f/s", r)
}
