package card

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// ErrWrongCard reports a card in a patient's slot that is not that patient's.
var ErrWrongCard = errors.New("the card is not the patient's")

// A Folder reads soft cards from a folder with one folder for each patient,
// named by the pseudonym, that holds cert.pem and key.pem as "wardflow ca
// patient" writes them. To insert a card is to put its folder there, to pull it
// is to take it away; each is seen at the next [Folder.Card]. Any goroutine may
// call it.
type Folder struct {
	dir string

	mu    sync.Mutex // guards cards
	cards map[string]slot
}

// A slot is a card as it was read, and what its files were then.
type slot struct {
	cert, key os.FileInfo
	card      flow.Signer
}

// NewFolder reads cards from dir, which need not exist yet.
func NewFolder(dir string) *Folder { return &Folder{dir: dir, cards: map[string]slot{}} }

// Card is the patient's card, if it is there now. The error wraps
// [flow.ErrLater] when no card is inserted, or one that can't be read yet; it
// wraps [ErrWrongCard] when the card is another patient's, no patient's card at
// all, or has expired.
func (f *Folder) Card(patient string) (flow.Signer, error) { return f.At(time.Now(), patient) }

// At is [Folder.Card] for a clock that shows now.
func (f *Folder) At(now time.Time, patient string) (flow.Signer, error) {
	s, err := f.card(now, patient)
	if err != nil {
		return flow.Signer{}, fmt.Errorf("card of the patient: %w", flow.Unnamed(err, patient))
	}
	return s, nil
}

func (f *Folder) card(now time.Time, patient string) (flow.Signer, error) {
	if patient == "" || patient == "." || patient == ".." || strings.ContainsAny(patient, "/\\\x00") {
		return flow.Signer{}, fmt.Errorf("%w: what the script names is no pseudonym", ErrWrongCard)
	}
	dir := filepath.Join(f.dir, patient)
	cert, err := os.Stat(filepath.Join(dir, "cert.pem"))
	if err != nil {
		return flow.Signer{}, f.pulled(patient, err)
	}
	key, err := os.Stat(filepath.Join(dir, "key.pem"))
	if err != nil {
		return flow.Signer{}, f.pulled(patient, err)
	}
	f.mu.Lock()
	known, ok := f.cards[patient]
	f.mu.Unlock()
	if !ok || !same(known.cert, cert) || !same(known.key, key) {
		card, err := pki.LoadSigner(dir)
		if errors.Is(err, pki.ErrExposed) {
			return flow.Signer{}, err
		}
		if err != nil {
			return flow.Signer{}, f.pulled(patient, err)
		}
		known = slot{cert: cert, key: key, card: card}
		f.mu.Lock()
		f.cards[patient] = known
		f.mu.Unlock()
	}
	switch id := known.card.ID; {
	case id.Role != flow.RolePatient || id.Name != patient:
		return flow.Signer{}, fmt.Errorf("%w: its certificate is %x", ErrWrongCard, id.Leaf[:4])
	case now.After(id.NotAfter):
		return flow.Signer{}, fmt.Errorf("%w any more: it ended %s", ErrWrongCard, id.NotAfter.UTC().Format(time.RFC3339))
	}
	return known.card, nil
}

// pulled forgets the card of a slot that is empty, or not readable yet because
// somebody is writing it.
func (f *Folder) pulled(patient string, err error) error {
	f.mu.Lock()
	delete(f.cards, patient)
	f.mu.Unlock()
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("none is inserted in %s: %w", f.dir, flow.ErrLater)
	}
	return fmt.Errorf("%w: %w", err, flow.ErrLater)
}

// same reports whether a file has not been written anew.
func same(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}
