package proof

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Opener opens readings and windows and remembers what of them comes again, for those in one process who look
// at the same bytes one after the other: what was opened, and what signature was
// found to hold, is not worked out again. Its methods may be called by several
// goroutines; the readings that it gives are shared and must not be changed.
type Opener struct {
	mu       sync.Mutex               // guards what follows
	readings recent[uint64, *Reading] // by the hash of their bytes, which are compared as well
	vouchers recent[[32]byte, *signed]
	certs    recent[uint64, *x509.Certificate] // by the hash of their bytes, which are compared as well
	seed     maphash.Seed
}

// How much an opener remembers: a few seconds of a busy node.
const (
	openReadings = 4096
	openVouchers = 1024
	openCerts    = 2048 // of devices, collectors, cards and judges in windows
	openBytes    = 2048 // of one reading; longer ones are opened each time
)

// NewOpener makes an opener that remembers nothing yet.
func NewOpener() *Opener {
	return &Opener{readings: newRecent[uint64, *Reading](openReadings), vouchers: newRecent[[32]byte, *signed](openVouchers),
		certs: newRecent[uint64, *x509.Certificate](openCerts), seed: maphash.MakeSeed()}
}

// Open is [OpenReading].
func (o *Opener) Open(s flow.Sealed) (*Reading, error) {
	if s.Kind != KindReading || len(s.Bytes) > openBytes {
		return OpenReading(s)
	}
	hash := maphash.Bytes(o.seed, s.Bytes)
	if r, ok := remembered(o, &o.readings, hash); ok && bytes.Equal(r.Bytes, s.Bytes) {
		return r, nil
	}
	r, err := openReading(s, o.voucher)
	if err == nil {
		remember(o, &o.readings, hash, r)
	}
	return r, err
}

// OpenWindow is [OpenWindow]. Certificates that were in a window lately are not
// parsed again: they are shared, too.
func (o *Opener) OpenWindow(s flow.Sealed) (*Window, error) { return openWindow(s, o.certificate) }

func (o *Opener) certificate(der []byte) (*x509.Certificate, error) {
	hash := maphash.Bytes(o.seed, der)
	if cert, ok := remembered(o, &o.certs, hash); ok && bytes.Equal(cert.Raw, der) {
		return cert, nil
	}
	cert, err := x509.ParseCertificate(der)
	if err == nil {
		remember(o, &o.certs, hash, cert)
	}
	return cert, err
}

// Vouch is [Vouch], and remembers what it has signed: who signs here need not
// look at his own signature again.
func (o *Opener) Vouch(by flow.Signer, at time.Time, rs []Vouched) ([]flow.Sealed, error) {
	sealed, b, sg, err := vouch(by, at, rs)
	if err != nil {
		return nil, fmt.Errorf("vouch for readings: %w", err)
	}
	remember(o, &o.vouchers, sha256.Sum256(b), sg)
	ns := instant(at.UnixNano())
	for i, s := range sealed {
		if len(s.Bytes) > openBytes {
			continue
		}
		remember(o, &o.readings, maphash.Bytes(o.seed, s.Bytes), &Reading{Reading: *rs[i].Reading, Leaf: LeafHash(s.Bytes), Cert: rs[i].Device, Bytes: s.Bytes,
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

func remembered[K comparable, T any](o *Opener, in *recent[K, T], key K) (T, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	v, ok := in.of[key]
	return v, ok
}

func remember[K comparable, T any](o *Opener, in *recent[K, T], key K, v T) {
	o.mu.Lock()
	defer o.mu.Unlock()
	in.put(key, v)
}

// recent holds the newest values.
type recent[K comparable, T any] struct {
	of   map[K]T
	ring []K // oldest at next, once it is full
	next int
	most int
}

func newRecent[K comparable, T any](most int) recent[K, T] {
	return recent[K, T]{of: map[K]T{}, most: most}
}

func (r *recent[K, T]) put(key K, v T) {
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
