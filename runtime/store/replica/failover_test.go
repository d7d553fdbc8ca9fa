package replica_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/replica"
	"github.com/wardflow/wardflow/runtime/store/storetest"
)

const storing flow.ActorID = "ward:store"

// A writer stores readings one by one, as a storing actor does: with each batch
// the place it has reached, and after an error it asks by a fence what is stored.
type writer struct {
	t        *testing.T
	ward     *prooftest.Ward
	epoch    uint64
	readings []*proof.Reading // all that there will be, in order
	taken    uint64           // so many are stored
}

func newWriter(t *testing.T, w *prooftest.Ward, n int) *writer {
	return &writer{t: t, ward: w, readings: w.Readings(t, n)}
}

// over begins an activation on a member.
func (w *writer) over(s *replica.Store) {
	w.t.Helper()
	w.epoch++
	w.ask(s, 20*time.Second)
}

// ask learns what is stored. It must be at least what was acknowledged.
func (w *writer) ask(s *replica.Store, within time.Duration) {
	w.t.Helper()
	for deadline := time.Now().Add(within); ; {
		c, err := s.Fence(ctx, storing, w.epoch)
		if err == nil {
			if c.Taken["l"] < w.taken {
				w.t.Errorf("place %d is stored, %d were acknowledged", c.Taken["l"], w.taken)
			}
			w.taken = c.Taken["l"]
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("fence: %v", err)
		}
	}
}

func (w *writer) batch(upto uint64) store.Batch {
	return store.Batch{Waiting: storetest.Chunks(w.ward, w.readings[w.taken:upto]),
		Checkpoint: flow.Checkpoint{Actor: storing, Epoch: w.epoch, Taken: map[flow.LinkID]uint64{"l": upto}}}
}

// write stores readings until so many are, in batches of one to three, through s.
func (w *writer) write(s *replica.Store, upto uint64) {
	w.t.Helper()
	for w.taken < upto {
		next := min(upto, w.taken+1+w.taken%3)
		switch err := s.Commit(ctx, w.batch(next)); {
		case err == nil:
			w.taken = next
		case errors.Is(err, store.ErrReplay), errors.Is(err, flow.ErrStale):
			w.t.Fatalf("commit up to %d: %v", next, err)
		default:
			w.ask(s, 20*time.Second)
		}
	}
}

// While one member writes, the leader is killed, again and again, and comes
// back. Whatever was acknowledged is stored, once, on all.
func TestLeaderKilledAmidCommits(t *testing.T) {
	g := newGroup(t, t.TempDir(), "a", "b", "c")
	w := newWriter(t, wards(pkitest.New(t))(t, "p-1"), 600)
	for round := uint64(1); round <= 3; round++ {
		leader := g.leader()
		s := g.members[g.other()]
		w.over(s)
		var done sync.WaitGroup
		done.Go(func() { w.write(s, 200*round) })
		g.eventually("it writes", func() bool {
			c, err := s.Newest(ctx, storing)
			return err == nil && c.Taken["l"] > 200*round-150
		})
		g.kill(leader)
		done.Wait()
		g.open(leader)
	}
	g.alike(600)
	g.sameRecord()
}

// The member that writes is killed amid its commits; another takes over where
// it was, and what the first had under way is stored before or never.
func TestWriterMoves(t *testing.T) {
	g := newGroup(t, t.TempDir(), "a", "b", "c")
	w := newWriter(t, wards(pkitest.New(t))(t, "p-1"), 200)
	for round, id := range []flow.NodeID{"a", "b", "c", "a"} {
		s := g.members[id]
		w.over(s)
		w.write(s, 40*uint64(round+1))
		// One more commit that nobody waits for, of an activation soon to be over.
		var gone sync.WaitGroup
		late := w.batch(w.taken + 5)
		gone.Go(func() { s.Commit(ctx, late) })
		if round%2 == 0 {
			g.kill(id)
			gone.Wait()
			g.open(id)
		} else {
			defer gone.Wait()
		}
	}
	s := g.members[g.leader()]
	w.over(s)
	w.write(s, 200)
	g.alike(200)
	g.sameRecord()
}

// Answers that get lost are asked for again, and nothing is carried out twice.
func TestLostAnswers(t *testing.T) {
	g := newGroup(t, t.TempDir(), "a", "b", "c")
	w := newWriter(t, wards(pkitest.New(t))(t, "p-1"), 120)
	s := g.members[g.other()]
	var mu sync.Mutex
	n := 0
	g.wire.Lose(func(_, _ flow.NodeID, kind string) bool {
		mu.Lock()
		defer mu.Unlock()
		n++
		return kind == "store-ward-a.apply" && n%3 != 0
	})
	w.over(s)
	for w.taken < 120 {
		if err := s.Commit(ctx, w.batch(w.taken+4)); err != nil {
			t.Fatalf("commit after %d: %v", w.taken, err)
		}
		w.taken += 4
	}
	g.wire.Lose(nil)
	g.alike(120)
}

// Without a majority nothing is acknowledged, what is there can be read and says
// that it may be old, and what was under way is stored once or never.
func TestNoMajority(t *testing.T) {
	g := newGroup(t, t.TempDir(), "a", "b", "c")
	w := newWriter(t, wards(pkitest.New(t))(t, "p-1"), 20)
	s := g.members["a"]
	w.over(s)
	w.write(s, 10)
	if behind := s.Behind(); behind != "" {
		t.Errorf("with a majority the copy calls itself behind: %s", behind)
	}
	g.kill("b")
	g.kill("c")
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	var all sync.WaitGroup
	for range 2 { // the first is under way, the second waits its turn
		all.Go(func() {
			if err := s.Commit(short, w.batch(15)); !errors.Is(err, replica.ErrUnsure) && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("commit without a majority: %v, want ErrUnsure or a withdrawal", err)
			}
		})
	}
	all.Wait()
	g.eventually("the copy says that it may be old", func() bool { return s.Behind() != "" })
	if c, err := s.Counts(ctx); err != nil || c.Waiting != 10 {
		t.Errorf("without a majority it shows %+v, %v, want the 10 readings", c, err)
	}
	g.open("b")
	w.ask(s, 20*time.Second)
	if w.taken != 10 && w.taken != 15 {
		t.Errorf("place %d is stored, want 10 or 15", w.taken)
	}
	w.write(s, 20)
	g.open("c")
	g.alike(20)
	g.eventually("nobody is behind", func() bool { return s.Behind() == "" && g.members["c"].Behind() == "" })
}

// All members lose their power at once and come back with what they had.
func TestAllComeBack(t *testing.T) {
	g := newGroup(t, t.TempDir(), "a", "b", "c")
	w := newWriter(t, wards(pkitest.New(t))(t, "p-1"), 60)
	w.over(g.members["a"])
	w.write(g.members["a"], 30)
	for _, id := range []flow.NodeID{"a", "b", "c"} {
		g.kill(id)
	}
	for _, id := range []flow.NodeID{"b", "c"} { // one is enough to lose
		g.open(id)
	}
	w.over(g.members["b"])
	w.write(g.members["b"], 60)
	g.open("a")
	g.alike(60)
	g.sameRecord()
}

// sameRecord compares all that the members hold.
func (g *group) sameRecord() {
	g.t.Helper()
	var first []string
	for _, v := range g.first {
		s := g.members[v.ID]
		var got []string
		for c, err := range s.Chunks(ctx, store.Query{}) {
			if err != nil {
				g.t.Fatal(err)
			}
			got = append(got, c.Patient+string(c.Reading.Bytes))
		}
		c, err := s.Newest(ctx, storing)
		if err != nil {
			g.t.Fatal(err)
		}
		b, err := flow.AppendCheckpoint(nil, c)
		if err != nil {
			g.t.Fatal(err)
		}
		got = append(got, string(b))
		if first == nil {
			first = got
			continue
		}
		if len(got) != len(first) {
			g.t.Errorf("%s holds %d things, the first member %d", v.ID, len(got), len(first))
			continue
		}
		for i := range got {
			if got[i] != first[i] {
				g.t.Errorf("thing %d of %s is not that of the first member", i, v.ID)
				break
			}
		}
	}
}

// exists reports whether a file of the folder matches.
func exists(t *testing.T, pattern ...string) bool {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(pattern...))
	if err != nil {
		t.Fatal(err)
	}
	return len(found) > 0
}

func remove(t *testing.T, path ...string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(path...)); err != nil {
		t.Fatal(err)
	}
}
