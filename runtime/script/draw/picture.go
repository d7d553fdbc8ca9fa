package draw

import "slices"

// A Picture is what is drawn: boxes and the lines between their ports. It has
// ports of its own when it is the inside of a box.
type Picture struct {
	Title string   `json:"title"`
	In    []string `json:"in,omitempty"`
	Out   []string `json:"out,omitempty"`
	Boxes []*Box   `json:"boxes"`
	Lines []Line   `json:"lines"`
}

// A Box is an actor, or something that stands for one or for many.
type Box struct {
	Name   string   `json:"name"` // unlike that of any other box of the picture
	Shape  Shape    `json:"shape"`
	Type   string   `json:"type,omitempty"` // of an actor or component; of a loop, what it goes over
	Text   string   `json:"text,omitempty"` // of a value or transform: the value as the script has it
	In     []string `json:"in,omitempty"`
	Out    []string `json:"out,omitempty"`
	Inside *Picture `json:"inside,omitempty"` // with the same ports; nil: not shown
}

// A Shape says what a box stands for.
type Shape string

// The shapes.
const (
	Actor     Shape = "actor"
	Component Shape = "component"
	Loop      Shape = "for"       // what is made for each element
	Value     Shape = "value"     // a literal source
	Transform Shape = "transform" // replaces each token
	Void      Shape = "voidport"
)

// An End is a port of a box, or of the picture itself.
type End struct {
	Box  string `json:"box,omitempty"` // "": the picture's own
	Port string `json:"port"`
}

// A Line joins two ports in the direction of the tokens.
type Line struct {
	From End `json:"from"`
	To   End `json:"to"`
}

// box finds a box by name.
func (p *Picture) box(name string) *Box {
	i := slices.IndexFunc(p.Boxes, func(b *Box) bool { return b.Name == name })
	if i < 0 {
		return nil
	}
	return p.Boxes[i]
}
