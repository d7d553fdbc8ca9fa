package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	zombie "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
	"github.com/wardflow/wardflow/runtime/store/storetest"
)

var ctx = context.Background()

// record fills a store with three windows of ten readings, the fourth refused,
// and two readings that wait, and returns them all in order.
func record(tb testing.TB, s *sqlite.Store, w *prooftest.Ward) (readings []*proof.Reading, windows []*proof.Window) {
	tb.Helper()
	for range 3 {
		next := w.Readings(tb, 10)
		win := w.Window(tb, next, 3)
		wins, refused := storetest.Window(tb, w, win)
		kept := append(append([]*proof.Reading(nil), next[:3]...), next[4:]...)
		if err := s.Commit(ctx, store.Batch{Waiting: storetest.Chunks(w, kept), Windows: wins, Refused: refused}); err != nil {
			tb.Fatal(err)
		}
		readings, windows = append(readings, next...), append(windows, win)
	}
	waiting := w.Readings(tb, 2)
	if err := s.Commit(ctx, store.Batch{Waiting: storetest.Chunks(w, waiting)}); err != nil {
		tb.Fatal(err)
	}
	return append(readings, waiting...), windows
}

// One flipped bit in what is stored is found, and what it is in is named.
func TestFlippedBitIsNamed(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(h, "p-0017")
	file := filepath.Join(t.TempDir(), "store.db")
	s := open(t, file)
	readings, windows := record(t, s, w)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		bytes  []byte // flipped in the middle
		window uint64
		leaf   int
		want   error
	}{
		{"nothing", nil, 0, 0, nil},
		{"a reading's samples", readings[12].Bytes[100:140], 2, 2, proof.ErrLeaf},
		{"a reading's signature", readings[29].Bytes[len(readings[29].Bytes)-40:], 3, 9, proof.ErrLeaf},
		{"a reading that waits", readings[31].Bytes[100:140], 0, 0, proof.ErrLeaf},
		{"what the card signed", windows[1].Root[:], 2, -1, proof.ErrRoot},
		{"a leaf in a window", bytes.Join([][]byte{windows[2].Leaves[4][:], windows[2].Leaves[5][:16]}, nil), 3, -1, proof.ErrRoot},
		{"a verdict in a window", []byte(prooftest.Refused.Clause), 0, -2, proof.ErrVerdict},
	} {
		flipped := bytes.Clone(whole)
		if tt.bytes != nil {
			// SQLite may have left older copies in unused space: flip those too.
			changed := bytes.Clone(tt.bytes)
			changed[len(changed)/2] ^= 4
			if flipped = bytes.ReplaceAll(whole, tt.bytes, changed); bytes.Equal(flipped, whole) {
				t.Fatalf("%s: not in the file", tt.name)
			}
		}
		report, err := verifyBytes(t, h, flipped)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if tt.want == nil {
			if !report.OK() {
				t.Errorf("%s: %s", tt.name, report.First)
			}
			continue
		}
		if report.OK() || tt.leaf > -2 && (!errors.Is(report.First.Err, tt.want) || report.First.Window != tt.window || report.First.Leaf != tt.leaf) {
			t.Errorf("%s: found %v, want window %d leaf %d: %v", tt.name, report.First, tt.window, tt.leaf, tt.want)
		}
		if r := report.First; r != nil && tt.leaf >= 0 && tt.window > 0 {
			if of := readings[10*int(tt.window-1)+tt.leaf]; r.Stream != of.Stream || r.Device != of.Device || !r.At.Equal(of.At) || r.Patient != "p-0017" {
				t.Errorf("%s: named as %s", tt.name, r)
			}
			if p := report.Patients[0]; p.Verified != 29 || p.Windows != 3 || report.Bad != 1 {
				t.Errorf("%s: the rest is counted as %+v, %d bad", tt.name, p, report.Bad)
			}
		}
	}
}

// Bits flipped anywhere in the file never crash a reader, and whatever changes
// an answer is found.
func TestFlippedAnywhere(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(h, "p-0017")
	file := filepath.Join(t.TempDir(), "store.db")
	s := open(t, file)
	record(t, s, w)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before := answers(t, file)
	found := 0
	rng := rand.New(rand.NewPCG(11, 0))
	for range 25 {
		flipped := bytes.Clone(whole)
		bit := rng.IntN(8 * len(whole))
		flipped[bit/8] ^= 1 << (bit % 8)
		report, err := verifyBytes(t, h, flipped)
		if err != nil || !report.OK() {
			found++
			continue
		}
		copied := filepath.Join(t.TempDir(), "store.db")
		if err := os.WriteFile(copied, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := answers(t, copied); got != before {
			t.Errorf("bit %d changed what is read, unseen", bit)
		}
	}
	t.Logf("%d of 25 flips found; the others are in unused space or beside the signed bytes", found)
}

// answers are the signed bytes of all that is stored.
func answers(t *testing.T, file string) string {
	t.Helper()
	s, err := sqlite.OpenReadOnly(file)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var all strings.Builder
	for c, err := range s.Chunks(ctx, store.Query{Patient: "p-0017"}) {
		if err != nil {
			return err.Error()
		}
		all.WriteString(c.Patient)
		all.Write(c.Reading.Bytes)
	}
	for w, err := range s.Sealed(ctx, "p-0017") {
		if err != nil {
			return err.Error()
		}
		all.Write(w.Bytes)
	}
	return all.String()
}

func verifyBytes(t *testing.T, h *pkitest.Hospital, b []byte) (proof.Report, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "store.db")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.OpenReadOnly(file)
	if err != nil {
		return proof.Report{}, err
	}
	defer s.Close()
	report, err := proof.Verify(ctx, s, proof.Strict(func() proof.Trust { return pki.NewVerifier(h.Authority.Trust()) }), "p-0017")
	if err == nil && report.OK() {
		err = s.Check(ctx)
	}
	return report, err
}

// An auditor reads while the node writes, and sees whole batches only.
func TestReadWhileWriting(t *testing.T) {
	w := newWard(pkitest.New(t), "p-0017")
	file := filepath.Join(t.TempDir(), "store.db")
	node := open(t, file)
	defer node.Close()
	record(t, node, w)
	auditor, err := sqlite.OpenReadOnly(file)
	if err != nil {
		t.Fatal(err)
	}
	defer auditor.Close()
	done := make(chan error)
	go func() {
		for range 15 {
			readings := w.Readings(t, 4)
			wins, _ := storetest.Window(t, w, w.Window(t, readings))
			if err := node.Commit(ctx, store.Batch{Waiting: storetest.Chunks(w, readings), Windows: wins}); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for running := true; running; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			running = false
		default:
		}
		report, err := proof.Verify(ctx, auditor, w.Trust, "")
		if err != nil || !report.OK() || report.Patients[0].Waiting != 2 {
			t.Fatalf("%+v, %v", report, err)
		}
	}
	if err := auditor.Commit(ctx, store.Batch{}); !errors.Is(err, sqlite.ErrReadOnly) {
		t.Errorf("the auditor's commit: %v, want ErrReadOnly", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	alien := filepath.Join(dir, "alien.db")
	script(t, alien, "CREATE TABLE t (x); PRAGMA user_version = 1;")
	newer := filepath.Join(dir, "newer.db")
	if err := open(t, newer).Close(); err != nil {
		t.Fatal(err)
	}
	script(t, newer, "PRAGMA user_version = 99;")
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ file, want string }{
		{alien, "not a store of wardflow"},
		{newer, "newer than this wardflow knows"},
		{text, "not a database"},
		{filepath.Join(dir, "none", "store.db"), "open store"},
	} {
		for name, open := range map[string]func(string) (*sqlite.Store, error){"Open": sqlite.Open, "OpenReadOnly": sqlite.OpenReadOnly} {
			s, err := open(tt.file)
			if err == nil {
				s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s(%s): %v, want %q", name, filepath.Base(tt.file), err, tt.want)
			}
		}
	}
}

func script(t *testing.T, file, sql string) {
	t.Helper()
	conn, err := zombie.OpenConn(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(sqlitex.ExecuteScript(conn, sql, nil), conn.Close()); err != nil {
		t.Fatal(err)
	}
}

// Commits of one reading each, from one goroutine and from eight at once.
func BenchmarkCommit(b *testing.B) {
	h := pkitest.New(b)
	b.Run("one", func(b *testing.B) {
		s := open(b, filepath.Join(b.TempDir(), "store.db"))
		defer s.Close()
		chunks := storetest.Chunks(newWard(h, "p-1"), newWard(h, "p-1").Readings(b, b.N))
		b.ResetTimer()
		for i := range chunks {
			if err := s.Commit(ctx, store.Batch{Waiting: chunks[i : i+1], Checkpoint: flow.Checkpoint{Actor: "a", Epoch: 1}}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parallel", func(b *testing.B) {
		s := open(b, filepath.Join(b.TempDir(), "store.db"))
		defer s.Close()
		w := newWard(h, "p-1")
		chunks := make(chan store.Chunk, b.N)
		for _, c := range storetest.Chunks(w, w.Readings(b, b.N)) {
			chunks <- c
		}
		b.SetParallelism(16)
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := s.Commit(ctx, store.Batch{Waiting: []store.Chunk{<-chunks}}); err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("batches of 100", func(b *testing.B) {
		s := open(b, filepath.Join(b.TempDir(), "store.db"))
		defer s.Close()
		w := newWard(h, "p-1")
		chunks := storetest.Chunks(w, w.Readings(b, 100*b.N))
		b.ResetTimer()
		for i := range b.N {
			if err := s.Commit(ctx, store.Batch{Waiting: chunks[100*i : 100*i+100]}); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(100*float64(b.N)/b.Elapsed().Seconds(), "readings/s")
	})
}
