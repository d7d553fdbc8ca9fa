package script

import "strings"

// docText is the text of a docstring: without quotes and outer white space, as
// Calvin has it, and without the margin that the lines after the first have in
// common, which is where they stand in the script and says nothing.
func docText(quoted string) string {
	lines := strings.Split(unix(quoted[3:len(quoted)-3]), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r\f\v")
	}
	edge := margin(lines[1:])
	for i := range lines[1:] {
		lines[1+i] = strings.TrimPrefix(lines[1+i], edge)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// unix is a text with the line ends that are written.
func unix(s string) string {
	if !strings.Contains(s, "\r\n") {
		return s
	}
	lines := strings.Split(s, "\n")
	for i := range lines[1:] {
		lines[i] = strings.TrimRight(lines[i], "\r")
	}
	return strings.Join(lines, "\n")
}

// margin is the white space that lines which aren't blank begin with.
func margin(lines []string) string {
	edge, first := "", true
	for _, l := range lines {
		space := l[:len(l)-len(strings.TrimLeft(l, " \t"))]
		switch {
		case l == "":
		case first:
			edge, first = space, false
		default:
			n := 0
			for n < len(edge) && n < len(space) && edge[n] == space[n] {
				n++
			}
			edge = edge[:n]
		}
	}
	return edge
}

// docQuoted writes a docstring whose lines stand indent characters to the right.
// Open and shut say whether its quotes have a line of their own.
func docQuoted(text string, indent int, open, shut bool) string {
	edge := "\n" + strings.Repeat(" ", indent)
	var b strings.Builder
	b.WriteString(`"""`)
	for i, l := range strings.Split(text, "\n") {
		switch {
		case i == 0 && !open:
		case l == "":
			b.WriteByte('\n')
		default:
			b.WriteString(edge)
		}
		b.WriteString(l)
	}
	switch {
	case shut:
		b.WriteString(edge)
	case strings.HasSuffix(text, `"`):
		b.WriteByte(' ') // keeps it apart
	}
	b.WriteString(`"""`)
	return b.String()
}
