package tlog

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/wardflow/wardflow/runtime/wal"
	"github.com/wardflow/wardflow/runtime/wal/waltest"
)

// mth is the root of leaves as RFC 9162, section 2.1.1, defines it.
func mth(leaves []Hash) Hash {
	switch len(leaves) {
	case 0:
		return EmptyRoot()
	case 1:
		return leaves[0]
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	l, r := mth(leaves[:k]), mth(leaves[k:])
	return above(&l, &r)
}

func fill(t testing.TB, l *Log, from, n int) (leaves []Hash) {
	t.Helper()
	for i := range n {
		e := fmt.Appendf(nil, "check %d", from+i)
		if at, err := l.Append(e); err != nil || at != uint64(from+i) {
			t.Fatalf("entry %d was appended as %d, %v", from+i, at, err)
		}
		leaves = append(leaves, Leaf(e))
	}
	if size, err := l.Sync(); err != nil || size != uint64(from+n) {
		t.Fatalf("synced %d, %v", size, err)
	}
	return leaves
}

// Roots and proofs are those of the definition, at every size, also of the past.
func TestProofs(t *testing.T) {
	l, err := Open(Config{Disk: &waltest.Disk{}})
	if err != nil {
		t.Fatal(err)
	}
	leaves := fill(t, l, 0, 70)
	roots := make([]Hash, len(leaves)+1)
	for size := range roots {
		if roots[size], err = l.Root(uint64(size)); err != nil || roots[size] != mth(leaves[:size]) {
			t.Fatalf("root of %d is %x, %v", size, roots[size], err)
		}
		for i := range size {
			path, err := l.Inclusion(uint64(i), uint64(size))
			if err != nil {
				t.Fatal(err)
			}
			if err := Included(leaves[i], uint64(i), uint64(size), path, roots[size]); err != nil {
				t.Fatalf("%d in %d: %v", i, size, err)
			}
			if err := Included(leaves[(i+1)%len(leaves)], uint64(i), uint64(size), path, roots[size]); !errors.Is(err, ErrProof) {
				t.Fatalf("another leaf is %d in %d: %v", i, size, err)
			}
		}
		for earlier := range size + 1 {
			path, err := l.Consistency(uint64(earlier), uint64(size))
			if err != nil {
				t.Fatal(err)
			}
			if err := Continues(uint64(earlier), roots[earlier], uint64(size), roots[size], path); err != nil {
				t.Fatalf("%d continues %d: %v", size, earlier, err)
			}
			if bad := roots[(earlier+1)%len(roots)]; earlier > 0 && Continues(uint64(earlier), bad, uint64(size), roots[size], path) == nil {
				t.Fatalf("%d continues another history of %d", size, earlier)
			}
		}
	}
	for i, leaf := range leaves {
		if b, err := l.Entry(uint64(i)); err != nil || Leaf(b) != leaf {
			t.Errorf("entry %d is %q, %v", i, b, err)
		}
	}
	for name, err := range map[string]error{
		"a root beyond":    second(l.Root(71)),
		"an entry beyond":  second(l.Entry(70)),
		"a proof of it":    second(l.Inclusion(70, 70)),
		"a proof beyond":   second(l.Inclusion(0, 71)),
		"back in time":     second(l.Consistency(5, 4)),
		"an empty entry":   second(l.Append(nil)),
		"too large a one":  second(l.Append(make([]byte, MaxEntry+1))),
		"a proof too long": Included(leaves[0], 0, 70, make([]Hash, MaxPath+1), roots[70]),
		"and another":      Continues(1, roots[1], 70, roots[70], make([]Hash, MaxPath+1)),
	} {
		if err == nil {
			t.Errorf("%s is no error", name)
		}
	}
}

func second[A any](_ A, err error) error { return err }

// A log of several segments is the same log, open and opened again, and read
// while it is written.
func TestSegments(t *testing.T) {
	dir := t.TempDir()
	l, err := Open(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	const total = 2*segmentSize + 1000
	leaves := fill(t, l, 0, 5)
	leaves = append(leaves, fill(t, l, 5, total-5)...)
	other, err := OpenReadOnly(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
	if _, err := l.Append([]byte("x")); !errors.Is(err, ErrClosed) {
		t.Errorf("appended when closed: %v", err)
	}
	again, err := Open(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, l := range []*Log{other, again} {
		if l.Size() != total {
			t.Fatalf("it has %d entries, want %d", l.Size(), total)
		}
		for _, size := range []uint64{1, 255, 256, 257, segmentSize - 1, segmentSize, segmentSize + 1, 2 * segmentSize, total} {
			root, err := l.Root(size)
			if err != nil || root != mth(leaves[:size]) {
				t.Fatalf("root of %d: %x, %v", size, root, err)
			}
			for range 20 {
				i := rng.Uint64N(size)
				path, err := l.Inclusion(i, size)
				if err != nil {
					t.Fatal(err)
				}
				if err := Included(leaves[i], i, size, path, root); err != nil {
					t.Fatalf("%d in %d: %v", i, size, err)
				}
				if b, err := l.Entry(i); err != nil || string(b) != fmt.Sprintf("check %d", i) {
					t.Fatalf("entry %d is %q, %v", i, b, err)
				}
			}
		}
		path, err := l.Consistency(segmentSize+7, total)
		if err != nil {
			t.Fatal(err)
		}
		if err := Continues(segmentSize+7, mth(leaves[:segmentSize+7]), total, mth(leaves), path); err != nil {
			t.Error(err)
		}
	}
	if _, err := other.Append([]byte("x")); err == nil {
		t.Error("appended to a log that is open to be read")
	}
	var tree Tree
	for s, err := range Walk(dir) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Leaf != leaves[s.Index] || s.Index < 2*segmentSize && s.Noted != s.Leaf {
			t.Fatalf("step %d is %q, noted %x", s.Index, s.Entry, s.Noted)
		}
		tree.Add(s.Leaf)
	}
	if tree.Size() != total || tree.Root() != mth(leaves) {
		t.Errorf("walked over %d entries", tree.Size())
	}
}

// Entries that many append at once are all there once each has synced.
func TestConcurrent(t *testing.T) {
	d := &waltest.Disk{}
	l, err := Open(Config{Disk: d})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for n := range 50 {
				e := fmt.Sprintf("%d %d", w, n)
				i, err := l.Append([]byte(e))
				if err != nil {
					t.Error(err)
					return
				}
				if size, err := l.Sync(); err != nil || size <= i {
					t.Errorf("synced %d with entry %d, %v", size, i, err)
				}
				if b, err := l.Entry(i); err != nil || string(b) != e {
					t.Errorf("entry %d is %q, %v", i, b, err)
				}
				if _, err := l.Root(i + 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if l.Size() != 400 || d.Syncs() > 401 {
		t.Errorf("%d entries with %d syncs", l.Size(), d.Syncs())
	}
}

// Wherever the power goes and whatever the disk refuses, the log continues: what
// was synced is there, and a root that was given stays the root at its size.
func TestCrashes(t *testing.T) {
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 0))
		d := &waltest.Disk{}
		l, err := Open(Config{Disk: d})
		if err != nil {
			t.Fatal(err)
		}
		var tried []string // in order of their numbers
		var roots []Hash   // by size, of what was synced
		note := func() {
			for n := len(roots); n <= int(l.Size()); n++ {
				root, err := l.Root(uint64(n))
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				roots = append(roots, root)
			}
		}
		note()
		for step := range 80 {
			switch n := rng.IntN(10); {
			case n < 5:
				for range 1 + rng.IntN(4) {
					e := fmt.Sprintf("%d %0*d", step, 1+rng.IntN(300), rng.IntN(1000))
					if _, err := l.Append([]byte(e)); err == nil {
						tried = append(tried, e)
					}
				}
			case n < 8:
				if size, err := l.Sync(); err == nil && size != uint64(len(tried)) {
					t.Fatalf("seed %d, step %d: synced %d of %d", seed, step, size, len(tried))
				}
				note()
			case n == 8:
				if d.FailSyncs(rng.IntN(3)); rng.IntN(2) == 0 {
					d.Limit(int64(rng.IntN(2)) * (d.Used() + int64(rng.IntN(2000))))
				}
			default:
				d.Crash(rng)
				d.FailSyncs(0)
				d.Limit(0)
				if l, err = Open(Config{Disk: d}); err != nil {
					t.Fatalf("seed %d, step %d: %v", seed, step, err)
				}
				if int(l.Size()) < len(roots)-1 || int(l.Size()) > len(tried) {
					t.Fatalf("seed %d, step %d: %d entries after a crash, %d were synced and %d appended", seed, step, l.Size(), len(roots)-1, len(tried))
				}
				tried = tried[:l.Size()]
				note()
			}
		}
		for i, e := range tried[:l.Size()] {
			if b, err := l.Entry(uint64(i)); err != nil || string(b) != e {
				t.Fatalf("seed %d: entry %d is %.20q, %v", seed, i, b, err)
			}
		}
		for n, root := range roots {
			if again, err := l.Root(uint64(n)); err != nil || again != root {
				t.Fatalf("seed %d: the root of %d has changed, %v", seed, n, err)
			}
		}
	}
}

// A crash while the next segment begins leaves the log whole.
func TestCrashAtSegments(t *testing.T) {
	full := &waltest.Disk{}
	l, err := Open(Config{Disk: full})
	if err != nil {
		t.Fatal(err)
	}
	leaves := fill(t, l, 0, segmentSize-2)
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 0))
		d := copied(t, full)
		l, err := Open(Config{Disk: d})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			if _, err := l.Append(fmt.Appendf(nil, "check %d", segmentSize-2+i)); err != nil {
				t.Fatal(err)
			}
		}
		d.FailSyncs(1 + int(seed)) // of its third part: entries, index, head
		l.Sync()                   // fails somewhere
		d.FailSyncs(0)
		d.Crash(rng)
		l, err = Open(Config{Disk: d})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		now := slices.Clone(leaves)
		now = append(now, fill(t, l, int(l.Size()), 10)...)
		if root, err := l.Root(l.Size()); err != nil || len(now) == int(l.Size()) && root != mth(now) {
			t.Errorf("seed %d: root %x, %v", seed, root, err)
		}
	}
}

func copied(t *testing.T, from *waltest.Disk) *waltest.Disk {
	t.Helper()
	to := &waltest.Disk{}
	names, _ := from.Names()
	for _, name := range names {
		f, _ := from.Open(name)
		n, _ := f.Size()
		b := make([]byte, n)
		f.ReadAt(b, 0)
		g, _ := to.Open(name)
		g.WriteAt(b, 0)
		if err := g.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// What was changed in the folder is said so.
func TestDamage(t *testing.T) {
	dir := t.TempDir()
	l, err := Open(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, l, 0, segmentSize+10)
	l.Close()
	change := func(name string, at int64) (undo func()) {
		file := filepath.Join(dir, name)
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		bad := slices.Clone(b)
		bad[at] ^= 1
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		return func() { os.WriteFile(file, b, 0o600) }
	}
	undo := change(indexName(0), rootAt)
	if _, err := Open(Config{Dir: dir}); !errors.Is(err, ErrDamaged) {
		t.Errorf("the root of a segment was changed: %v", err)
	}
	undo()
	undo = change(indexName(0), 7*hashSize)
	if l, err = Open(Config{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Entry(7); !errors.Is(err, ErrDamaged) {
		t.Errorf("the hash of an entry was changed: %v", err)
	}
	if _, err := l.Entry(8); err != nil {
		t.Error(err)
	}
	l.Close()
	undo()
	undo = change(indexName(0), placesAt+8*9)
	if l, err = Open(Config{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Entry(9); !errors.Is(err, ErrDamaged) {
		t.Errorf("the place of an entry was changed: %v", err)
	}
	l.Close()
	undo()
	for _, name := range []string{entriesName(0), indexName(0)} {
		os.Rename(filepath.Join(dir, name), filepath.Join(dir, "away"))
		l, openErr := Open(Config{Dir: dir})
		if openErr == nil {
			l.Close()
		}
		var walkErr error
		for _, err := range Walk(dir) {
			walkErr = err
		}
		if name == indexName(0) && !errors.Is(openErr, ErrDamaged) || name == entriesName(0) && !errors.Is(walkErr, ErrDamaged) {
			t.Errorf("without %s: %v, %v", name, openErr, walkErr)
		}
		os.Rename(filepath.Join(dir, "away"), filepath.Join(dir, name))
	}
}

// Whatever stands in a batch, reading it ends.
func FuzzBatch(f *testing.F) {
	f.Add(appendEntry(appendEntry(nil, []byte("a")), []byte("bc")))
	f.Add(head(3, Hash{1}))
	f.Fuzz(func(t *testing.T, b []byte) {
		var again []byte
		err := eachEntry(b, func(off int, e []byte) error {
			if string(b[off:off+len(e)]) != string(e) {
				t.Fatal("an entry stands elsewhere")
			}
			again = appendEntry(again, e)
			return nil
		})
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
		openHead(b)
	})
}

var _ wal.Disk = reading{}

func BenchmarkAppend(b *testing.B) {
	l, err := Open(Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	entry := make([]byte, 300)
	for i := range b.N {
		entry[0], entry[1], entry[2] = byte(i), byte(i>>8), byte(i>>16)
		if _, err := l.Append(entry); err != nil {
			b.Fatal(err)
		}
		if i%100 == 99 {
			if _, err := l.Sync(); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkInclusion(b *testing.B) {
	l, err := Open(Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	const n = 1 << 18
	fill(b, l, 0, n)
	rng := rand.New(rand.NewPCG(1, 1))
	for b.Loop() {
		if _, err := l.Inclusion(rng.Uint64N(n), n-5); err != nil {
			b.Fatal(err)
		}
	}
}
