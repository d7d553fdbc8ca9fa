package assist

import (
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// mostParts is how many words the name of a type may have, with its dots: what is
// longer is no name, and a list of a hundred thousand numbers is not put together.
const mostParts = 32

// typesOf are the actor types and components for an instance whose type begins
// at a word: all of them, or those of the namespace that stands there.
func (c *site) typesOf(from int) []Item {
	if c.n-from > mostParts {
		return nil // these are its arguments
	}
	space := ""
	for i := from; i < c.n; i++ {
		space += c.word(i)
	}
	switch {
	case space != "" && !strings.HasSuffix(space, "."):
		return nil // the type is there already
	case space == "":
		return append(c.components(), c.actorTypes("")...)
	}
	return c.actorTypes(space)
}

// called reports whether arguments follow the cursor.
func (c *site) called() bool {
	next := c.before(int(c.at.End.Offset))
	return c.word(next) == "("
}

func (c *site) components() []Item {
	var items []Item
	for _, b := range c.index.blocks {
		var args []string
		for i := range b.comp.Params {
			if b.comp.Params[i].Default == nil {
				args = append(args, b.comp.Params[i].Name)
			}
		}
		i := c.call(Component, b.comp.Name.Name, b.comp.Name.Name, args)
		i.Detail = head(c.Snapshot, b.comp)
		if b.comp.Doc != nil {
			i.Doc = b.comp.Doc.Text
		}
		items = append(items, i)
	}
	return items
}

// actorTypes are those of a namespace, "std." or "": all. They replace the last
// part of the name only.
func (c *site) actorTypes(space string) []Item {
	var items []Item
	for _, name := range c.world.Names {
		last, ok := strings.CutPrefix(name, space)
		if !ok {
			continue
		}
		spec, ok := c.world.Types(name)
		if !ok {
			continue
		}
		i := c.call(ActorType, name, last, required(&spec))
		i.Detail, _, _ = strings.Cut(spec.Doc, "\n")
		i.Doc, i.First = tellType(&spec), 1
		items = append(items, i)
	}
	return items
}

func required(spec *flow.Spec) []string {
	var args []string
	for _, a := range spec.Args {
		if a.Required {
			args = append(args, a.Name)
		}
	}
	return args
}

// call is a type with its parentheses and the arguments it needs.
func (c *site) call(kind Kind, label, text string, args []string) Item {
	i := c.item(kind, label, "")
	i.Edit.New = text
	if text != label {
		i.Filter = text
	}
	if c.called() {
		return i
	}
	for n, a := range args {
		args[n] = a + "=${" + strconv.Itoa(n+1) + "}"
	}
	i.Snippet = true
	i.Edit.New = text + "(" + strings.Join(args, ", ") + ")"
	if len(args) == 0 {
		i.Edit.New = text + "($0)"
	}
	return i
}
