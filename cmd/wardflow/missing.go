package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// What is not there, and what is.

// A sort of things that commands name, with how to list them.
type sort struct {
	noun, list string
	of         func(s *control.Snapshot) []string
}

// sorts are what a snapshot has, as errors call it.
var sorts = []sort{
	{"application", "wardflow app list", func(s *control.Snapshot) []string {
		return names(s.Apps, func(a control.App) string { return a.Name })
	}},
	{"node", "wardflow node list", func(s *control.Snapshot) []string {
		return names(s.Nodes, func(n control.NodeState) string { return string(n.ID) })
	}},
	{"actor", "wardflow actor list", func(s *control.Snapshot) []string {
		return names(s.Actors, func(a control.ActorState) string { return string(a.ID) })
	}},
	{"link", "wardflow link list", func(s *control.Snapshot) []string {
		return names(s.Links, func(l control.LinkState) string { return string(l.ID) })
	}},
}

func names[T any](all []T, of func(T) string) []string {
	said := make([]string, len(all))
	for i, one := range all {
		said[i] = of(one)
	}
	return said
}

// meant adds to an error about something that is not there what else of that
// name is: the nearest of what the cluster has, or how to see what it has.
func meant(s *control.Snapshot, err error, args []string) error {
	if s == nil || !errors.Is(err, control.ErrNotFound) || strings.Contains(err.Error(), "did you mean") || strings.Contains(err.Error(), "\n") {
		return err // it is said already
	}
	all := namesIn(s)
	for _, arg := range args {
		if slices.Contains(all, arg) {
			continue
		}
		if near := nearest(arg, all); near != "" {
			return fmt.Errorf("%w\n  did you mean %s?", err, near)
		}
	}
	for _, arg := range args {
		for _, of := range sorts {
			if says := err.Error(); strings.Contains(says, of.noun+" "+arg+":") || strings.Contains(says, fmt.Sprintf("%s %q:", of.noun, arg)) {
				return fmt.Errorf("%w\n  %s", err, of.there(s))
			}
		}
	}
	return err
}

// there says what there is of a sort, or how to list it where that is long.
func (of sort) there(s *control.Snapshot) string {
	switch all := of.of(s); {
	case len(all) == 0:
		return fmt.Sprintf("there is no %s at all", of.noun)
	case len(all) > 6 || of.noun == "link":
		return fmt.Sprintf("`%s` shows what there is", of.list)
	default:
		return fmt.Sprintf("there is %s: `%s` tells more", strings.Join(all, ", "), of.list)
	}
}

// nearest is script.Nearest that also knows an actor by the end of its name:
// people leave the application out, and the component. Of some that end so, it is
// all of them, "A, B or C".
func nearest(said string, names []string) string {
	if near := script.Nearest(said, names); near != "" {
		return near
	}
	var ends []string
	for _, n := range names {
		if strings.HasSuffix(n, ":"+said) {
			ends = append(ends, n)
		}
	}
	switch last := len(ends) - 1; {
	case last == 0:
		return ends[0]
	case last > 0 && last < 4:
		return strings.Join(ends[:last], ", ") + " or " + ends[last]
	}
	return ""
}

// namesIn are the names of all that a snapshot has.
func namesIn(s *control.Snapshot) []string {
	var all []string
	for _, of := range sorts {
		all = append(all, of.of(s)...)
	}
	return all
}

// missing is the error for something that a snapshot does not have.
func missing(s *control.Snapshot, what, name string) error {
	return meant(s, fmt.Errorf("%s %s: %w", what, name, control.ErrNotFound), []string{name})
}

// actorIn is an actor of a snapshot.
func actorIn(s *control.Snapshot, id flow.ActorID) (*control.ActorState, error) {
	for i := range s.Actors {
		if s.Actors[i].ID == id {
			return &s.Actors[i], nil
		}
	}
	return nil, missing(s, "actor", string(id))
}
