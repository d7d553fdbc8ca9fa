package lsp

import (
	"sort"
	"unicode/utf8"

	"github.com/wardflow/wardflow/runtime/script"
)

// A position is a place in a text: the line from 0, and how many UTF-16 code
// units stand before it on the line.
type position struct {
	Line      uint32 `json:"line"`
	Character uint32 `json:"character"`
}

// A span is a piece of a text, without its end.
type span struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

// A layout knows where the lines of a text begin. As the protocol has it, a
// line ends with \n, \r\n or \r.
type layout struct {
	src    []byte
	starts []int
}

func newLayout(src []byte) *layout {
	l := &layout{src, []int{0}}
	for i := 0; i < len(src); i++ {
		if src[i] == '\n' || src[i] == '\r' && (i+1 == len(src) || src[i+1] != '\n') {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// end is where a line ends, without what ends it.
func (l *layout) end(line int) int {
	end := len(l.src)
	if line+1 < len(l.starts) {
		end = l.starts[line+1]
	}
	for end > l.starts[line] && (l.src[end-1] == '\n' || l.src[end-1] == '\r') {
		end--
	}
	return end
}

// offset is the byte that a position is at. Beyond the end of a line it is that
// end, beyond the last line the end of the text, within a character its start.
func (l *layout) offset(p position) int {
	if int64(p.Line) >= int64(len(l.starts)) {
		return len(l.src)
	}
	at, end := l.starts[p.Line], l.end(int(p.Line))
	for units := uint32(0); at < end; {
		r, n := utf8.DecodeRune(l.src[at:])
		if units += width(r); units > p.Character {
			break
		}
		at += n
	}
	return at
}

// position is the place of a byte.
func (l *layout) position(offset int) position {
	offset = min(max(0, offset), len(l.src))
	line := sort.SearchInts(l.starts, offset+1) - 1
	p := position{Line: uint32(line)}
	for at := l.starts[line]; at < offset; {
		r, n := utf8.DecodeRune(l.src[at:])
		p.Character += width(r)
		at += n
	}
	return p
}

// width is how many UTF-16 code units a character has.
func width(r rune) uint32 {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

func (l *layout) span(s script.Span) span {
	return span{l.position(int(s.Start.Offset)), l.position(int(s.End.Offset))}
}
