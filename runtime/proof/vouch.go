package proof

import (
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A device that can't sign brings its readings over a connection on which it
// has proved its certificate, and the collector that took them signs in its
// place. Such a reading is vouched for, and stays so for ever: its bytes are
//
//	vouched = {reading, SHA-256 of the device's certificate, index, path, voucher}
//	voucher = COSE_Sign1(time, count, Merkle root of {reading, certificate})  by the collector
//
// so that many readings, of several devices, cost one signature. A voucher says
// less than a device's own signature: that the collector has not made the
// reading up has only the collector's word.

// maxVouched is how many readings one voucher may cover.
const maxVouched = 256

var vouchSort = sort{"application/vnd.wardflow.voucher+cbor", "wardflow.voucher/1"}

// A Voucher is who signed a reading in its device's place.
type Voucher struct {
	Cert [32]byte  // SHA-256 of the collector's leaf certificate
	At   time.Time // when, by the collector's clock

	signed *signed
}

// A Vouched is a reading that a collector has taken from its device.
type Vouched struct {
	Reading *flow.Reading
	Device  [32]byte // SHA-256 of the leaf certificate that the device has proved
}

// vouched is the form of a reading that is vouched for.
type vouched struct {
	Version uint   `cbor:"1,keyasint"`
	Reading []byte `cbor:"2,keyasint"` // a chunk
	Device  []byte `cbor:"3,keyasint"` // 32 bytes
	Index   uint   `cbor:"4,keyasint"`
	Path    []byte `cbor:"5,keyasint"` // 32 bytes each, from the leaf up
	Voucher []byte `cbor:"6,keyasint"`
}

type voucher struct {
	Version uint   `cbor:"1,keyasint"`
	At      int64  `cbor:"2,keyasint"` // ns since 1970
	Count   uint   `cbor:"3,keyasint"`
	Root    []byte `cbor:"4,keyasint"` // 32 bytes
}

// Vouch signs for readings with a collector's key (P-256), 1 to 256 at once, and
// gives them sealed, in order. What is checked of each is as in [SealReading].
// Errors wrap [ErrForm].
func Vouch(by flow.Signer, at time.Time, rs []Vouched) ([]flow.Sealed, error) {
	sealed, _, _, err := vouch(by, at, rs)
	if err != nil {
		return nil, fmt.Errorf("vouch for readings: %w", err)
	}
	return sealed, nil
}

// vouch gives the voucher as well: its bytes, and as [openVoucher] would.
func vouch(by flow.Signer, at time.Time, rs []Vouched) (sealed []flow.Sealed, bytes []byte, opened *signed, err error) {
	fail := func(err error) ([]flow.Sealed, []byte, *signed, error) { return nil, nil, nil, err }
	if len(rs) == 0 || len(rs) > maxVouched {
		return fail(fmt.Errorf("%w: %d readings, want 1 to %d", ErrForm, len(rs), maxVouched))
	}
	forms := make([]vouched, len(rs))
	leaves := make([][32]byte, len(rs))
	for i, r := range rs {
		c, err := chunkOf(r.Reading)
		if err != nil {
			return fail(err)
		}
		b := c.marshal()
		forms[i] = vouched{Version: version, Reading: b, Device: rs[i].Device[:], Index: uint(i)}
		leaves[i] = vouchedLeaf(b, rs[i].Device[:])
	}
	ns, err := nanos("the time of the voucher", at)
	if err != nil {
		return fail(err)
	}
	paths := make([][][32]byte, len(rs))
	root := allPaths(leaves, paths)
	payload, err := encoding.Marshal(voucher{Version: version, At: ns, Count: uint(len(rs)), Root: root[:]})
	if err != nil {
		return fail(err)
	}
	v, opened, err := signOpen(by, vouchSort, payload)
	if err != nil {
		return fail(err)
	}
	sealed = make([]flow.Sealed, len(rs))
	for i := range forms {
		forms[i].Path, forms[i].Voucher = packHashes(paths[i]), v
		b := forms[i].marshal()
		if len(b) > MaxReading {
			return fail(fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrForm, len(b), MaxReading))
		}
		sealed[i] = flow.Sealed{Kind: KindReading, Bytes: b}
	}
	return sealed, v, opened, nil
}

// vouchedLeaf is the leaf under a voucher's root. The certificate comes first:
// it has always 32 bytes.
func vouchedLeaf(reading, device []byte) [32]byte { return hashLeaf(device, reading) }

// allPaths appends to each leaf's audit path and returns the root (RFC 9162,
// section 2.1).
func allPaths(leaves [][32]byte, paths [][][32]byte) [32]byte {
	if len(leaves) == 1 {
		return leaves[0]
	}
	half := halfOf(len(leaves))
	left, right := allPaths(leaves[:half], paths[:half]), allPaths(leaves[half:], paths[half:])
	for i := range paths {
		if i < half {
			paths[i] = append(paths[i], right)
		} else {
			paths[i] = append(paths[i], left)
		}
	}
	return hashNode(left, right)
}

// isVouched tells the two forms of a reading apart: a COSE_Sign1 is a tag or an
// array, a vouched reading a map (RFC 8949, section 3).
func isVouched(b []byte) bool { return len(b) > 0 && b[0]>>5 == 5 }

// openVouched opens a reading that is vouched for. It holds the reading against
// the voucher's root, and verifies no signature.
func openVouched(b []byte, openVoucher func([]byte) (*signed, error)) (*Reading, error) {
	var f vouched
	if err := decode(b, &f); err != nil {
		return nil, err
	}
	if f.Version != version || len(f.Device) != 32 {
		return nil, fmt.Errorf("%w: version %d of a vouched reading, a certificate's hash of %d bytes", ErrForm, f.Version, len(f.Device))
	}
	var c chunk
	if err := decode(f.Reading, &c); err != nil {
		return nil, err
	}
	r, err := c.reading()
	if err != nil {
		return nil, err
	}
	sg, err := openVoucher(f.Voucher)
	if err != nil {
		return nil, err
	}
	var v voucher
	if err := decode(sg.payload, &v); err != nil {
		return nil, err
	}
	if v.Version != version || len(v.Root) != 32 || v.Count == 0 || v.Count > maxVouched || f.Index >= v.Count {
		return nil, fmt.Errorf("%w: version %d of a voucher, reading %d of %d", ErrForm, v.Version, f.Index, v.Count)
	}
	hashes, err := unpackHashes(f.Path, 8)
	if err != nil {
		return nil, err
	}
	root, err := rootOf(vouchedLeaf(f.Reading, f.Device), uint64(f.Index), uint64(v.Count), hashes)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if root != [32]byte(v.Root) {
		return nil, ErrVoucher
	}
	return &Reading{Reading: *r, Leaf: LeafHash(b), Cert: [32]byte(f.Device), Bytes: b,
		Voucher: &Voucher{Cert: sg.signer, At: instant(v.At), signed: sg}}, nil
}

func openVoucher(b []byte) (*signed, error) { return open(b, vouchSort) }

// VerifyVouched checks a reading that is vouched for: the collector's signature
// by its leaf certificate, and that the device's certificate is the one that the
// voucher names, with the EPC that the reading states. Whether both are valid,
// and [MayVouch], is for the caller to ask. Errors wrap [ErrVoucher] or
// [ErrCertificate]; a reading that its device has signed is [ErrVoucher].
func (r *Reading) VerifyVouched(device, collector *x509.Certificate) error {
	if r.Voucher == nil {
		return fmt.Errorf("%w: the reading has none", ErrVoucher)
	}
	if sha256.Sum256(device.Raw) != r.Cert {
		return fmt.Errorf("%w: the voucher names the device's certificate %x, this is %x", ErrCertificate, r.Cert[:4], fingerprint(device))
	}
	if !strings.EqualFold(device.Subject.SerialNumber, r.Device) {
		return fmt.Errorf("%w: it is that of device %q, the reading says %q", ErrCertificate, device.Subject.SerialNumber, r.Device)
	}
	return r.Voucher.signed.verify(collector, ErrVoucher)
}

// MayVouch is nil if one may sign readings in the place of the other: a
// collector for a device of its own room. Both identities are verified.
func MayVouch(collector, device flow.Identity) error {
	switch {
	case collector.Role != flow.RoleCollector:
		return fmt.Errorf("%w: %s is no collector", ErrVoucher, collector.URI)
	case device.Role != flow.RoleDevice:
		return fmt.Errorf("%w: %s is no device", ErrVoucher, device.URI)
	case collector.Hospital() != device.Hospital():
		return fmt.Errorf("%w: %s vouches for %s of another hospital", ErrVoucher, collector.URI, device.URI)
	case room(collector.Group) == "" || room(collector.Group) != room(device.Group):
		return fmt.Errorf("%w: %s of group %s vouches for %s of group %s: not the same room", ErrVoucher,
			collector.URI, collector.Group, device.URI, device.Group)
	}
	return nil
}

// room is site/floor/room of a group site/floor/room/type.
func room(group string) string {
	i := strings.LastIndexByte(group, '/')
	if i < 0 {
		return ""
	}
	return group[:i]
}
