package control

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Lists are asked for whole, or page by page: ?limit=N gives the first N, and where
// there are more says after what the next page begins. Something that comes or goes
// meanwhile does not make a page repeat or leave out another thing, since a page
// begins after a thing, which need not be there any more, and not after a number of
// them.

// A Page is a document that lists some of many things.
type Page[T any] struct {
	List[T]
	Next string `json:"next,omitempty"` // the ?after= of the next page; "": this is the last
}

// MaxPage is how many things a page has at most.
const MaxPage = 1000

// A listed is a list of a snapshot, as its route gives it out.
type listed[T any] struct {
	of func(*Snapshot) []T
	// by is what a thing is told apart by. A list is in the order of it, or with
	// newest set by time, newest first.
	by      func(*T) string
	newest  func(*T) time.Time
	filters []filter[T]
}

// A filter is a parameter that things must match.
type filter[T any] struct {
	name string
	is   func(t *T, want string) bool
}

var (
	listedApps = listed[App]{of: func(v *Snapshot) []App { return v.Apps }, by: func(a *App) string { return a.Name },
		filters: []filter[App]{{"state", func(a *App, want string) bool { return string(a.State) == want }}}}

	listedNodes = listed[NodeState]{of: func(v *Snapshot) []NodeState { return v.Nodes }, by: func(n *NodeState) string { return string(n.ID) },
		filters: []filter[NodeState]{{"condition", func(n *NodeState, want string) bool { return n.Condition() == want }}}}

	listedActors = listed[ActorState]{of: func(v *Snapshot) []ActorState { return v.Actors }, by: func(a *ActorState) string { return string(a.ID) },
		filters: []filter[ActorState]{
			{"app", func(a *ActorState, want string) bool { return a.App == want }},
			{"node", func(a *ActorState, want string) bool { return string(a.Node) == want }},
			{"state", func(a *ActorState, want string) bool { return string(a.State) == want }},
			{"type", func(a *ActorState, want string) bool { return a.Type == want }},
		}}

	listedLinks = listed[LinkState]{of: func(v *Snapshot) []LinkState { return v.Links }, by: func(l *LinkState) string { return string(l.ID) },
		filters: []filter[LinkState]{
			{"app", func(l *LinkState, want string) bool { return l.App == want }},
			{"node", func(l *LinkState, want string) bool { return string(l.FromNode) == want || string(l.ToNode) == want }},
			{"actor", func(l *LinkState, want string) bool {
				return string(l.From.Actor) == want || string(l.To.Actor) == want
			}},
		}}

	listedRefusals = listed[Refusal]{of: func(v *Snapshot) []Refusal { return v.Refusals }, by: markOf[Refusal], newest: func(r *Refusal) time.Time { return r.At },
		filters: []filter[Refusal]{
			{"app", func(r *Refusal, want string) bool { return r.Actor.App() == want }},
			{"actor", func(r *Refusal, want string) bool { return string(r.Actor) == want }},
			{"reason", func(r *Refusal, want string) bool { return r.Reason == want }},
		}}
)

// markOf tells things without a name apart, by what they say.
func markOf[T any](t *T) string {
	h := sha256.Sum256(fmt.Appendf(nil, "%+v", *t))
	return base64.RawURLEncoding.EncodeToString(h[:9])
}

// listing is the handler of a list.
func listing[T any](s *Server, l listed[T]) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		q := r.URL.Query()
		limit, err := l.check(q)
		if err != nil {
			return err
		}
		snap, err := s.shown(r)
		if err != nil {
			return err
		}
		items, next, err := l.page(l.of(snap), q, limit)
		if err != nil {
			return err
		}
		if next != "" {
			q.Set("after", next)
			w.Header().Set("Link", "<"+r.URL.Path+"?"+q.Encode()+`>; rel="next"`)
		}
		return reply(w, http.StatusOK, Page[T]{List[T]{APIVersion, list(items)}, next})
	}
}

// check refuses parameters that there are none of: one that is misspelt would
// show everything.
func (l *listed[T]) check(q url.Values) (limit int, err error) {
	want := []string{"limit", "after"}
	for _, f := range l.filters {
		want = append(want, f.name)
	}
	for key, values := range q {
		if !slices.Contains(want, key) || len(values) > 1 {
			return 0, problem(http.StatusBadRequest, "bad-request", "bad request", "parameter %.40q", key).hint("want %s, each once", strings.Join(want, ", "))
		}
	}
	n := int64(0)
	if err := readInt(q, "limit", &n); err != nil {
		return 0, err
	}
	if q.Has("limit") && (n < 1 || n > MaxPage) {
		return 0, problem(http.StatusBadRequest, "bad-request", "bad request", "limit %d", n).hint("give a number from 1 to %d", MaxPage)
	}
	return int(n), nil
}

// page is what of a list matches q and comes after its mark: at most limit of it, 0
// being all.
func (l *listed[T]) page(all []T, q url.Values, limit int) (items []T, next string, err error) {
	begin, err := l.start(all, q.Get("after"))
	if err != nil {
		return nil, "", err
	}
	for i := begin; i < len(all); i++ {
		if !l.matches(&all[i], q) {
			continue
		}
		if limit > 0 && len(items) == limit {
			return items, l.mark(&items[limit-1]), nil
		}
		items = append(items, all[i])
	}
	return items, "", nil
}

func (l *listed[T]) matches(t *T, q url.Values) bool {
	for _, f := range l.filters {
		if q.Has(f.name) && !f.is(t, q.Get(f.name)) {
			return false
		}
	}
	return true
}

// mark is what the page after a thing is asked for by.
func (l *listed[T]) mark(t *T) string {
	if l.newest == nil {
		return l.by(t)
	}
	return l.newest(t).UTC().Format(time.RFC3339Nano) + "~" + l.by(t)
}

// start is where the page after a mark begins.
func (l *listed[T]) start(all []T, mark string) (int, error) {
	if mark == "" {
		return 0, nil
	}
	if l.newest == nil {
		i := slices.IndexFunc(all, func(t T) bool { return l.by(&t) > mark })
		if i < 0 {
			i = len(all)
		}
		return i, nil
	}
	text, by, _ := strings.Cut(mark, "~")
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || by == "" {
		return 0, problem(http.StatusBadRequest, "bad-request", "bad request", "after=%.60q is no mark of this list", mark).hint(`give what was "next"`)
	}
	for i := range all {
		switch when := l.newest(&all[i]); {
		case when.Before(at):
			return i, nil // the thing is gone: go on with what is older
		case when.Equal(at) && l.by(&all[i]) == by:
			return i + 1, nil
		}
	}
	return len(all), nil
}
