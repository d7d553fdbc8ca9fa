package draw

import (
	"fmt"
	"strings"
)

// DOT is the picture in the language of Graphviz.
func (p *Picture) DOT() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n", quote(p.Title))
	b.WriteString("  rankdir=LR;\n  fontname=monospace; fontsize=12;\n  node [fontname=monospace fontsize=11 shape=none margin=0];\n  edge [fontname=monospace fontsize=9];\n")
	dotInside(&b, p, "", "  ")
	b.WriteString("}\n")
	return []byte(b.String())
}

// dotInside writes boxes and lines. Path names the boxes around, each with a
// slash, which keeps names of one picture apart from those of another.
func dotInside(b *strings.Builder, p *Picture, path, indent string) {
	for _, port := range p.In {
		fmt.Fprintf(b, "%s%s [shape=cds margin=0.05 label=%s];\n", indent, quote(path+">"+port), quote(port))
	}
	for _, port := range p.Out {
		fmt.Fprintf(b, "%s%s [shape=cds margin=0.05 label=%s];\n", indent, quote(path+port+">"), quote(port))
	}
	inside := map[string]bool{}
	for _, box := range p.Boxes {
		if box.Inside != nil {
			inside[box.Name] = true
			fmt.Fprintf(b, "%ssubgraph %s {\n%s  label=%s;\n%s  style=%s;\n", indent, quote("cluster_"+path+box.Name), indent, quote(box.Inside.Title), indent, clusterStyle(box))
			dotInside(b, box.Inside, path+box.Name+"/", indent+"  ")
			fmt.Fprintf(b, "%s}\n", indent)
			continue
		}
		fmt.Fprintf(b, "%s%s [%s];\n", indent, quote(path+box.Name), dotLabel(box))
	}
	end := func(e End, from bool) string {
		switch {
		case e.Box == "" && from:
			return quote(path + ">" + e.Port)
		case e.Box == "":
			return quote(path + e.Port + ">")
		case inside[e.Box] && from:
			return quote(path + e.Box + "/" + e.Port + ">")
		case inside[e.Box]:
			return quote(path + e.Box + "/>" + e.Port)
		}
		if shape := p.box(e.Box).Shape; shape == Value || shape == Transform || shape == Void {
			return quote(path + e.Box)
		}
		if from {
			return quote(path+e.Box) + ":" + quote("out "+e.Port) + ":e"
		}
		return quote(path+e.Box) + ":" + quote("in "+e.Port) + ":w"
	}
	for _, l := range p.Lines {
		fmt.Fprintf(b, "%s%s -> %s;\n", indent, end(l.From, true), end(l.To, false))
	}
}

func clusterStyle(b *Box) string {
	if b.Shape == Loop {
		return "dashed"
	}
	return "rounded"
}

// dotLabel is a table with a port in each cell, which lines can lead to.
func dotLabel(b *Box) string {
	switch b.Shape {
	case Value, Transform:
		return "shape=box style=rounded margin=0.08 label=" + quote(shorten(b.Text))
	case Void:
		return `shape=box style=dashed margin=0.08 label="voidport"`
	}
	var t strings.Builder
	fmt.Fprintf(&t, `label=<<table border="0" cellborder="1" cellspacing="0"><tr><td colspan="2"><b>%s</b><br/>%s</td></tr>`, escape(b.Name), escape(b.Type))
	cell := func(ports []string, i int, side string) {
		if i >= len(ports) {
			t.WriteString("<td></td>")
			return
		}
		fmt.Fprintf(&t, `<td port="%s %s">%s</td>`, side, escape(ports[i]), escape(ports[i]))
	}
	for i := range max(len(b.In), len(b.Out)) {
		t.WriteString("<tr>")
		cell(b.In, i, "in")
		cell(b.Out, i, "out")
		t.WriteString("</tr>")
	}
	t.WriteString("</table>>")
	return t.String()
}

// quote is a string of DOT.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
