package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
	"github.com/wardflow/wardflow/runtime/store/storetest"
)

func openReplica(t *testing.T, file string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.OpenReplica(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// An entry is one transaction: of its batches each stands alone, and the entry's
// number is stored with what they left.
func TestApply(t *testing.T) {
	w := newWard(pkitest.New(t), "p-1")
	file := filepath.Join(t.TempDir(), "store.db")
	s := openReplica(t, file)
	readings := w.Readings(t, 4)
	err := s.Apply(func(tx *sqlite.Tx) error {
		if err := tx.Commit(store.Batch{Waiting: storetest.Chunks(w, readings[:2])}); err != nil {
			t.Errorf("the first batch: %v", err)
		}
		if err := tx.Commit(store.Batch{Waiting: storetest.Chunks(w, readings[1:3])}); !errors.Is(err, store.ErrReplay) || sqlite.Local(err) {
			t.Errorf("the second batch: %v, want ErrReplay", err)
		}
		if c, err := tx.Fence("a:s", 7); err != nil || c.Epoch != 7 {
			t.Errorf("fence: %+v, %v", c, err)
		}
		if _, err := tx.Fence("a:s", 6); !errors.Is(err, flow.ErrStale) {
			t.Errorf("older fence: %v, want ErrStale", err)
		}
		return tx.Reach(12)
	})
	if err != nil {
		t.Fatal(err)
	}
	failed := errors.New("the disk is full")
	err = s.Apply(func(tx *sqlite.Tx) error {
		if err := tx.Commit(store.Batch{Waiting: storetest.Chunks(w, readings[2:])}); err != nil {
			t.Errorf("the third batch: %v", err)
		}
		if err := tx.Reach(13); err != nil {
			t.Error(err)
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("the second entry: %v, want what it failed for", err)
	}
	s.Close()
	s = openReplica(t, file)
	if n, follows, err := s.Reached(ctx); err != nil || n != 12 || !follows {
		t.Errorf("reached entry %d, %v, want 12", n, err)
	}
	if c, err := s.Counts(ctx); err != nil || c.Waiting != 2 {
		t.Errorf("%d readings wait, %v, want those of the first batch", c.Waiting, err)
	}
}

// What an origin was answered last is known until it has been silent for long;
// the parts of a question are put together once they are all there.
func TestOrigins(t *testing.T) {
	s := openReplica(t, filepath.Join(t.TempDir(), "store.db"))
	a, b := []byte("a"), []byte("b")
	err := s.Apply(func(tx *sqlite.Tx) error {
		for n := range uint64(3) {
			if err := errors.Join(tx.Stage(a, n, []byte{byte(n)}), tx.Stage(b, n, []byte("x"))); err != nil {
				return err
			}
		}
		if whole, n, err := tx.Staged(a, 3); err != nil || n != 3 || !slices.Equal(whole, []byte{0, 1, 2}) {
			t.Errorf("staged %v, %v", whole, err)
		}
		if whole, n, err := tx.Staged(a, 1); err != nil || n != 0 {
			t.Errorf("staged again: %v", whole)
		}
		return errors.Join(tx.Answer(a, 1, 10, []byte("no")), tx.Answer(a, 2, 11, []byte("yes")), tx.Answer(b, 5, 3, nil), tx.Forget(4))
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Apply(func(tx *sqlite.Tx) error {
		if seq, answer, err := tx.Answered(a); err != nil || seq != 2 || string(answer) != "yes" {
			t.Errorf("the first origin was answered %d, %q, %v", seq, answer, err)
		}
		if seq, _, err := tx.Answered(b); err != nil || seq != 0 {
			t.Errorf("the silent origin is still known by %d, %v", seq, err)
		}
		if whole, n, err := tx.Staged(b, 3); err != nil || n != 0 {
			t.Errorf("parts of the silent origin: %q", whole)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A picture of a store stays as it was while the store goes on, and another
// store takes it over whole, under its readers' eyes.
func TestFreezeAndOverwrite(t *testing.T) {
	h := pkitest.New(t)
	w := newWard(h, "p-0017")
	dir := t.TempDir()
	from := openReplica(t, filepath.Join(dir, "from.db"))
	record(t, from, w)
	picture, err := from.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	more := w.Readings(t, 5)
	if err := from.Commit(ctx, store.Batch{Waiting: storetest.Chunks(w, more)}); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "copy.db")
	if err := picture.Copy(copied); err != nil {
		t.Fatal(err)
	}
	if err := picture.Copy(copied); !errors.Is(err, os.ErrExist) {
		t.Errorf("a copy over another: %v", err)
	}
	if err := picture.Release(); err != nil {
		t.Fatal(err)
	}
	to := openReplica(t, filepath.Join(dir, "to.db"))
	other := newWard(h, "p-9")
	if err := to.Commit(ctx, store.Batch{Waiting: storetest.Chunks(other, other.Readings(t, 300))}); err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, err := range to.Chunks(ctx, store.Query{}) { // longer than a page, so it walks over the change
		if err != nil {
			t.Fatal(err)
		}
		if read++; read == 1 {
			if err := to.Overwrite(copied); err != nil {
				t.Fatal(err)
			}
		}
	}
	if c, err := to.Counts(ctx); err != nil || c.Patients != 1 || c.Readings != 27 || c.Waiting != 2 {
		t.Errorf("taken over: %+v, %v, want the 27 readings and 2 of the picture", c, err)
	}
	if err := to.Commit(ctx, store.Batch{Waiting: storetest.Chunks(w, more)}); err != nil {
		t.Errorf("it does not go on: %v", err)
	}
	if err := to.Check(ctx); err != nil {
		t.Error(err)
	}
	to.Close()
	to = openReplica(t, filepath.Join(dir, "to.db"))
	if r, err := proof.Verify(ctx, to, w.Trust, ""); err != nil || !r.OK() {
		t.Errorf("the copy's record: %+v, %v", r, err)
	}
}

// A file that is no copy of a store, or is damaged, replaces nothing.
func TestOverwriteWithOther(t *testing.T) {
	w := newWard(pkitest.New(t), "p-1")
	dir := t.TempDir()
	s := openReplica(t, filepath.Join(dir, "store.db"))
	record(t, s, w)
	picture, err := s.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	defer picture.Release()
	whole := filepath.Join(dir, "whole.db")
	if err := picture.Copy(whole); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for name, bytes := range map[string][]byte{"empty": nil, "text": []byte(strings.Repeat("no store", 1000)), "cut": b[:len(b)/2]} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Overwrite(file); err == nil {
			t.Errorf("a file that is %s was taken", name)
		}
	}
	if c, err := s.Counts(ctx); err != nil || c.Readings != 27 {
		t.Errorf("afterwards %+v, %v", c, err)
	}
}
