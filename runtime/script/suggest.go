package script

import (
	"maps"
	"slices"
	"strings"
)

// nearest is "did you mean 'X'?" for the name most like a misspelt one, or ""
// when none is near.
func nearest(name string, among []string) string {
	if len(name) < 2 {
		return ""
	}
	best, distance := "", max(1, len(name)/3)+1
	for _, c := range among {
		if len(c) < 2 || c == name {
			continue
		}
		if d := edits(strings.ToLower(name), strings.ToLower(c), distance); d < distance {
			best, distance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean '" + best + "'?"
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
