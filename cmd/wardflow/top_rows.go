package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What "top" shows, from one snapshot: values, in the order asked for.

// A topView is what is shown, and in which order.
type topView struct {
	what  string // a section of topSections; "": all of them
	sort  string // a key of a section that is shown; "": the first of each
	app   string // of this application only; "": all
	limit int    // lines of each section; 0: all
}

// A topDoc is one look at the cluster.
type topDoc struct {
	APIVersion string      `json:"apiVersion"`
	At         time.Time   `json:"at"`
	Node       flow.NodeID `json:"node"` // who says so
	Sum        topSum      `json:"sum"`
	Hosts      []topHost   `json:"hosts,omitempty"`
	Links      []topLink   `json:"links,omitempty"`
	Actors     []topActor  `json:"actors,omitempty"`
}

// A topSum is the cluster in figures, or one application.
type topSum struct {
	Hosts   int     `json:"hosts"`
	Up      int     `json:"up"`
	Actors  int     `json:"actors"`
	Running int     `json:"running"`
	Links   int     `json:"links"`
	Full    int     `json:"full"`    // links that are 90 % full or more: their givers wait
	Refused int     `json:"refused"` // links whose ends did not believe each other
	Tokens  float64 `json:"tokens"`  // a second, over all links
	Firings float64 `json:"firings"` // a second, of all actors
	Alarms  int     `json:"alarms"`  // that go on
}

type topHost struct {
	Name       flow.NodeID `json:"name"`
	State      string      `json:"state"`
	CPU        float64     `json:"cpu"`        // share of its processors, 0 to 1; -1: not known
	ProcessCPU float64     `json:"processCPU"` // processors that the node keeps busy
	Memory     float64     `json:"memory"`     // share in use, 0 to 1; -1: not known
	Resident   uint64      `json:"resident"`   // bytes that the node holds
	Actors     int         `json:"actors"`
	Firings    float64     `json:"firings"` // a second
	Tokens     float64     `json:"tokens"`  // a second that its actors give
	Skew       float64     `json:"skew"`    // seconds that its clock is ahead of its peers'
	SyncSlow   float64     `json:"syncSlow"`
}

type topLink struct {
	ID       flow.LinkID `json:"id"`
	Hosts    string      `json:"hosts"` // "bedside > ward", or one
	State    string      `json:"state"`
	Rate     float64     `json:"rate"` // tokens a second
	Held     int         `json:"held"`
	Window   int         `json:"window"`
	Fill     float64     `json:"fill"`   // held of the window, 0 to 1
	Oldest   float64     `json:"oldest"` // age of the oldest held token in seconds
	Tokens   uint64      `json:"tokens"`
	Bytes    uint64      `json:"bytes"`
	Refusals uint64      `json:"refusals"`
}

type topActor struct {
	ID      flow.ActorID  `json:"id"`
	Type    string        `json:"type"`
	Host    flow.NodeID   `json:"host"`
	State   control.State `json:"state"`
	Rate    float64       `json:"rate"` // firings a second
	Firings uint64        `json:"firings"`
	Errors  uint64        `json:"errors"`
	Letters uint64        `json:"letters"`
	Why     string        `json:"why,omitempty"` // its last error
}

// sortKeys are the orders of each section, the usual one first. What is worth
// looking at comes first: the most, or the worst.
var (
	hostOrder = order[topHost]{
		{"cpu", func(a, b topHost) int { return cmp.Compare(b.CPU, a.CPU) }},
		{"memory", func(a, b topHost) int { return cmp.Compare(b.Memory, a.Memory) }},
		{"rate", func(a, b topHost) int { return cmp.Compare(b.Firings, a.Firings) }},
		{"actors", func(a, b topHost) int { return cmp.Compare(b.Actors, a.Actors) }},
		{"name", func(a, b topHost) int { return 0 }},
	}
	linkOrder = order[topLink]{
		{"rate", func(a, b topLink) int { return cmp.Compare(b.Rate, a.Rate) }},
		{"fill", func(a, b topLink) int { return cmp.Compare(b.Fill, a.Fill) }},
		{"age", func(a, b topLink) int { return cmp.Compare(b.Oldest, a.Oldest) }},
		{"tokens", func(a, b topLink) int { return cmp.Compare(b.Tokens, a.Tokens) }},
		{"refusals", func(a, b topLink) int { return cmp.Compare(b.Refusals, a.Refusals) }},
		{"name", func(a, b topLink) int { return 0 }},
	}
	actorOrder = order[topActor]{
		{"rate", func(a, b topActor) int { return cmp.Compare(b.Rate, a.Rate) }},
		{"firings", func(a, b topActor) int { return cmp.Compare(b.Firings, a.Firings) }},
		{"errors", func(a, b topActor) int { return cmp.Compare(b.Errors+b.Letters, a.Errors+a.Letters) }},
		{"name", func(a, b topActor) int { return 0 }},
	}
)

// topSections are what can be looked at by itself, with the keys of its orders.
var topSections = []struct {
	name string
	keys []string
}{{"hosts", hostOrder.keys()}, {"links", linkOrder.keys()}, {"actors", actorOrder.keys()}}

// An order is some ways to sort, by name.
type order[T any] []struct {
	key     string
	compare func(a, b T) int
}

func (o order[T]) keys() (all []string) {
	for _, one := range o {
		all = append(all, one.key)
	}
	return all
}

// first sorts what is in the order of names by a key, and cuts it. A key that
// this section does not have leaves it in its usual order.
func (o order[T]) first(all []T, key string, limit int) []T {
	i := max(0, slices.Index(o.keys(), key))
	slices.SortStableFunc(all, o[i].compare)
	if limit > 0 && len(all) > limit {
		all = all[:limit]
	}
	return all
}

// keys are the orders of what a view shows, each once.
func (v topView) keys() (all []string) {
	for _, s := range topSections {
		if v.what == "" || v.what == s.name {
			for _, k := range s.keys {
				if !slices.Contains(all, k) {
					all = append(all, k)
				}
			}
		}
	}
	return all
}

// check refuses a view that there is not.
func (v topView) check() error {
	names := []string{}
	for _, s := range topSections {
		names = append(names, s.name)
	}
	switch {
	case v.what != "" && !slices.Contains(names, v.what):
		return usageError{fmt.Errorf("%s: want one of %s", v.what, strings.Join(names, ", "))}
	case v.sort != "" && !slices.Contains(v.keys(), v.sort):
		return usageError{fmt.Errorf("--sort %s: want one of %s", v.sort, strings.Join(v.keys(), ", "))}
	case v.limit < 0:
		return usageError{fmt.Errorf("--limit %d: want a number of lines, or 0 for all", v.limit)}
	}
	return nil
}

// of is what a view shows of a snapshot.
func (v topView) of(s *control.Snapshot) *topDoc {
	d := &topDoc{APIVersion: control.APIVersion, At: s.At, Node: s.Node}
	shows := func(section string) bool { return v.what == "" || v.what == section }
	ours := func(app string) bool { return v.app == "" || app == v.app }
	hosts := map[flow.NodeID]*topHost{}
	for _, n := range s.Nodes {
		hosts[n.ID] = hostOf(n)
		d.Sum.Hosts++
		if n.Up {
			d.Sum.Up++
		}
	}
	for _, a := range s.Actors {
		if !ours(a.App) {
			continue
		}
		d.Actors = append(d.Actors, topActor{a.ID, a.Type, a.Node, a.State, a.PerSecond, a.Firings, a.Errors, a.Letters, a.LastError})
		d.Sum.Actors++
		d.Sum.Firings += a.PerSecond
		if a.State == control.Running {
			d.Sum.Running++
		}
		if h := hosts[a.Node]; h != nil {
			h.Actors++
			h.Firings += a.PerSecond
		}
	}
	for _, l := range s.Links {
		if !ours(l.App) {
			continue
		}
		t := linkOf(l)
		d.Links = append(d.Links, t)
		d.Sum.Links++
		d.Sum.Tokens += t.Rate
		if t.Fill >= 0.9 {
			d.Sum.Full++
		}
		if l.Refused != "" {
			d.Sum.Refused++
		}
		if h := hosts[l.FromNode]; h != nil {
			h.Tokens += t.Rate
		}
	}
	for _, a := range s.Alarms {
		if a.Until.IsZero() && a.Kind != flow.AlarmGap {
			d.Sum.Alarms++
		}
	}
	for _, n := range s.Nodes {
		d.Hosts = append(d.Hosts, *hosts[n.ID])
	}
	d.Hosts = onlyIf(shows("hosts"), hostOrder.first(d.Hosts, v.sort, v.limit))
	d.Links = onlyIf(shows("links"), linkOrder.first(d.Links, v.sort, v.limit))
	d.Actors = onlyIf(shows("actors"), actorOrder.first(d.Actors, v.sort, v.limit))
	return d
}

func onlyIf[T any](shown bool, all []T) []T {
	if !shown {
		return nil
	}
	return all
}

func hostOf(n control.NodeState) *topHost {
	h := &topHost{Name: n.ID, State: n.Condition(), CPU: -1, Memory: -1}
	if n.Load != nil && n.Up {
		h.CPU, h.Memory = n.Load.CPUUsed, n.Load.MemoryUsed
	}
	if f := n.Facts; f != nil && n.Up {
		h.CPU, h.ProcessCPU, h.Resident, h.Skew, h.SyncSlow = f.CPU, f.ProcessCPU, f.Resident, f.Skew, f.SyncSlowest
		if f.Memory > 0 {
			h.Memory = float64(f.MemoryUsed) / float64(f.Memory)
		}
	}
	return h
}

func linkOf(l control.LinkState) topLink {
	t := topLink{ID: l.ID, Hosts: placeOf(l.FromNode, l.ToNode), State: linkState(&l), Rate: l.PerSecond, Held: l.Held, Window: l.Window,
		Oldest: l.Oldest, Tokens: l.Tokens, Bytes: l.Bytes, Refusals: l.Refusals}
	if l.Window > 0 {
		t.Fill = float64(l.Held) / float64(l.Window)
	}
	return t
}
