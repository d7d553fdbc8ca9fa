package main

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/wardflow/wardflow/runtime/control/controltest"
)

// The keys of "top" choose what is shown and how it is sorted; whatever the size
// of the terminal, what is drawn fits on it.
func TestTopScreen(t *testing.T) {
	at := controltest.Begin.Add(10 * time.Minute)
	ward := controltest.New(func() time.Time { return at })
	snap, err := ward.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := newScreen(&topJob{topView: topView{limit: 1}}, io.Discard, nil)
	if got := s.lines(80, 24); !slices.Equal(got, []string{"waiting for the first look …"}) {
		t.Errorf("before the first look: %q", got)
	}
	if !s.see(snap) {
		t.Fatal("the first look is the last")
	}
	for _, size := range [][2]int{{200, 60}, {80, 24}, {40, 10}, {20, 3}, {1, 1}} {
		got := s.lines(size[0], size[1])
		if len(got) > size[1] {
			t.Errorf("%v: %d lines", size, len(got))
		}
		for _, line := range got {
			if w := ansi.StringWidth(line); w > size[0] {
				t.Errorf("%v: a line is %d wide: %q", size, w, line)
			}
		}
	}
	shows := func() (all []string) {
		for _, line := range s.lines(200, 60) {
			if head, _, _ := strings.Cut(line, " "); slices.Contains([]string{"HOST", "LINK", "ACTOR"}, head) {
				all = append(all, head)
			}
		}
		return all
	}
	for _, tt := range []struct {
		keys  string
		shows []string
		sort  string
		held  bool
	}{
		{"", []string{"HOST", "LINK", "ACTOR"}, "", false},
		{"s", []string{"HOST", "LINK", "ACTOR"}, "memory", false},
		{"l", []string{"LINK"}, "", false}, // links know no memory
		{"s", []string{"LINK"}, "fill", false},
		{"S", []string{"LINK"}, "rate", false},
		{"S", []string{"LINK"}, "name", false},
		{"a", []string{"ACTOR"}, "name", false},
		{"hx? ", []string{"HOST"}, "name", true},
		{" o", []string{"HOST", "LINK", "ACTOR"}, "name", false},
	} {
		for _, k := range []byte(tt.keys) {
			if !s.key(k) {
				t.Fatalf("%q ends it", k)
			}
		}
		if got := shows(); !slices.Equal(got, tt.shows) || s.view.sort != tt.sort || s.held != tt.held {
			t.Errorf("after %q it shows %v by %q, held %v; want %v by %q, held %v", tt.keys, got, s.view.sort, s.held, tt.shows, tt.sort, tt.held)
		}
	}
	for _, k := range []byte{'q', 3, 4} {
		if s.key(k) {
			t.Errorf("key %d does not end it", k)
		}
	}
}

// While it is held still, what comes is not shown; a connection that is lost is
// said, until there is something new.
func TestTopHolds(t *testing.T) {
	ward := controltest.New(nil)
	first, err := ward.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second := *first
	second.Node = "records"
	s := newScreen(&topJob{count: 3}, io.Discard, nil)
	s.see(first)
	s.key(' ')
	s.see(&second)
	if head := s.lines(200, 50)[0]; !strings.Contains(head, "as ward sees it") {
		t.Errorf("held still it shows %q", head)
	}
	s.key(' ')
	s.lost = "the node does not answer"
	if foot := s.lines(200, 50)[1]; !strings.Contains(foot, "the node does not answer; trying again") {
		t.Errorf("it does not say what is wrong: %q", foot)
	}
	if s.see(&second) {
		t.Error("the third of three looks is not the last")
	}
	if all := strings.Join(s.lines(200, 50), "\n"); !strings.Contains(all, "as records sees it") || strings.Contains(all, "trying again") {
		t.Errorf("it goes on with %q", all)
	}
}
