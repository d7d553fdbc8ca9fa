package draw

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// style makes a drawing that is readable on a light and on a dark page.
const style = `
svg{color-scheme:light dark}
text{font:13px ui-monospace,"Cascadia Mono","Liberation Mono",Menlo,monospace;fill:#14202a}
.type,.port{fill:#4f5f6c}.port,.type{font-size:12px}
.box{fill:#fff;stroke:#8ea3b0}.component{stroke-width:2}.frame{fill:#5f8ea3;fill-opacity:.07;stroke:#8ea3b0}
.for{stroke-dasharray:6 4}.value{fill:#fdf3dc;stroke:#c9a24b}.transform{fill:#eaf4e6;stroke:#7fa874}.voidport{fill:none;stroke-dasharray:2 3}
.line{fill:none;stroke:#3f7f9a;stroke-width:1.5}.dot{fill:#3f7f9a}
@media (prefers-color-scheme:dark){
text{fill:#e6edf2}.type,.port{fill:#9dadb8}
.box{fill:#1a242b;stroke:#5d7380}.frame{fill:#9dc3d4;fill-opacity:.06;stroke:#5d7380}
.value{fill:#33290f;stroke:#a8853a}.transform{fill:#1c2f18;stroke:#65895b}.voidport{fill:none}
.line{stroke:#6fb3cf}.dot{fill:#6fb3cf}}
`

// SVG is the picture as a drawing of its own: it needs nothing else and fits a
// light and a dark page.
func (p *Picture) SVG() []byte {
	s := layout(p)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">`+"\n", s.w, s.h, s.w, s.h)
	fmt.Fprintf(&b, "<title>%s</title>\n<style>%s</style>\n", escape(p.Title), style)
	b.WriteString(`<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="dot" d="M0 0L8 4L0 8z"/></marker></defs>` + "\n")
	if p.Title != "" {
		text(&b, framePad, framePad+4, "name", "start", p.Title)
	}
	s.draw(&b, 0, 0)
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// draw writes what is on a sheet whose top left corner is at x, y.
func (s *sheet) draw(b *bytes.Buffer, x, y int) {
	for _, n := range s.nodes {
		switch {
		case n.entry():
			fmt.Fprintf(b, `<circle class="dot" cx="%d" cy="%d" r="3"/>`+"\n", x+n.x, y+n.y+n.h/2)
			text(b, x+n.x+6, y+n.y+n.h/2+4, "port", "start", n.port)
		case n.exit():
			fmt.Fprintf(b, `<circle class="dot" cx="%d" cy="%d" r="3"/>`+"\n", x+n.x+n.w, y+n.y+n.h/2)
			text(b, x+n.x+n.w-6, y+n.y+n.h/2+4, "port", "end", n.port)
		case n.inner != nil:
			fmt.Fprintf(b, `<g><title>%s</title><rect class="frame %s" x="%d" y="%d" width="%d" height="%d" rx="8"/>`, escape(describe(n.box)), n.box.Shape, x+n.x, y+n.y, n.w, n.h)
			text(b, x+n.x+boxPad, y+n.y+framePad+4, "name", "start", n.inner.title)
			n.inner.draw(b, x+n.x, y+n.y)
			b.WriteString("</g>\n")
		default:
			n.draw(b, x+n.x, y+n.y)
		}
	}
	for _, p := range s.paths {
		fmt.Fprintf(b, `<path class="line" marker-end="url(#arrow)" d="%s"><title>%s</title></path>`+"\n", p.d(x, y), escape(p.line.String()))
	}
}

// draw writes a box without an inside.
func (n *node) draw(b *bytes.Buffer, x, y int) {
	box := n.box
	fmt.Fprintf(b, `<g><title>%s</title><rect class="box %s" x="%d" y="%d" width="%d" height="%d" rx="5"/>`, escape(describe(box)), box.Shape, x, y, n.w, n.h)
	text(b, x+n.w/2, y+lineHeight-2, "name", "middle", caption(box))
	if box.Shape == Actor || box.Shape == Component || box.Shape == Loop {
		text(b, x+n.w/2, y+2*lineHeight-4, "type", "middle", box.Type)
		for _, port := range box.In {
			text(b, x+boxPad, y+n.in[port]+4, "port", "start", port)
		}
		for _, port := range box.Out {
			text(b, x+n.w-boxPad, y+n.out[port]+4, "port", "end", port)
		}
	}
	b.WriteString("</g>\n")
}

// describe is a box in a line, for those who point at it.
func describe(b *Box) string {
	switch b.Shape {
	case Value, Transform:
		return b.Text
	case Void:
		return "voidport"
	}
	if b.Type == "" {
		return b.Name
	}
	return b.Name + " : " + b.Type
}

// String is a line in words.
func (l Line) String() string { return l.From.String() + " > " + l.To.String() }

// String is a port as a script names it.
func (e End) String() string { return e.Box + "." + e.Port }

func text(b *bytes.Buffer, x, y int, class, anchor, s string) {
	if anchor != "start" {
		anchor = ` text-anchor="` + anchor + `"`
	} else {
		anchor = ""
	}
	fmt.Fprintf(b, `<text class="%s" x="%d" y="%d"%s>%s</text>`, class, x, y, anchor, escape(s))
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

// d is a path in SVG's words, moved by x and y.
func (p path) d(x, y int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", x+p.x, y+p.y)
	at, level := p.x, p.y
	for _, s := range p.steps {
		switch {
		case s.bend != [2]int{}:
			fmt.Fprintf(&b, "C%d %d %d %d %d %d", x+at+s.bend[0], y+level, x+s.x+s.bend[1], y+s.y, x+s.x, y+s.y)
		case s.x != at:
			fmt.Fprintf(&b, "H%d", x+s.x)
		}
		at, level = s.x, s.y
	}
	return b.String()
}
