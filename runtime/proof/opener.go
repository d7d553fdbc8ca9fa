package proof

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Opener opens readings and remembers them, for those in one process who look
// at the same bytes one after the other: what was opened, and what signature was
// found to hold, is not worked out again. Its method may be called by several
// goroutines; the readings that it gives are shared and must not be changed.
type Opener struct {
	mu       sync.Mutex // guards what follows
	readings recent[*Reading]
	vouchers recent[*signed]
}

// How much an opener remembers: a few seconds of a busy node.
const (
	openReadings = 4096
	openVouchers = 1024
	openBytes    = 2048 // of one reading; longer ones are opened each time
)

// NewOpener makes an opener that remembers nothing yet.
func NewOpener() *Opener {
	return &Opener{readings: newRecent[*Reading](openReadings), vouchers: newRecent[*signed](openVouchers)}
}

// Open is [OpenReading].
func (o *Opener) Open(s flow.Sealed) (*Reading, error) {
	if s.Kind != KindReading || len(s.Bytes) > openBytes {
		return OpenReading(s)
	}
	leaf := LeafHash(s.Bytes)
	if r, ok := remembered(o, &o.readings, leaf); ok {
		return r, nil
	}
	r, err := openReading(s, o.voucher)
	if err == nil {
		remember(o, &o.readings, leaf, r)
	}
	return r, err
}

// Vouch is [Vouch], and remembers what it has signed: who signs here need not
// look at his own signature again.
func (o *Opener) Vouch(by flow.Signer, at time.Time, rs []Vouched) ([]flow.Sealed, error) {
	sealed, b, err := vouch(by, at, rs)
	if err != nil {
		return nil, fmt.Errorf("vouch for readings: %w", err)
	}
	sg, err := openVoucher(b)
	if err != nil {
		return nil, fmt.Errorf("vouch for readings: %w", err)
	}
	sg.held.Store(by.Chain[0])
	remember(o, &o.vouchers, sha256.Sum256(b), sg)
	ns := instant(at.UnixNano())
	for i, s := range sealed {
		if len(s.Bytes) > openBytes {
			continue
		}
		leaf := LeafHash(s.Bytes)
		remember(o, &o.readings, leaf, &Reading{Reading: *rs[i].Reading, Leaf: leaf, Cert: rs[i].Device, Bytes: s.Bytes,
			Voucher: &Voucher{Cert: sg.signer, At: ns, signed: sg}})
	}
	return sealed, nil
}

func (o *Opener) voucher(b []byte) (*signed, error) {
	sum := sha256.Sum256(b)
	if v, ok := remembered(o, &o.vouchers, sum); ok {
		return v, nil
	}
	v, err := openVoucher(b)
	if err == nil {
		remember(o, &o.vouchers, sum, v)
	}
	return v, err
}

func remembered[T any](o *Opener, in *recent[T], key [32]byte) (T, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	v, ok := in.of[key]
	return v, ok
}

func remember[T any](o *Opener, in *recent[T], key [32]byte, v T) {
	o.mu.Lock()
	defer o.mu.Unlock()
	in.put(key, v)
}

// recent holds the newest values.
type recent[T any] struct {
	of   map[[32]byte]T
	ring [][32]byte // oldest at next, once it is full
	next int
	most int
}

func newRecent[T any](most int) recent[T] { return recent[T]{of: map[[32]byte]T{}, most: most} }

func (r *recent[T]) put(key [32]byte, v T) {
	if _, known := r.of[key]; known {
		return
	}
	r.of[key] = v
	if len(r.ring) < r.most {
		r.ring = append(r.ring, key)
		return
	}
	delete(r.of, r.ring[r.next])
	r.ring[r.next] = key
	r.next = (r.next + 1) % r.most
}
