package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// at is a snapshot with one node n and actors written as "NAME NODE STATE" or
// "NAME NODE STATE WHY-IT-STAYS".
func at(actors ...string) *control.Snapshot {
	s := &control.Snapshot{Nodes: []control.NodeState{{NodeInfo: flow.NodeInfo{ID: "n"}}}}
	for _, line := range actors {
		f := strings.SplitN(line, " ", 4)
		a := control.ActorState{ID: flow.ActorID(f[0]), Node: flow.NodeID(f[1]), State: control.State(f[2])}
		if len(f) > 3 {
			a.Stays = f[3]
		}
		s.Actors = append(s.Actors, a)
	}
	return s
}

func TestExodus(t *testing.T) {
	for _, tt := range []struct {
		name  string
		first *control.Snapshot
		then  *control.Snapshot
		said  string
		done  bool
	}{
		{"nobody was there", at("x m running"), at("x m running"), "n: 0 of 0 actors run elsewhere", true},
		{"all are there still", at("x n running", "y n running"), at("x n running", "y n running"), "n: 0 of 2 actors run elsewhere, 2 still here", false},
		{"one is under way", at("x n running", "y n running"), at("x m starting", "y m running"), "n: 1 of 2 actors run elsewhere", false},
		{"all have arrived", at("x n running"), at("x m running"), "n: 1 of 1 actors run elsewhere", true},
		{"one came there meanwhile", at("x n running"), at("x m running", "y n running"), "n: 1 of 2 actors run elsewhere, 1 still here", false},
		{"one was stopped meanwhile", at("x n running", "y n running"), at("x m running"), "n: 2 of 2 actors run elsewhere", true},
		{"one became a shadow", at("x n running"), at("x  shadow"), "n: 1 of 1 actors run elsewhere", true},
		{"one is faulted, as it was", at("x n faulted"), at("x m faulted"), "n: 1 of 1 actors run elsewhere", true},
		{"one must stay", at("x n running", "y n running"), at("x m running", "y n running bound"), "n: 1 of 2 actors run elsewhere, 1 fit nowhere else", true},
		{"one must stay, one has yet to go", at("x n running", "y n running"), at("x n running", "y n running bound"), "n: 0 of 2 actors run elsewhere, 1 still here, 1 fit nowhere else", false},
	} {
		said, done := newExodus(tt.first, "n").see(tt.then)
		if said != tt.said || done != tt.done {
			t.Errorf("%s: %q, done %t; want %q, %t", tt.name, said, done, tt.said, tt.done)
		}
	}
}

func TestLeaving(t *testing.T) {
	e := newExodus(at("x n running"), "n")
	if said, done := e.leave(at("x m running")); done || !strings.HasSuffix(said, "it gives up its place") {
		t.Errorf("drained, but listed: %q, done %t", said, done)
	}
	gone := at("x m running")
	gone.Nodes = nil
	if said, done := e.leave(gone); !done || !e.gone || said != "n has left" {
		t.Errorf("not listed any more: %q, done %t", said, done)
	}
	e = newExodus(at("x n running"), "n")
	if _, done := e.leave(at("x n running bound")); !done || e.gone || e.result(io.Discard) == nil {
		t.Errorf("an actor must stay: done %t, gone %t, %v; want an end with an error", done, e.gone, e.result(io.Discard))
	}
}

func TestReplicasArrive(t *testing.T) {
	s := at("x m running", "x~2 n running", "x~3 n running", "y n starting")
	for i, n := range []int{2, 3} {
		s.Actors[i+1].Replica = &flow.Replica{Of: "x", Number: n}
	}
	if said, done := replicas("x", 3)(s); !done || said != "x: 3 of 3 replicas run" {
		t.Errorf("all three run: %q, %t", said, done)
	}
	s.Actors[2].Replica.Ending = true
	if said, done := replicas("x", 2)(s); done || said != "x: 2 of 2 replicas run, 1 finishing what it holds" {
		t.Errorf("one is ending: %q, %t; want to wait for it", said, done)
	}
	s.Actors[1].State = control.Starting
	if said, done := replicas("x", 2)(s); done || said != "x: 1 of 2 replicas run, 1 finishing what it holds" {
		t.Errorf("one is starting: %q, %t", said, done)
	}
}

// A terminal sees one line that changes, a file only what was said last.
func TestProgress(t *testing.T) {
	for _, tt := range []struct {
		terminal bool
		want     string
	}{
		{false, "2 of 2\n"},
		{true, "\r\x1b[K1 of 2\r\x1b[K2 of 2\r\x1b[K2 of 2\n"},
	} {
		var out bytes.Buffer
		p := newProgress(&out)
		p.moves = tt.terminal
		for _, s := range []string{"1 of 2", "1 of 2", "", "2 of 2"} {
			p.say(s)
		}
		p.end()
		if out.String() != tt.want {
			t.Errorf("terminal %t: %q, want %q", tt.terminal, out.String(), tt.want)
		}
	}
}

// A file that could not be written whole is not there, nor anything beside it.
func TestWriteWhole(t *testing.T) {
	dir := t.TempDir()
	broken := errors.New("broken off")
	if _, err := writeWhole(filepath.Join(dir, "half"), func(w io.Writer) error {
		io.WriteString(w, "half")
		return broken
	}); !errors.Is(err, broken) {
		t.Errorf("a write that breaks off: %v, want %v", err, broken)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
