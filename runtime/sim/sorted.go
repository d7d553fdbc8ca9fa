package sim

import (
	"cmp"
	"maps"
	"slices"
)

// sortedKeys are a map's keys in order: a world never follows the order of a map.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
