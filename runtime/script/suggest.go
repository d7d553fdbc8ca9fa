package script

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// nearest is "did you mean 'X'?" for the name most like a misspelt one, or ""
// when none is near.
func nearest(name string, among []string) string {
	if best := closest(name, among); best != "" {
		return "did you mean '" + best + "'?"
	}
	return ""
}

// How many names, and of how many letters, are compared with a misspelt one.
const (
	mostNames   = 1000
	mostLetters = 200
)

// closest is the name most like a misspelt one, or "" when none is near.
//
// Among very many names, and for a very long one, it looks for none: that would take
// minutes of a script that is wrong in many places, and anyone may have one checked.
func closest(name string, among []string) string {
	if len(among) > mostNames {
		return ""
	}
	return closestOf(name, among)
}

// closestOf is closest among however many.
func closestOf(name string, among []string) string {
	if len(name) < 2 || len(name) > mostLetters {
		return ""
	}
	best, distance := "", max(1, len(name)/3)+1
	for _, c := range among {
		if len(c) < 2 || len(c) > mostLetters || c == name {
			continue
		}
		if d := edits(strings.ToLower(name), strings.ToLower(c), distance); d < distance {
			best, distance = c, d
		}
	}
	return best
}

// meant adds the name most like a misspelt one, and the edit that puts it
// there; where none is near it adds nothing.
func (i Issue) meant(where Span, name string, among []string) Issue {
	best := closest(name, among)
	if best == "" {
		return i
	}
	return i.put(where, best, "did you mean '%s'?", best)
}

// put adds help that is an edit: text in the place of a span.
func (i Issue) put(where Span, text, format string, args ...any) Issue {
	i.Hint = fmt.Sprintf(format, args...)
	i.Fix = nil
	if where != (Span{}) {
		i = i.edit(where, text)
	}
	return i
}

// or adds help where there is none yet.
func (i Issue) or(format string, args ...any) Issue {
	if i.Hint == "" {
		i.Hint = fmt.Sprintf(format, args...)
	}
	return i
}

// listed is a list of names for people; none is what stands for no name.
func listed(names []string, none string) string {
	if len(names) == 0 {
		return none
	}
	return strings.Join(names, ", ")
}

// few are the keys that a misspelt name is compared with: none of very many, which
// are not sorted for each mistake.
func few[V any](m map[string]V) []string {
	if len(m) > mostNames {
		return nil
	}
	return keys(m)
}

// keys are the keys of a map, sorted.
func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// edits is how many letters must be changed, added, left out or exchanged with
// their neighbour to turn a into b (the optimal string alignment distance), or
// limit if it is not less than that.
func edits(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	two, one, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one, row = one, row, two
	}
	return min(one[len(b)], limit)
}
