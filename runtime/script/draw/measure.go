package draw

// measure says how large a box is and where its ports are.
func measure(b *Box) *node {
	n := &node{box: b, in: map[string]int{}, out: map[string]int{}}
	switch {
	case b.Inside != nil:
		measureFrame(n, b)
	case b.Shape == Value || b.Shape == Transform || b.Shape == Void:
		n.w, n.h = textWidth(caption(b))+2*boxPad, smallHeight
		for _, port := range b.In {
			n.in[port] = smallHeight / 2
		}
		for _, port := range b.Out {
			n.out[port] = smallHeight / 2
		}
	default:
		measureActor(n, b)
	}
	return n
}

// caption is the text in a small box, or the first line in a large one.
func caption(b *Box) string {
	switch b.Shape {
	case Value, Transform:
		return shorten(b.Text)
	case Void:
		return "voidport"
	}
	return b.Name
}

// shorten keeps what stands in a picture short; the whole is in its title.
func shorten(s string) string {
	const most = 28
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}

// measureActor makes a box with a name, a type and rows of ports below.
func measureActor(n *node, b *Box) {
	const head = 2*lineHeight + 8
	n.w = max(textWidth(b.Name), textWidth(b.Type)) + 2*boxPad
	for i := range max(len(b.In), len(b.Out)) {
		row := 2 * boxPad
		y := head + i*lineHeight + lineHeight/2
		if i < len(b.In) {
			row += textWidth(b.In[i])
			n.in[b.In[i]] = y
		}
		if i < len(b.Out) {
			row += textWidth(b.Out[i])
			n.out[b.Out[i]] = y
		}
		if i < len(b.In) && i < len(b.Out) {
			row += 2 * boxPad
		}
		n.w = max(n.w, row)
	}
	n.h = head + max(len(b.In), len(b.Out))*lineHeight + 6
}

// measureFrame makes a box around what is in it, with the ports where the
// inside has them.
func measureFrame(n *node, b *Box) {
	n.inner = layout(b.Inside)
	n.w, n.h = n.inner.w, n.inner.h
	for port, y := range n.inner.in {
		n.in[port] = y
	}
	for port, y := range n.inner.out {
		n.out[port] = y
	}
}
