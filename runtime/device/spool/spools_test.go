package spool

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/wal"
	"github.com/wardflow/wardflow/runtime/wal/waltest"
)

func openSpools(t testing.TB) *Spools {
	t.Helper()
	s, err := Open(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// write makes a log of records.
func write(t testing.TB, d wal.Disk, name string, records ...[]byte) {
	t.Helper()
	l, err := wal.Open(d, name, ignore)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if len(r) > 0 {
			if _, err := l.Append(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	l.Close()
}

// Who had it open before can't commit any more; what it had committed is there.
func TestStale(t *testing.T) {
	m := &Memory{}
	for name, open := range map[string]func(string, int64) (Queue, error){"disk": openSpools(t).Queue, "memory": m.Queue} {
		old, err := open("x", 0)
		if err != nil {
			t.Fatal(err)
		}
		old.Push("a", time.Unix(5, 0))
		if err := old.Commit(t.Context(), flow.Checkpoint{Actor: "a:b", Version: 7}); err != nil {
			t.Fatal(err)
		}
		q, err := open("x", 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := old.Commit(t.Context(), flow.Checkpoint{Actor: "a:b"}); !errors.Is(err, flow.ErrStale) {
			t.Errorf("%s: Commit of the old one = %v", name, err)
		}
		c, err := q.Fence(t.Context(), "a:b", 0)
		v, at, ok, frontErr := q.Front()
		if err != nil || c.Version != 7 || q.Len() != 1 || v != "a" || at.Unix() != 5 || !ok || frontErr != nil {
			t.Errorf("%s: the new one has %+v and %d values, the first %v of %v", name, c, q.Len(), v, at)
		}
		for _, id := range []string{"", "../x", "a/b", strings.Repeat("x", 65)} {
			if _, err := open(id, 0); err == nil {
				t.Errorf("%s: Queue(%q) gives no error", name, id)
			}
		}
	}
}

func TestLock(t *testing.T) {
	s := openSpools(t)
	if second, err := Open(s.dir, 0); err == nil {
		second.Close()
		t.Error("two may use one folder")
	}
}

// The queues of actors that are no more go; those that are open, that are kept
// and that a script has named stay.
func TestSweep(t *testing.T) {
	s := openSpools(t)
	for _, name := range []string{NameOf("a:gone"), NameOf("a:kept"), NameOf("a:open"), "readings"} {
		q, err := s.Queue(name, 0)
		if err != nil {
			t.Fatal(err)
		}
		if name != NameOf("a:open") {
			q.Close()
		}
	}
	if err := s.Sweep([]flow.ActorID{"a:kept"}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{NameOf("a:gone"): false, NameOf("a:kept"): true, NameOf("a:open"): true, "readings": true} {
		if _, err := os.Stat(filepath.Join(s.dir, name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
	if q, err := s.Queue(NameOf("a:gone"), 0); err != nil || q.Len() != 0 {
		t.Errorf("a queue that was swept away: %v", err)
	}
}

// What an older version has left is not passed over.
func TestOlderForm(t *testing.T) {
	s := openSpools(t)
	if err := os.WriteFile(filepath.Join(s.dir, "readings.log"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Queue("readings", 0); err == nil || !strings.Contains(err.Error(), "older wardflow") {
		t.Errorf("Queue beside a file of the older form = %v", err)
	}
}

// A file that was damaged is said so where its values are read, and what stands
// before it is given.
func TestDamage(t *testing.T) {
	d := &waltest.Disk{}
	q := openOn(t, d, 1<<30)
	text := strings.Repeat("x", 300_000)
	for i := range 40 { // three segments
		q.Push(text, time.Unix(int64(i), 0))
		if err := q.Commit(t.Context(), flow.Checkpoint{Actor: "a:b"}); err != nil {
			t.Fatal(err)
		}
	}
	if len(q.segs.list) < 3 {
		t.Fatalf("%d segments, want three", len(q.segs.list))
	}
	name := q.segs.list[1].name()
	q.Close()
	f, err := d.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteAt([]byte("rubbish"), 700_000)
	q = openOn(t, d, 1<<30)
	read := 0
	for {
		if _, _, _, err = q.Front(); err != nil {
			break
		}
		q.Pop()
		read++
	}
	if !errors.Is(err, wal.ErrDamaged) || read < 13 || read > 17 {
		t.Errorf("after %d values of 40: %v, want ErrDamaged in the second segment", read, err)
	}
}

func BenchmarkPassThrough(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	body := strings.Repeat("x", 200)
	q := openOn(b, &waltest.Disk{}, 1<<30)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		q.Push(body, time.Unix(0, int64(rng.Uint32())))
		if n%64 == 0 {
			q.Commit(b.Context(), flow.Checkpoint{Actor: "a:b"})
		}
		if _, _, _, err := q.Front(); err != nil {
			b.Fatal(err)
		}
		q.Pop()
	}
}
