package jsonactors

import (
	"errors"
	"maps"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Paths into containers: an index of a list, from 0 or, below 0, from its end; a
// key of a dictionary; or a list of these, each for one step further in.

// errPath reports a path that leads nowhere. Actors give an exception token for
// it, so what exactly is wrong is not said.
var errPath = errors.New("the path leads nowhere")

func steps(path flow.Value) []any {
	if list, ok := path.([]any); ok {
		return list
	}
	return []any{path}
}

// lookUp is what a path leads to in a container.
func lookUp(container, path flow.Value) (flow.Value, error) {
	for _, key := range steps(path) {
		var err error
		if container, err = step(container, key); err != nil {
			return nil, err
		}
	}
	return container, nil
}

func step(container, key flow.Value) (flow.Value, error) {
	switch c := container.(type) {
	case []any:
		if i, ok := place(key, len(c)); ok {
			return c[i], nil
		}
	case map[string]any:
		if k, ok := key.(string); ok {
			if v, has := c[k]; has {
				return v, nil
			}
		}
	case string: // a letter, as in Python
		letters := []rune(c)
		if i, ok := place(key, len(letters)); ok {
			return string(letters[i]), nil
		}
	}
	return nil, errPath
}

// place is an index of a list of n items, counted from its start.
func place(key flow.Value, n int) (int, bool) {
	i, ok := key.(int64)
	if i < 0 {
		i += int64(n)
	}
	return int(i), ok && i >= 0 && i < int64(n)
}

// A change makes the container that a path's last step leads into anew.
type change func(container, key, v flow.Value) (flow.Value, error)

// alter changes what a path leads to in a container. It copies what it changes
// and shares the rest.
func alter(container flow.Value, path []any, v flow.Value, last change) (flow.Value, error) {
	if len(path) == 0 {
		return nil, errPath
	}
	if len(path) == 1 {
		return last(container, path[0], v)
	}
	inner, err := step(container, path[0])
	if err != nil {
		return nil, err
	}
	if inner, err = alter(inner, path[1:], v, last); err != nil {
		return nil, err
	}
	return set(container, path[0], inner)
}

// set puts an item in place of one of a list, or under a key of a dictionary.
func set(container, key, v flow.Value) (flow.Value, error) {
	switch c := container.(type) {
	case []any:
		if i, ok := place(key, len(c)); ok {
			c = slices.Clone(c)
			c[i] = v
			return c, nil
		}
	case map[string]any:
		if k, ok := key.(string); ok {
			c = maps.Clone(c)
			c[k] = v
			return c, nil
		}
	}
	return nil, errPath
}

// setDefault puts an item under a key that a dictionary lacks.
func setDefault(container, key, v flow.Value) (flow.Value, error) {
	if _, ok := container.(map[string]any); !ok {
		return nil, errPath
	}
	if _, err := step(container, key); err == nil {
		return container, nil
	}
	return set(container, key, v)
}
