package control_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
)

// walk reads a list page by page, and gives what tells its things apart.
func walk(b *bench, c *http.Client, path string, id func(json.RawMessage) string, between func()) []string {
	b.Helper()
	var ids []string
	for range 1000 {
		_, head, body := b.do(c, "GET", path, "")
		var page control.Page[json.RawMessage]
		if err := json.Unmarshal([]byte(body), &page); err != nil || page.APIVersion != control.APIVersion || page.Items == nil {
			b.Fatalf("%s: %s", path, body)
		}
		for _, item := range page.Items {
			ids = append(ids, id(item))
		}
		link := head.Get("Link")
		if (page.Next == "") != (link == "") {
			b.Fatalf("%s: next %q, Link %q", path, page.Next, link)
		}
		if page.Next == "" {
			return ids
		}
		path = strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
		if between != nil {
			between()
		}
	}
	b.Fatalf("%s has no end", path)
	return nil
}

func named(name string) func(json.RawMessage) string {
	return func(item json.RawMessage) string {
		var m map[string]any
		_ = json.Unmarshal(item, &m) // an item without the member is seen in what comes out
		return fmt.Sprint(m[name])
	}
}

// A list is the same page by page as whole, for every size of page.
func TestPages(t *testing.T) {
	now := controltest.Begin.Add(time.Hour)
	ward := controltest.New(func() time.Time { return now })
	b := newBench(t, func(c *control.Config) { c.Backend = ward })
	c := b.browser(b.h.Staff("admin"))
	for path, id := range map[string]func(json.RawMessage) string{
		"/api/v1/apps": named("name"), "/api/v1/nodes": named("id"), "/api/v1/actors": named("id"), "/api/v1/links": named("id"),
		"/api/v1/refusals": func(m json.RawMessage) string { return string(m) },
	} {
		whole := walk(b, c, path, id, nil)
		if len(whole) == 0 {
			t.Errorf("%s is empty", path)
		}
		for _, limit := range []int{1, 3, len(whole), 1000} {
			if got := walk(b, c, fmt.Sprintf("%s?limit=%d", path, limit), id, nil); strings.Join(got, "\n") != strings.Join(whole, "\n") {
				t.Errorf("%s by %d: %q, want %q", path, limit, got, whole)
			}
		}
	}
}

// What comes and goes while somebody turns the pages repeats nothing and hides
// nothing else.
func TestPagesWhileThingsChange(t *testing.T) {
	now := controltest.Begin.Add(time.Hour)
	ward := controltest.New(func() time.Time { return now })
	b := newBench(t, func(c *control.Config) { c.Backend = ward })
	c := b.browser(b.h.Staff("admin"))
	n := 1
	got := walk(b, c, "/api/v1/actors?limit=2&app=ward", named("id"), func() {
		n = 4 - n // replicas of the first bed's check come and go
		ward.Replicate("ward:bed1:check", n)
	})
	seen := map[string]int{}
	for _, id := range got {
		seen[id]++
	}
	for _, id := range walk(b, c, "/api/v1/actors?app=ward", named("id"), nil) {
		if !strings.Contains(id, "~") && seen[id] != 1 {
			t.Errorf("%s was seen %d times", id, seen[id])
		}
	}
	first := ""
	got = walk(b, c, "/api/v1/refusals?limit=1", func(m json.RawMessage) string { return named("at")(m) }, func() {
		now = now.Add(9 * time.Second) // one more is refused, and all the others of this ward are a moment later
	})
	for _, at := range got {
		if first != "" && at >= first {
			t.Errorf("refusals are not newest first: %q", got)
		}
		first = at
	}
}

func TestFilters(t *testing.T) {
	b := newBench(t)
	c := b.browser(b.h.Staff("admin"))
	for _, tt := range []struct {
		path string
		want int
	}{
		{"/api/v1/actors", 19},
		{"/api/v1/actors?app=ward", 19},
		{"/api/v1/actors?app=none", 0},
		{"/api/v1/actors?node=records", 1},
		{"/api/v1/actors?type=ward.RuleCheck", 3},
		{"/api/v1/actors?type=ward.RuleCheck&state=stopped", 0},
		{"/api/v1/links?actor=" + url.QueryEscape("ward:store"), 3},
		{"/api/v1/links?node=records&app=ward", 3},
		{"/api/v1/nodes?condition=up", 3},
		{"/api/v1/nodes?condition=down", 0},
		{"/api/v1/apps?state=running", 1},
	} {
		if got := walk(b, c, tt.path, named("id"), nil); len(got) != tt.want {
			t.Errorf("%s: %d, want %d", tt.path, len(got), tt.want)
		}
	}
	for _, bad := range []string{"actors?ap=ward", "actors?app=ward&app=night", "links?limit=0", "links?limit=1001", "links?limit=x", "refusals?after=yesterday", "nodes?state=up"} {
		if status, head, body := b.do(c, "GET", "/api/v1/"+bad, ""); status != http.StatusBadRequest || head.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s, want 400", bad, status, body)
		}
	}
}
