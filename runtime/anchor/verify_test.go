package anchor

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/tlog"
)

// A shelf is a log in a folder with four heads on the chain, over 5 checks each,
// and 2 checks that have none.
type shelf struct {
	*bench
	dir     string
	entries [][]byte
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{bench: newBench(t), dir: t.TempDir()}
	l, err := tlog.Open(tlog.Config{Dir: s.dir})
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.court.Chain.ID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g := NewGatherer(s.court.relay, s.court.find)
	for n := uint64(0); n < 22; n++ {
		s.entries = append(s.entries, check(t, n))
		if _, err := l.Append(s.entries[n]); err != nil {
			t.Fatal(err)
		}
		if n%5 != 4 {
			continue
		}
		size, err := l.Sync()
		if err != nil {
			t.Fatal(err)
		}
		root, err := l.Root(size)
		if err != nil {
			t.Fatal(err)
		}
		h := Head{Log: s.key.Address(), From: size - 5, To: size, Root: root, At: time.UnixMilli(1)}
		signed, err := h.Sign(s.key, id, s.court.Address)
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Anchor(t.Context(), signed); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

// write makes a log of these entries in a folder of its own.
func (s *shelf) write(t *testing.T, entries [][]byte) (dir string) {
	t.Helper()
	dir = t.TempDir()
	l, err := tlog.Open(tlog.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, err := l.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (s *shelf) verify(t *testing.T, dir string) *Report {
	t.Helper()
	r, err := Verify(t.Context(), dir, s.court.Contract, s.key.Address())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Whatever somebody does to a log who can write all of it anew, what the chain
// has is not what he has.
func TestVerify(t *testing.T) {
	s := newShelf(t)
	if r := s.verify(t, s.dir); !r.OK() || r.Size != 22 || r.Anchored != 20 || r.Heads != 4 || !strings.Contains(r.String(), "22 checks, 20 of them anchored by 4 heads") {
		t.Fatalf("untouched: %s", r)
	}
	for _, tt := range []struct {
		name     string
		spoil    func(e [][]byte) [][]byte
		from, to uint64
		says     string
	}{
		{"one is taken away", func(e [][]byte) [][]byte { return slices.Delete(e, 7, 8) }, 5, 9, "not as it was anchored"},
		{"one is changed", func(e [][]byte) [][]byte { e[12] = check(t, 99); return e }, 10, 14, "not as it was anchored"},
		{"two change places", func(e [][]byte) [][]byte { e[3], e[4] = e[4], e[3]; return e }, 0, 4, "not as it was anchored"},
		{"one is slipped in", func(e [][]byte) [][]byte { return slices.Insert(e, 16, check(t, 99)) }, 15, 19, "not as it was anchored"},
		{"the end is cut off", func(e [][]byte) [][]byte { return e[:17] }, 17, 19, "missing"},
		{"it ends with a head", func(e [][]byte) [][]byte { return e[:15] }, 15, 19, "missing"},
		{"all are gone", func(e [][]byte) [][]byte { return nil }, 0, 19, "missing"},
		{"one that is no check", func(e [][]byte) [][]byte { e[8] = []byte("none"); return e }, 8, 8, "no check"},
		{"one without a head that is no check", func(e [][]byte) [][]byte { e[21] = []byte("none"); return e }, 21, 21, "no check"},
	} {
		r := s.verify(t, s.write(t, tt.spoil(slices.Clone(s.entries))))
		if r.OK() || r.Bad.From != tt.from || r.Bad.To != tt.to || !strings.Contains(r.String(), tt.says) {
			t.Errorf("%s: %s", tt.name, r)
		}
	}
}

// A file that somebody changed without writing it anew is found by its own sums.
func TestVerifyBits(t *testing.T) {
	s := newShelf(t)
	file := filepath.Join(s.dir, "entries-00000000")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(whole); at += 61 {
		bad := slices.Clone(whole)
		bad[at] ^= 0x10
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		r := s.verify(t, s.dir)
		if r.OK() && r.Size == 22 {
			t.Errorf("byte %d: %s", at, r)
		}
		if now, err := os.ReadFile(file); err != nil || !slices.Equal(now, bad) {
			t.Fatalf("byte %d: verifying has changed the file: %v", at, err)
		}
	}
}
