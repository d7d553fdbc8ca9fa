package draw

import (
	"fmt"
	"strings"
)

// Mermaid is the picture as a flowchart of Mermaid, which many pages draw.
func (p *Picture) Mermaid() []byte {
	m := mermaid{ids: map[string]string{}}
	m.WriteString("flowchart LR\n")
	m.inside(p, "", "  ")
	return []byte(m.String())
}

type mermaid struct {
	strings.Builder
	ids map[string]string // by path: Mermaid's own names are plain
}

// id is a short name for a path.
func (m *mermaid) id(path string) string {
	id, ok := m.ids[path]
	if !ok {
		id = fmt.Sprintf("n%d", len(m.ids)+1)
		m.ids[path] = id
	}
	return id
}

func (m *mermaid) inside(p *Picture, path, indent string) {
	for _, port := range p.In {
		fmt.Fprintf(m, "%s%s([%s])\n", indent, m.id(path+">"+port), label(port))
	}
	for _, port := range p.Out {
		fmt.Fprintf(m, "%s%s([%s])\n", indent, m.id(path+port+">"), label(port))
	}
	inside := map[string]bool{}
	for _, b := range p.Boxes {
		if b.Inside != nil {
			inside[b.Name] = true
			fmt.Fprintf(m, "%ssubgraph %s [%s]\n", indent, m.id(path+b.Name), label(b.Inside.Title))
			m.inside(b.Inside, path+b.Name+"/", indent+"  ")
			fmt.Fprintf(m, "%send\n", indent)
			continue
		}
		fmt.Fprintf(m, "%s%s%s\n", indent, m.id(path+b.Name), shape(b))
	}
	for _, l := range p.Lines {
		from, said := m.end(p, l.From, path, inside, true)
		to, heard := m.end(p, l.To, path, inside, false)
		arrow := "-->"
		if ports := join(said, heard); ports != "" {
			arrow += "|" + label(ports) + "|"
		}
		fmt.Fprintf(m, "%s%s %s %s\n", indent, from, arrow, to)
	}
}

// join is what a line says of its ports.
func join(said, heard string) string {
	switch {
	case said == "":
		return heard
	case heard == "":
		return said
	}
	return said + " > " + heard
}

// end is a node to draw a line to, and the port where it needs to be said.
func (m *mermaid) end(p *Picture, e End, path string, inside map[string]bool, from bool) (id, port string) {
	switch {
	case e.Box == "" && from:
		return m.id(path + ">" + e.Port), ""
	case e.Box == "":
		return m.id(path + e.Port + ">"), ""
	case inside[e.Box] && from:
		return m.id(path + e.Box + "/" + e.Port + ">"), ""
	case inside[e.Box]:
		return m.id(path + e.Box + "/>" + e.Port), ""
	}
	if b := p.box(e.Box); b.Shape == Value || b.Shape == Transform || b.Shape == Void {
		return m.id(path + e.Box), ""
	}
	return m.id(path + e.Box), e.Port
}

// shape is a node's label between the brackets of its shape.
func shape(b *Box) string {
	switch b.Shape {
	case Value:
		return "[/" + label(b.Text) + "/]"
	case Transform:
		return "{{" + label(b.Text) + "}}"
	case Void:
		return `(("void"))`
	case Component, Loop:
		return "[[" + label(b.Name+"\n"+b.Type) + "]]"
	}
	return "[" + label(b.Name+"\n"+b.Type) + "]"
}

// label is a text that Mermaid shows as it is.
func label(s string) string {
	return `"` + strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;", "#", "&num;", "\n", "<br/>").Replace(s) + `"`
}
