package assist

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/runtime/script"
)

// rules are what an operand of a rule may be.
func (c *site) rules() []Item {
	switch c.last(1) {
	case ":", "&", "|", "~", "(":
	default:
		return nil
	}
	var items []Item
	for _, p := range script.Predicates() {
		if c.index.rules[p.Name] != nil && !slices.Contains(common, p.Name) {
			continue // the script's own rule of that name is meant
		}
		i := c.item(Predicate, p.Name, predicates[p.Name][0])
		i.Doc, i.First = predicates[p.Name][1], 11
		if slices.Contains(common, p.Name) {
			i.First = 10
		}
		if !c.called() {
			var args []string
			for n, a := range p.Args {
				args = append(args, a+"="+template(a, n+1))
			}
			i.Edit.New, i.Snippet = p.Name+"("+strings.Join(args, ", ")+")", true
		}
		items = append(items, i)
	}
	for name, y := range c.index.rules {
		if y.decl.Src != 0 || name != c.word(c.first+1) || c.word(c.first) != "rule" {
			items = append(items, c.item(Rule, name, "rule"))
		}
	}
	return items
}

// template is how an argument of a predicate is written.
func template(arg string, n int) string {
	blank := "${" + strconv.Itoa(n) + "}"
	switch arg {
	case "index":
		return `["${1:address}", {"${2:floor}": "${3:3}"}]`
	case "requires", "actors", "port_property":
		return `["` + blank + `"]`
	case "name":
		return `"` + blank + `"`
	}
	return blank
}

// inRule is what could stand in brackets of a rule.
func (c *site) inRule(inner int) []Item {
	outer := c.predicate()
	if outer < 0 {
		return c.rules()
	}
	if inner != outer || c.last(1) == "=" {
		return c.values()
	}
	var items []Item
	for _, p := range script.Predicates() {
		if p.Name != c.word(outer-1) {
			continue
		}
		for n, a := range p.Args {
			i := c.item(Argument, a, predicates[p.Name][0])
			i.Edit.New, i.Snippet = a+"="+template(a, n+1), true
			items = append(items, i)
		}
	}
	return items
}

// predicate is the open bracket of a predicate around the cursor; -1: none.
func (c *site) predicate() int {
	for _, i := range slices.Backward(c.open) {
		if c.word(i) == "(" && c.words[i-1].Kind == script.LexWord && i-1 > c.first+1 {
			return i
		}
	}
	return -1
}

// targets are what a rule may be applied to, or a group be made of.
func (c *site) targets() []Item {
	if c.last(1) == ":" && c.n-2 > c.first && c.at.Start.Offset == c.words[c.n-1].End.Offset {
		from := c.n - 1
		for from-1 > c.first && c.words[from-1].End.Offset == c.words[from].Start.Offset && c.word(from-1) != "," {
			from--
		}
		return c.inside(from)
	}
	if last := c.last(1); last != "," && last != "apply" && !(last == ":" && c.word(c.first) == "group") {
		return nil
	}
	var items []Item
	for _, y := range c.block.instances() {
		items = append(items, c.actor(y, 0))
	}
	for name := range c.index.groups {
		if c.word(c.first) != "group" || name != c.word(c.first+1) {
			items = append(items, c.item(Group, name, "group"))
		}
	}
	return items
}

// capability are the names that actors of the script ask of their nodes.
func (c *site) capability() []Item {
	if c.n != c.first+1 {
		return nil
	}
	var items []Item
	for _, y := range c.block.instances() {
		t := c.index.typed(y.typ)
		if t == nil || t.kind != ActorType {
			continue
		}
		for _, name := range t.spec.Requires {
			items = append(items, c.item(Literal, name, "capability, for "+y.name))
		}
	}
	return items
}

// inString is what could stand in a string: the attributes of nodes, and the
// values of properties.
func (c *site) inString() []Item {
	if len(c.open) == 0 {
		return nil
	}
	if first := c.word(c.first); first == "rule" || first == "apply" {
		return append(c.attributes(), c.company()...)
	}
	if c.word(c.open[0]) != "(" {
		return nil
	}
	var items []Item
	for n, v := range c.argument(c.open[0]).values {
		i := c.item(Literal, v, routings[v])
		i.First = n
		items = append(items, i)
	}
	return items
}

// company are the actors and groups that near and apart may name.
func (c *site) company() []Item {
	p := c.predicate()
	if p < 0 || c.word(p-1) != "near" && c.word(p-1) != "apart" || c.word(c.open[len(c.open)-1]) != "[" {
		return nil
	}
	var items []Item
	for _, y := range c.block.instances() {
		items = append(items, c.item(Literal, y.name, ""))
	}
	for name := range c.index.groups {
		items = append(items, c.item(Literal, name, "group"))
	}
	return items
}

// attributes are the types of attributes as the first of index's list, and the
// fields of the type as keys of the dictionary behind it.
func (c *site) attributes() []Item {
	p := c.predicate()
	if p < 0 || c.word(p-1) != "node_attr_match" {
		return nil
	}
	list, dict := c.open[len(c.open)-1], -1
	if c.word(list) == "{" && len(c.open) > 1 {
		list, dict = c.open[len(c.open)-2], list
	}
	if c.word(list) != "[" {
		return nil
	}
	attrs := script.Attributes()
	var items []Item
	switch {
	case dict < 0 && c.n == list+1:
		for name, fields := range attrs {
			items = append(items, c.item(Literal, name, strings.Join(fields, ", ")))
		}
		for _, name := range script.Amounts() {
			items = append(items, c.item(Literal, name, "one value"))
		}
	case dict >= 0 && (c.n == dict+1 || c.last(1) == ","):
		typ, err := strconv.Unquote(c.word(list + 1))
		if err != nil {
			return nil
		}
		for n, field := range attrs[typ] {
			i := c.item(Literal, field, "field of "+typ)
			i.First = n
			items = append(items, i)
		}
	}
	return items
}
