package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// How results are written: a table for people, JSON for programs.

// An output is the value of -o.
type output string

func (o *output) flag(cmd *cobra.Command) {
	*o = "table"
	cmd.PersistentFlags().VarP(o, "output", "o", "how to write the result: table or json")
}

func (o *output) String() string { return string(*o) }
func (o *output) Type() string   { return "format" }

func (o *output) Set(s string) error {
	if s != "table" && s != "json" {
		return fmt.Errorf("want table or json")
	}
	*o = output(s)
	return nil
}

// write gives v as JSON, or lets people write what people read.
func (o output) write(w io.Writer, v any, people func(io.Writer)) error {
	if o == "json" {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false) // a link's name has a ">" in it
		return enc.Encode(v)
	}
	people(w)
	return nil
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
		row[i] = fmt.Sprint(c)
		if row[i] == "" {
			row[i] = "-"
		}
	}
	t.rows = append(t.rows, row)
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
			wide[i] = max(wide[i], utf8.RuneCountInString(cell))
		}
	}
	for _, line := range lines {
		var b strings.Builder
		for i, cell := range line {
			pad := strings.Repeat(" ", wide[i]-utf8.RuneCountInString(cell))
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
