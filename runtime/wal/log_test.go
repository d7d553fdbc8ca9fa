package wal_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wardflow/wardflow/runtime/wal"
	"github.com/wardflow/wardflow/runtime/wal/waltest"
)

// load opens a log and reads what it holds.
func load(t testing.TB, d wal.Disk) (l *wal.Log, records []string, err error) {
	t.Helper()
	l, err = wal.Open(d, "x", func(_ int64, b []byte) error {
		records = append(records, string(b))
		return nil
	})
	return l, records, err
}

func mustLoad(t testing.TB, d wal.Disk) (*wal.Log, []string) {
	t.Helper()
	l, records, err := load(t, d)
	if err != nil {
		t.Fatal(err)
	}
	return l, records
}

// Wherever the power goes and whatever the disk refuses, the records that were
// acknowledged are there, in order, and at most the one after them.
func TestCrashes(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 0))
		d := &waltest.Disk{}
		l, _ := mustLoad(t, d)
		var want []string
		tried := ""
		for step := range 60 {
			switch n := rng.IntN(10); {
			case n < 6:
				tried = fmt.Sprintf("%d %s", step, bytes.Repeat([]byte{byte(step)}, rng.IntN(3000)))
				if _, err := l.Append([]byte(tried)); err == nil {
					want = append(want, tried)
				}
			case n == 6:
				err := l.Replace(func(add func([]byte) error) error {
					for _, r := range want {
						if err := add([]byte(r)); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil && !errors.Is(err, waltest.ErrFull) && !errors.Is(err, waltest.ErrSync) {
					t.Fatalf("seed %d: Replace: %v", seed, err)
				}
			case n == 7:
				d.FailSyncs(rng.IntN(4))
			case n == 8:
				d.Limit(int64(rng.IntN(2)) * (d.Used() + int64(rng.IntN(5000))))
			default:
				d.Crash(rng)
				d.FailSyncs(0)
				d.Limit(0)
				var got []string
				l, got = mustLoad(t, d)
				if len(got) == len(want)+1 && got[len(want)] == tried {
					want = append(want, tried)
				}
				if !slices.Equal(got, want) {
					t.Fatalf("seed %d, step %d: %d records after a crash, want %d", seed, step, len(got), len(want))
				}
			}
		}
	}
}

// A torn end is cut off, and rubbish behind it, too; damage before the end is
// said so.
func TestTornAndDamaged(t *testing.T) {
	d := &waltest.Disk{}
	l, _ := mustLoad(t, d)
	var ends []int64
	for i := range 5 {
		if _, err := l.Append(fmt.Appendf(nil, "record %d", i)); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, l.Size())
	}
	all := make([]byte, l.Size())
	if err := l.ReadAt(all, 0); err != nil {
		t.Fatal(err)
	}
	with := func(b []byte) *waltest.Disk {
		d := &waltest.Disk{}
		f, _ := d.Open("x")
		f.WriteAt(b, 0)
		return d
	}
	for cut := range len(all) {
		want := 0
		for _, e := range ends {
			if e <= int64(cut) {
				want++
			}
		}
		for _, tail := range [][]byte{nil, bytes.Repeat([]byte{0}, 50), bytes.Repeat([]byte{0xa5}, 50)} {
			l, got := mustLoad(t, with(append(slices.Clone(all[:cut]), tail...)))
			if len(got) != want || l.Size() != (append([]int64{0}, ends...))[want] {
				t.Fatalf("cut at %d: %d records in %d bytes, want %d", cut, len(got), l.Size(), want)
			}
		}
	}
	for at := range ends[3] {
		b := slices.Clone(all)
		b[at] ^= 0x40
		if _, _, err := load(t, with(b)); !errors.Is(err, wal.ErrDamaged) {
			t.Fatalf("damage at %d: %v", at, err)
		}
	}
}

// A reader follows what is written.
func TestReader(t *testing.T) {
	l, _ := mustLoad(t, &waltest.Disk{})
	r := l.Reader(0)
	for i := range 300 {
		if _, err := r.Next(); err != io.EOF {
			t.Fatalf("Next at the end = %v", err)
		}
		want := fmt.Appendf(nil, "%d %s", i, bytes.Repeat([]byte{'x'}, i*37%5000))
		at := r.At()
		l.Append(want)
		if b, err := r.Next(); err != nil || !bytes.Equal(b, want) {
			t.Fatalf("record %d: %.20q, %v", i, b, err)
		}
		if b, err := l.Reader(at).Next(); err != nil || !bytes.Equal(b, want) {
			t.Fatalf("record %d from its place: %.20q, %v", i, b, err)
		}
	}
}

func TestAppendRefuses(t *testing.T) {
	l, _ := mustLoad(t, &waltest.Disk{})
	if _, err := l.Append(nil); err == nil {
		t.Error("Append of nothing gives no error")
	}
	if err := l.ReadAt(make([]byte, 5), 100); !errors.Is(err, wal.ErrDamaged) {
		t.Errorf("ReadAt beyond the end = %v", err)
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	f, err := wal.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wal.OpenFolder(dir); err == nil {
		t.Error("two may use one folder")
	}
	l, _ := mustLoad(t, f)
	l.Append([]byte("old"))
	if err := l.Replace(func(add func([]byte) error) error { return add([]byte("new")) }); err != nil {
		t.Fatal(err)
	}
	l.Append([]byte("newer"))
	l.Close()
	if names, err := f.Names(); err != nil || !slices.Equal(names, []string{"x"}) {
		t.Errorf("Names = %v, %v", names, err)
	}
	if free, all, err := f.Free(); err != nil || free <= 0 || all < free {
		t.Errorf("Free = %d of %d, %v", free, all, err)
	}
	l, got := mustLoad(t, f)
	if !slices.Equal(got, []string{"new", "newer"}) {
		t.Errorf("after Replace there is %q", got)
	}
	l.Close()
	for range 2 {
		if err := f.Remove("x"); err != nil {
			t.Error(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if f, err = wal.OpenFolder(dir); err != nil {
		t.Fatalf("after Close: %v", err)
	}
	f.Close()
}

// Whatever stands in a file, opening it ends, and what is read then can be
// written behind.
func FuzzOpen(f *testing.F) {
	d := &waltest.Disk{}
	l, _ := mustLoad(f, d)
	l.Append([]byte("a"))
	l.Append([]byte("bc"))
	b := make([]byte, l.Size())
	l.ReadAt(b, 0)
	f.Add(b)
	f.Add(b[:len(b)-1])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "x"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		folder, err := wal.OpenFolder(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer folder.Close()
		l, before, err := load(t, folder)
		if err != nil {
			return
		}
		l.Append([]byte("more"))
		l.Close()
		l, after := mustLoad(t, folder)
		defer l.Close()
		if !slices.Equal(after, append(before, "more")) {
			t.Fatalf("%q became %q", before, after)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	f, err := wal.OpenFolder(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	l, _ := mustLoad(b, f)
	defer l.Close()
	rec := make([]byte, 1000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Append(rec); err != nil {
			b.Fatal(err)
		}
	}
}
