package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/script/draw"
)

// pictures are the forms that only wardflow graph has.
var pictures = []string{"svg", "dot", "mermaid"}

func writePicture(cmd *cobra.Command, p *draw.Picture, format output) error {
	w := cmd.OutOrStdout()
	var picture []byte
	switch format {
	case "dot":
		picture = p.DOT()
	case "svg":
		picture = p.SVG()
	case "mermaid":
		picture = p.Mermaid()
	case "name":
		var b strings.Builder
		nameBoxes(&b, p)
		picture = []byte(b.String())
	default:
		return format.write(w, p, func(w io.Writer) { tellPicture(w, p) })
	}
	_, err := w.Write(picture)
	return err
}

// nameBoxes writes the names of the boxes, and after each those inside it.
func nameBoxes(w io.Writer, p *draw.Picture) {
	for _, b := range p.Boxes {
		fmt.Fprintln(w, inCell(b.Name))
		if b.Inside != nil {
			nameBoxes(w, b.Inside)
		}
	}
}

// tellPicture tells what a picture shows: its boxes, and the lines between them.
func tellPicture(w io.Writer, p *draw.Picture) {
	t := &table{head: []string{"BOX", "STANDS FOR", "TYPE", "IN", "OUT"}}
	var lines []string
	var add func(p *draw.Picture, indent, of string)
	add = func(p *draw.Picture, indent, of string) {
		for _, b := range p.Boxes {
			what := b.Type
			if b.Text != "" {
				what = b.Text
			}
			t.add(indent+b.Name, b.Shape, what, strings.Join(b.In, " "), strings.Join(b.Out, " "))
			if b.Inside != nil {
				add(b.Inside, indent+"  ", b.Name)
			}
		}
		for _, l := range p.Lines {
			lines = append(lines, end(l.From, of)+" > "+end(l.To, of))
		}
	}
	add(p, "", "")
	t.write(w)
	fmt.Fprintln(w)
	for _, l := range lines {
		fmt.Fprintln(w, inCell(l))
	}
}

// end is where a line ends: at a port of a box, or of the box that it is inside of.
func end(e draw.End, of string) string { return or(e.Box, of) + "." + e.Port }
