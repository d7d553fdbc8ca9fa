package script

import (
	"strconv"
	"strings"
)

// loop makes what is in a for once for each element of its list.
func (x *expander) loop(f *frame, b *block) {
	v, st := x.values(f).eval(b.loop.Over)
	if st != known {
		return
	}
	list := x.elements(b, v.value)
	if !x.spend(len(list), b.loop.Span) {
		return
	}
	names := elementNames(list)
	name := b.loop.Var.Name
	for i, element := range list {
		if x.over {
			return
		}
		path := f.path + ":" + name + "_" + names[i]
		x.made[path] = b.loop.Span
		if strings.Contains(names[i], "-") {
			x.alias[f.path+":"+name+"_"+strings.ReplaceAll(names[i], "-", "_")] = path
		}
		env := map[string]binding{name: bind(element)}
		f.loops[b] = append(f.loops[b], x.frame(b, f, path, env, f.hull, f.depth))
	}
}

// find is the path of what was made that a path in the script means. Names have
// no - there: one in the name of an element is written _.
func (x *expander) find(from, path string) (string, bool) {
	for part := range strings.SplitSeq(path, ":") {
		from += ":" + part
		if _, ok := x.made[from]; ok {
			continue
		}
		as, ok := x.alias[from]
		if !ok {
			return "", false
		}
		from = as
	}
	return from, true
}

// paths are the paths of all that was made, within the application, as they
// are written.
func (x *expander) paths() []string {
	paths := keys(x.made)
	for i := range paths {
		paths[i] = strings.ReplaceAll(paths[i][len(x.app)+1:], "-", "_")
	}
	return paths
}

// elementNames are what the elements of a list are called in names: themselves,
// when each is another string or whole number that can stand in one, else their
// places from 1.
func elementNames(list []any) []string {
	names := make([]string, len(list))
	seen := make(map[string]bool, len(list))
	for i, v := range list {
		s, ok := elementName(v)
		plain := strings.ReplaceAll(s, "-", "_")
		if !ok || seen[plain] {
			for i := range list {
				names[i] = strconv.Itoa(i + 1)
			}
			return names
		}
		names[i], seen[plain] = s, true
	}
	return names
}

func elementName(v any) (string, bool) {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10), true
	case string:
		for i := range len(v) {
			if !word(v[i]) && v[i] != '-' {
				return "", false
			}
		}
		return v, v != ""
	}
	return "", false
}
