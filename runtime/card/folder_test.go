package card_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/card"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

func insert(t *testing.T, dir, slot string, s flow.Signer) {
	t.Helper()
	if err := pki.SaveSigner(filepath.Join(dir, slot), s); err != nil {
		t.Fatal(err)
	}
}

// A card is inserted, used, pulled, and another one inserted.
func TestCard(t *testing.T) {
	h := pkitest.New(t)
	dir := filepath.Join(t.TempDir(), "cards")
	cards := card.NewFolder(dir)
	if _, err := cards.Card("p-1"); !errors.Is(err, flow.ErrLater) {
		t.Errorf("before there is a folder: %v, want ErrLater", err)
	}
	first := h.Patient("p-1")
	insert(t, dir, "p-1", first)
	got, err := cards.Card("p-1")
	if err != nil || got.ID.Leaf != first.ID.Leaf || got.Key == nil {
		t.Fatalf("inserted: %+v, %v", got.ID, err)
	}
	if _, err := cards.Card("p-2"); !errors.Is(err, flow.ErrLater) {
		t.Errorf("another patient's: %v, want ErrLater", err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "p-1")); err != nil {
		t.Fatal(err)
	}
	if _, err := cards.Card("p-1"); !errors.Is(err, flow.ErrLater) {
		t.Errorf("pulled: %v, want ErrLater", err)
	}
	second := h.Patient("p-1")
	insert(t, dir, "p-1", second)
	if got, err = cards.Card("p-1"); err != nil || got.ID.Leaf != second.ID.Leaf {
		t.Errorf("a second card: %+v, %v", got.ID, err)
	}
	third := h.Patient("p-1")
	insert(t, dir, "p-1", third) // over the second
	if got, err = cards.Card("p-1"); err != nil || got.ID.Leaf != third.ID.Leaf {
		t.Errorf("a renewed card: %+v, %v", got.ID, err)
	}
}

func TestWrongCards(t *testing.T) {
	h := pkitest.New(t)
	dir := t.TempDir()
	cards := card.NewFolder(dir)
	insert(t, dir, "p-1", h.Patient("p-2"))
	insert(t, dir, "p-3", h.Staff("p-3"))
	insert(t, dir, "p-5", h.Patient("p-5"))
	key := filepath.Join(dir, "p-5", "key.pem")
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	insert(t, dir, "p-6", h.Patient("p-6"))
	if err := os.WriteFile(filepath.Join(dir, "p-6", "cert.pem"), []byte("half a"), 0o600); err != nil {
		t.Fatal(err)
	}
	for patient, want := range map[string]error{
		"p-1":    card.ErrWrongCard,
		"p-3":    card.ErrWrongCard,
		"p-5":    pki.ErrExposed,
		"p-6":    flow.ErrLater, // being written
		"":       card.ErrWrongCard,
		"..":     card.ErrWrongCard,
		"../p-1": card.ErrWrongCard,
	} {
		if _, err := cards.Card(patient); !errors.Is(err, want) {
			t.Errorf("card of %q: %v, want %v", patient, err, want)
		}
	}
}

func TestExpiredCard(t *testing.T) {
	h := pkitest.New(t)
	dir := t.TempDir()
	s := h.Issue(pki.Request{Role: flow.RolePatient, Name: "p-1", Life: time.Hour})
	insert(t, dir, "p-1", s)
	cards := card.NewFolder(dir)
	if _, err := cards.Card("p-1"); err != nil {
		t.Errorf("while it holds: %v", err)
	}
	if _, err := cards.At(time.Now().Add(2*time.Hour), "p-1"); !errors.Is(err, card.ErrWrongCard) {
		t.Errorf("an hour after its end: %v, want ErrWrongCard", err)
	}
}

// Cards may be asked for while one is renewed: each answer is a whole card.
func TestCardsOfMany(t *testing.T) {
	h := pkitest.New(t)
	dir := t.TempDir()
	signers := []flow.Signer{h.Patient("p-1"), h.Patient("p-1")}
	insert(t, dir, "p-1", signers[0])
	cards := card.NewFolder(dir)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 200 {
				s, err := cards.Card("p-1")
				if errors.Is(err, flow.ErrLater) {
					continue // caught in the middle
				}
				if err != nil || s.ID.Name != "p-1" || s.Key.Public() == nil {
					t.Errorf("%+v, %v", s.ID, err)
				}
			}
		})
	}
	for i := range 50 {
		insert(t, dir, "p-1", signers[i%2])
	}
	all.Wait()
}
