package assist

import (
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/script"
)

// An Item is something that could stand at the cursor.
type Item struct {
	Label   string
	Kind    Kind
	Detail  string      // a word on what it is
	Doc     string      // in Markdown; "": none
	Filter  string      // what is typed is compared with it; "": with the label
	Edit    script.Edit // puts it there
	Snippet bool        // the edit's text has places to fill in: $1, ${2:so}
	First   int         // those with smaller numbers are offered first
}

// Complete is what could stand at an offset, the likeliest first. What is typed
// of a word already is for the asker to compare with: the edits replace it.
func (s *Snapshot) Complete(offset int) []Item {
	c, ok := s.site(min(max(0, offset), len(s.src)))
	if !ok {
		return nil
	}
	var items []Item
	switch {
	case c.quoted:
		items = c.inString()
	case len(c.open) > 0:
		items = c.inBrackets()
	default:
		items = c.inStatement()
	}
	seen := map[string]bool{}
	items = slices.DeleteFunc(items, func(i Item) bool {
		again := seen[i.Label]
		seen[i.Label] = true
		return again
	})
	slices.SortStableFunc(items, func(a, b Item) int {
		if a.First != b.First {
			return a.First - b.First
		}
		return strings.Compare(a.Label, b.Label)
	})
	return items
}

// item is something that replaces the word being typed.
func (c *site) item(kind Kind, label, detail string) Item {
	return Item{Label: label, Kind: kind, Detail: detail, Edit: script.Edit{Span: c.at, New: label}}
}

// inStatement is what could stand outside all brackets.
func (c *site) inStatement() []Item {
	if c.n == c.first {
		return c.beginnings()
	}
	switch first := c.word(c.first); {
	case first == "define" && c.last(1) == "=", first == "define" && c.last(1) == "+":
		return c.values()
	case first == "define", first == "component", first == "after":
		return nil
	case first == "include":
		return c.includes()
	case first == "rule" && c.n > c.first+2, first == "apply" && c.colon():
		return c.rules()
	case first == "rule":
		return nil
	case first == "group" && c.n > c.first+2, first == "apply":
		return c.targets()
	case first == "group":
		return nil
	case first == "for" && c.n == c.first+2:
		return []Item{c.keyword("in", 0)}
	case first == "for" && c.n > c.first+2:
		return c.values()
	case c.block.test != nil && first == "give":
		return c.port(c.first+1, InPort)
	case c.block.test != nil && first == "expect":
		return c.port(c.first+1, OutPort)
	case c.block.test != nil && first == "set":
		return c.capability()
	case c.word(c.first+1) == ":" && c.words[c.first].Kind == script.LexWord && c.n >= c.first+2:
		return c.typesOf(c.first + 2)
	}
	return c.inLink()
}

// colon reports whether the colon before an apply's rule has come.
func (c *site) colon() bool {
	for i := c.first + 1; i < c.n; i++ {
		if c.word(i) != ":" {
			continue
		}
		glued := i+1 < len(c.words) && c.words[i+1].Start.Offset == c.words[i].End.Offset && c.words[i].Start.Offset == c.words[i-1].End.Offset
		if !glued && !(i+1 == c.n && c.at.Start.Offset == c.words[i].End.Offset && c.words[i].Start.Offset == c.words[i-1].End.Offset) {
			return true
		}
	}
	return false
}

// beginnings are what a statement begins with: words of the language and the
// actors that links start at.
func (c *site) beginnings() []Item {
	var items []Item
	var begin []string
	switch {
	case c.block.test != nil:
		begin = []string{"give", "expect", "after", "set"}
	case c.block.component() != nil:
		begin = []string{"for", "voidport", "once"}
	case c.block.loop != nil:
		begin = []string{"for", "apply", "voidport", "once"}
	default:
		begin = []string{"define", "component", "include", "for", "test", "rule", "group", "apply", "voidport", "once"}
	}
	for i, word := range begin {
		items = append(items, c.keyword(word, 20+i))
	}
	for _, y := range c.block.instances() {
		items = append(items, c.actor(y, 10))
	}
	if comp := c.block.component(); comp != nil {
		for _, id := range comp.comp.In {
			i := c.item(InPort, "."+id.Name, "in-port of "+comp.comp.Name.Name)
			if !comp.linked[end{"", id.Name, InPort}] {
				i.First, i.Detail = 1, i.Detail+", not linked yet"
			} else {
				i.First = 11
			}
			items = append(items, i)
		}
	}
	return items
}

// keyword is a word of the language.
func (c *site) keyword(word string, first int) Item {
	t := terms[word]
	i := c.item(Keyword, word, t.use)
	i.Doc, i.First = t.doc, first
	if t.snippet != "" {
		i.Edit.New, i.Snippet = t.snippet, true
	}
	return i
}

// actor is an instance, for something to be said of one of its ports.
func (c *site) actor(y *symbol, first int) Item {
	i := c.item(Instance, y.name, y.typ)
	i.First = first
	return i
}

// instances are those that can be named here, sorted.
func (b *block) instances() []*symbol {
	var all []*symbol
	seen := map[string]bool{}
	for at := b; at != nil; at = at.parent {
		for name, y := range at.insts {
			if !seen[name] {
				seen[name] = true
				all = append(all, y)
			}
		}
		if at.comp != nil {
			break
		}
	}
	slices.SortFunc(all, func(a, b *symbol) int { return strings.Compare(a.name, b.name) })
	return all
}

// includes are the files that could be included.
func (c *site) includes() []Item {
	if c.world.Beside == nil || c.n != c.first+1 {
		return nil
	}
	var items []Item
	for _, name := range c.world.Beside(c.name) {
		items = append(items, c.item(Include, name, name+".calvin"))
	}
	return items
}
