package script

import "strings"

// A builder goes through the tokens of a text beside its tree and makes docs of
// them. Comments are taken along: one behind a token, at the end of the line,
// waits for the next break; one on a line of its own, or between two tokens of a
// line, stands before the next token.
type builder struct {
	src      string
	tokens   []token
	comments []Comment
	at       int // of tokens
	next     int // of comments

	out  *[]*doc  // where docs go
	last *doc     // the last doc put there, in whatever group
	gap  bool     // a space is due
	wait []string // comments for the end of the line
	hung int      // tabs by which a line goes on that a comment ended
	end  int32    // the line where the last token, or a comment behind it, ended
}

func (b *builder) tok() *token { return &b.tokens[b.at] }

func (b *builder) put(d *doc) {
	*b.out = append(*b.out, d)
	b.last = d
}

func (b *builder) text(s string) { b.put(&doc{kind: dText, text: s}) }

// space puts a space before what comes next.
func (b *builder) space() { b.gap = true }

// group collects what is built by do.
func (b *builder) group(kind docKind, by int, hard bool, do func()) {
	d := &doc{kind: kind, by: by, hard: hard}
	out := b.out
	*out = append(*out, d)
	b.out = &d.kids
	do()
	b.out = out
}

// line puts a break, which is flat where there is none. A comment that waits
// makes it a hard one.
func (b *builder) line(flat string) {
	b.gap = false
	if !b.flush(0) {
		b.put(&doc{kind: dLine, text: flat})
	}
}

// hard puts a break that is taken in any case.
func (b *builder) hard() {
	b.gap = false
	if !b.flush(0) {
		b.put(&doc{kind: dHard})
	}
}

// flush puts the comments that wait, and a break; false if none does.
func (b *builder) flush(by int) bool {
	if !b.spill(by) {
		return false
	}
	b.put(&doc{kind: dHard, by: by})
	return true
}

// spill puts the comments that wait: the first behind what stands there, and
// what can't stand on its line on lines of its own. A break is to follow.
func (b *builder) spill(by int) bool {
	chunks := b.chunks()
	for i, text := range chunks {
		if i == 0 {
			b.put(&doc{kind: dComment, text: text})
		} else {
			b.put(&doc{kind: dHard, by: by})
			b.text(text)
		}
		b.gap = false
	}
	return len(chunks) > 0
}

// chunks are the comments that wait, as they stand on lines: nothing can stand
// behind one that goes to the end of its line.
func (b *builder) chunks() []string {
	var chunks []string
	for from, i := 0, 0; i < len(b.wait); i++ {
		if i == len(b.wait)-1 || lineComment(b.wait[i]) {
			chunks = append(chunks, strings.Join(b.wait[from:i+1], " "))
			from = i + 1
		}
	}
	b.wait = nil
	return chunks
}

func lineComment(text string) bool { return !strings.HasPrefix(text, "/*") }

// String is the comment as it is written.
func (c *Comment) String() string {
	if lineComment(c.Text) {
		return strings.TrimRight(c.Text, " \t\r\f\v")
	}
	return unix(c.Text)
}

// comment is the next comment if it stands before a place.
func (b *builder) comment(before Pos) *Comment {
	if b.next < len(b.comments) && b.comments[b.next].Start.Offset < before.Offset {
		return &b.comments[b.next]
	}
	return nil
}

// take puts the next token, with the comments around it.
func (b *builder) take() {
	t := b.tok()
	b.before(t)
	if b.gap {
		b.text(" ")
	}
	b.gap = false
	b.text(b.src[t.Start.Offset:t.End.Offset])
	b.at++
	b.after(t)
}

// before puts the comments that stand before a token. What is a group begins
// with it, so that a comment on a line of its own does not break the group.
func (b *builder) before(t *token) {
	b.flush(1)
	for c := b.comment(t.Start); c != nil; c = b.comment(t.Start) {
		own := c.Start.Line > b.end && b.end > 0
		if own {
			b.broken()
		}
		if slash := b.last != nil && b.last.kind == dText && strings.HasSuffix(b.last.text, "/"); b.gap || slash {
			b.text(" ") // a slash would make another kind of comment of it
		}
		b.text(c.String())
		b.next++
		b.end = c.End.Line
		next := t.Start.Line
		if c := b.comment(t.Start); c != nil {
			next = c.Start.Line
		}
		b.gap = true
		if next > b.end {
			b.put(&doc{kind: dHard, by: b.hung})
			b.gap = false
		}
	}
}

// broken makes sure that a new line has begun.
func (b *builder) broken() {
	b.hung = 0
	switch {
	case b.last == nil:
	case b.last.kind == dHard:
		b.hung = b.last.by
	case b.last.kind == dLine:
		b.last.kind = dHard
	default:
		b.hung = 1
		b.put(&doc{kind: dHard, by: 1})
	}
	b.gap = false
}

// after finds the comments that stand behind a token, at the end of its line.
func (b *builder) after(t *token) {
	b.end = t.End.Line
	next := b.tok()
	if next.kind != tEnd && next.Start.Line == b.end {
		return
	}
	stop := next.Start
	if next.kind == tEnd {
		stop.Offset++
	}
	for c := b.comment(stop); c != nil && c.Start.Line == b.end; c = b.comment(stop) {
		b.wait = append(b.wait, c.String())
		b.end = c.End.Line
		b.next++
	}
}
