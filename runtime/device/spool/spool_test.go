package spool

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

// reopen is a crash: what was not committed is gone.
func reopen(t *testing.T, s *Spools) Queue {
	t.Helper()
	q, err := s.Queue("readings")
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func openSpools(t testing.TB, limit int64) *Spools {
	t.Helper()
	s, err := Open(t.TempDir(), limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Whatever is pushed, popped, committed and lost in crashes: the queue holds
// what a plain list would.
func TestAgainstAList(t *testing.T) {
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 0))
		s := openSpools(t, 0)
		q := reopen(t, s)
		var kept, now [][]flow.Value // at the last commit, and now
		var state string
		for step := range 120 {
			switch rng.IntN(7) {
			case 0, 1, 2:
				batch := []flow.Value{int64(step), strings.Repeat("x", rng.IntN(100_000))}
				if err := q.Push(batch); err != nil {
					t.Fatalf("seed %d: Push: %v", seed, err)
				}
				now = append(now, batch)
			case 3, 4:
				front, ok, err := q.Front()
				if err != nil || ok != (len(now) > 0) {
					t.Fatalf("seed %d: Front = %v, %v with %d batches", seed, ok, err, len(now))
				}
				if ok {
					if !reflect.DeepEqual(front, now[0]) {
						t.Fatalf("seed %d: Front = %v, want %v", seed, front[0], now[0][0])
					}
					q.Pop()
					now = now[1:]
				}
			case 5:
				state = fmt.Sprint("state ", step)
				if err := q.Commit(t.Context(), flow.Checkpoint{Actor: "a:b", State: []byte(state)}); err != nil {
					t.Fatalf("seed %d: Commit: %v", seed, err)
				}
				kept = append([][]flow.Value(nil), now...)
			case 6:
				q = reopen(t, s)
				now = append([][]flow.Value(nil), kept...)
				if got := string(q.Newest().State); got != state {
					t.Fatalf("seed %d: state %q after a crash, want %q", seed, got, state)
				}
			}
			if q.Len() != len(now) {
				t.Fatalf("seed %d, step %d: Len = %d, want %d", seed, step, q.Len(), len(now))
			}
		}
		s.Close()
	}
}

// Wherever the disk stopped writing, the queue is as some commit left it.
func TestTorn(t *testing.T) {
	s := openSpools(t, 0)
	q := reopen(t, s)
	var ends []int64
	path := filepath.Join(s.dir, "readings.log")
	for i := range 5 {
		q.Push([]flow.Value{int64(i), "some text"})
		if err := q.Commit(t.Context(), flow.Checkpoint{Actor: "a:b", Version: i}); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, info.Size())
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := 0; cut < len(whole); cut += 3 {
		for _, rubbish := range []bool{false, true} {
			b := append([]byte(nil), whole[:cut]...)
			if rubbish {
				b = append(b, bytes.Repeat([]byte{0xa5}, 40)...)
			}
			l := write(t, b)
			want := 0
			for _, e := range ends {
				if int64(cut) >= e {
					want++
				}
			}
			if len(l.batches) != want {
				t.Fatalf("cut at %d: %d batches, want %d", cut, len(l.batches), want)
			}
			l.close()
		}
	}
	for at := int64(0); at < ends[3]; at += 5 { // damage that is not at the end is not cut off
		b := append([]byte(nil), whole...)
		b[at] ^= 0x40
		path := filepath.Join(t.TempDir(), "x.log")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openLog(path); !errors.Is(err, ErrDamaged) {
			t.Fatalf("damage at %d: %v", at, err)
		}
	}
}

func write(t *testing.T, b []byte) *log {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.log")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := openLog(path)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// What has been popped does not fill the disk for ever.
func TestRewrite(t *testing.T) {
	s := openSpools(t, 0)
	q := reopen(t, s)
	q.Push([]flow.Value{"stays"})
	path := filepath.Join(s.dir, "readings.log")
	text := strings.Repeat("x", 200_000)
	for i := range 200 {
		q.Push([]flow.Value{int64(i), text})
		if err := q.Commit(t.Context(), flow.Checkpoint{Actor: "a:b", Version: i}); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			q.Pop()
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 12<<20 {
		t.Errorf("40 MB have gone through, and the file has %d bytes", info.Size())
	}
	if err := q.Commit(t.Context(), flow.Checkpoint{Actor: "a:b", Version: 200}); err != nil {
		t.Fatal(err)
	}
	n := q.Len()
	q = reopen(t, s)
	if q.Len() != n || q.Newest().Version != 200 {
		t.Errorf("after all that %d batches of version %d, want %d of 200", q.Len(), q.Newest().Version, n)
	}
}

func TestFull(t *testing.T) {
	for name, q := range map[string]Queue{"disk": reopen(t, openSpools(t, 1000)), "memory": memory(t)} {
		large := strings.Repeat("x", 600)
		n := 1
		if name == "memory" {
			large, n = strings.Repeat("x", 400<<10), DefaultLimit/(400<<10)
		}
		for range n {
			if err := q.Push([]flow.Value{large}); err != nil {
				t.Fatalf("%s: Push = %v", name, err)
			}
		}
		if err := q.Push([]flow.Value{large}); !errors.Is(err, ErrFull) {
			t.Errorf("%s: Push into the full = %v", name, err)
		}
		if err := q.Commit(t.Context(), flow.Checkpoint{Actor: "a:b"}); err != nil {
			t.Fatal(err)
		}
		if err := q.Push([]flow.Value{large}); !errors.Is(err, ErrFull) {
			t.Errorf("%s: Push into the full, committed = %v", name, err)
		}
		q.Pop()
		if err := q.Commit(t.Context(), flow.Checkpoint{Actor: "a:b"}); err != nil {
			t.Fatal(err)
		}
		if err := q.Push([]flow.Value{large}); err != nil {
			t.Errorf("%s: Push after a Pop = %v", name, err)
		}
		if err := q.Push([]flow.Value{make(chan int)}); err == nil {
			t.Errorf("%s: Push of no value gives no error", name)
		}
	}
}

func memory(t *testing.T) Queue {
	q, err := new(Memory).Queue("x")
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// Who had it open before can't commit any more.
func TestStale(t *testing.T) {
	m := &Memory{}
	for name, open := range map[string]func(string) (Queue, error){"disk": openSpools(t, 0).Queue, "memory": m.Queue} {
		old, err := open("x")
		if err != nil {
			t.Fatal(err)
		}
		old.Push([]flow.Value{"a"})
		if err := old.Commit(t.Context(), flow.Checkpoint{Actor: "a:b", Version: 7}); err != nil {
			t.Fatal(err)
		}
		q, err := open("x")
		if err != nil {
			t.Fatal(err)
		}
		if err := old.Commit(t.Context(), flow.Checkpoint{Actor: "a:b"}); !errors.Is(err, flow.ErrStale) {
			t.Errorf("%s: Commit of the old one = %v", name, err)
		}
		if q.Newest().Version != 7 || q.Len() != 1 {
			t.Errorf("%s: the new one has %+v and %d batches", name, q.Newest(), q.Len())
		}
		for _, id := range []string{"", "../x", "a/b", strings.Repeat("x", 65)} {
			if _, err := open(id); err == nil {
				t.Errorf("%s: Queue(%q) gives no error", name, id)
			}
		}
	}
}

// Tokens given and not settled are part of the checkpoint, however often a step
// repeats them.
func TestMerge(t *testing.T) {
	out := func(seqs ...uint64) (list []flow.OutToken) {
		for _, n := range seqs {
			list = append(list, flow.OutToken{Link: "l", Token: flow.Token{Seq: n}})
		}
		return list
	}
	made := func(n uint64) map[flow.LinkID]uint64 { return map[flow.LinkID]uint64{"l": n} }
	c := merge(flow.Checkpoint{}, flow.Checkpoint{Made: made(2), Out: out(1, 2)})
	c = merge(c, flow.Checkpoint{Made: made(3), Settled: made(1), Out: out(3)})
	c = merge(c, flow.Checkpoint{Made: made(3), Settled: made(1), Out: out(2, 3)}) // taken over
	if !reflect.DeepEqual(c.Out, out(2, 3)) {
		t.Errorf("Out = %v, want 2 and 3", c.Out)
	}
	if c = merge(c, flow.Checkpoint{}); c.Out != nil {
		t.Errorf("Out of a link that is gone = %v", c.Out)
	}
}

func TestLock(t *testing.T) {
	s := openSpools(t, 0)
	if second, err := Open(s.dir, 0); err == nil {
		second.Close()
		t.Error("two may use one folder")
	}
}

// Whatever stands in the file, opening it ends, and what it gives is a batch.
func FuzzLoad(f *testing.F) {
	rec, _, _ := encode(0, [][]byte{{6, 1, 2}}, flow.Checkpoint{Actor: "a"})
	f.Add(rec)
	f.Add(append(rec, rec...))
	f.Add(rec[:20])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "x.log")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := openLog(path)
		if err != nil {
			return
		}
		defer l.close()
		for i := range l.batches {
			b, err := l.read(i)
			if err == nil {
				decode(b)
			}
		}
	})
}
