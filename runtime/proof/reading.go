package proof

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/wardflow/wardflow/runtime/flow"
)

// KindReading and KindWindow are the values of [flow.Sealed]'s Kind.
const (
	KindReading = "reading"
	KindWindow  = "window"
)

// A Reading is a sealed reading, opened. Opening it verifies nothing.
type Reading struct {
	flow.Reading
	Leaf  [32]byte // SHA-256(0x00 ‖ Bytes): its place in a window's Merkle tree
	Cert  [32]byte // SHA-256 of the leaf certificate of the device that signed, or that was vouched for
	Bytes []byte   // the signed bytes

	// Voucher is who signed in the device's place; nil when the device has
	// signed itself.
	Voucher *Voucher

	signed *signed
}

// chunk is the signed form of a flow.Reading.
type chunk struct {
	Version uint        `cbor:"1,keyasint"`
	Device  []byte      `cbor:"2,keyasint"` // EPC, 12 bytes
	Stream  string      `cbor:"3,keyasint"`
	Seq     uint64      `cbor:"4,keyasint"`
	Kind    string      `cbor:"5,keyasint"`
	Unit    string      `cbor:"6,keyasint"`
	At      int64       `cbor:"7,keyasint"` // ns since 1970
	Period  int64       `cbor:"8,keyasint"` // ns
	Scale   int64       `cbor:"9,keyasint"`
	Samples cbor.RawTag `cbor:"10,keyasint"` // a typed array of RFC 8746, the narrowest that fits
}

// Signed is when the reading was signed, as far as can be known: by the clock of
// the collector who vouched for it, or else when it was taken.
func (r *Reading) Signed() time.Time {
	if r.Voucher != nil {
		return r.Voucher.At
	}
	return r.At
}

// SealReading signs a reading with the device's key: COSE_Sign1, ES256, by the
// certificate dev.Chain[0] (P-256). Besides the form it checks what nobody
// downstream should have to: between 1 and [MaxSamples] samples, Scale above 0,
// Period 0 exactly when there is one sample, and each sample's
// [flow.Reading.Micro] within an int64. Kind and Unit may be empty; a rule
// refuses that. A reading that does not fit is [ErrForm].
func SealReading(dev flow.Signer, r *flow.Reading) (flow.Sealed, error) {
	c, err := chunkOf(r)
	if err != nil {
		return flow.Sealed{}, fmt.Errorf("seal reading: %w", err)
	}
	b, err := sign(dev, chunkSort, c.marshal())
	if err != nil {
		return flow.Sealed{}, fmt.Errorf("seal reading: %w", err)
	}
	if len(b) > MaxReading {
		return flow.Sealed{}, fmt.Errorf("seal reading: %w: %d bytes, at most %d are allowed", ErrForm, len(b), MaxReading)
	}
	return flow.Sealed{Kind: KindReading, Bytes: b}, nil
}

// OpenReading opens a sealed reading, strictly: only what [SealReading] or
// [Vouch] could have made. It does not verify the signature; call
// [Reading.Verify] with the certificate named by Cert or, when it has a
// Voucher, [Reading.VerifyVouched]. The reading shares its Bytes with s. Errors wrap
// [ErrForm] or [ErrUnsigned].
func OpenReading(s flow.Sealed) (*Reading, error) { return openReading(s, openVoucher) }

func openReading(s flow.Sealed, openVoucher func([]byte) (*signed, error)) (*Reading, error) {
	if s.Kind != KindReading {
		return nil, fmt.Errorf("open reading: %w: a %q was sealed here", ErrForm, s.Kind)
	}
	if len(s.Bytes) > MaxReading {
		return nil, fmt.Errorf("open reading: %w: %d bytes, at most %d are allowed", ErrForm, len(s.Bytes), MaxReading)
	}
	if isVouched(s.Bytes) {
		r, err := openVouched(s.Bytes, openVoucher)
		if err != nil {
			return nil, fmt.Errorf("open vouched reading: %w", err)
		}
		return r, nil
	}
	sg, err := open(s.Bytes, chunkSort)
	if err != nil {
		return nil, fmt.Errorf("open reading: %w", err)
	}
	var c chunk
	if err := decode(sg.payload, &c); err != nil {
		return nil, fmt.Errorf("open reading: %w", err)
	}
	r, err := c.reading()
	if err != nil {
		return nil, fmt.Errorf("open reading: %w", err)
	}
	return &Reading{Reading: *r, Leaf: LeafHash(s.Bytes), Cert: sg.signer, Bytes: s.Bytes, signed: sg}, nil
}

// Verify checks the device's signature with its leaf certificate, and that the
// certificate's subject serial number is the EPC the reading states. Whether
// the certificate is valid is for the caller to know. Errors wrap [ErrDevice]
// or [ErrCertificate]. A reading that is only vouched for is [ErrDevice].
func (r *Reading) Verify(cert *x509.Certificate) error {
	if r.Voucher != nil {
		return fmt.Errorf("%w: it has not signed, a collector has vouched for it", ErrDevice)
	}
	if err := r.signed.verify(cert, ErrDevice); err != nil {
		return err
	}
	if !strings.EqualFold(cert.Subject.SerialNumber, r.Device) {
		return fmt.Errorf("%w: it is that of device %q, the reading says %q", ErrCertificate, cert.Subject.SerialNumber, r.Device)
	}
	return nil
}

// End is when the last sample was taken.
func (r *Reading) End() time.Time {
	return r.At.Add(time.Duration(len(r.Samples)-1) * r.Period)
}

// Of is the stream the reading belongs to.
func (r *Reading) Of() Stream { return Stream{Device: r.Device, Name: r.Stream} }

// A Stream is one device's stream of readings.
type Stream struct {
	Device string // EPC, 24 hex digits, upper case
	Name   string // as in [flow.Reading].Stream
}

// String is the name and the device.
func (s Stream) String() string { return s.Name + " of device " + s.Device }

// LeafHash is SHA-256(0x00 ‖ chunk), the leaf of a signed reading (RFC 9162, section 2.1.1).
func LeafHash(chunk []byte) [32]byte { return hashLeaf(chunk) }

// hashLeaf is SHA-256 of a zero byte and of parts, one after the other.
func hashLeaf(parts ...[]byte) [32]byte {
	var room [512]byte // what is short is hashed where it stands, and allocates nothing
	b := room[:1]
	for _, p := range parts {
		b = append(b, p...)
	}
	return sha256.Sum256(b)
}

func chunkOf(r *flow.Reading) (*chunk, error) {
	epc, err := epcBytes(r.Device)
	if err != nil {
		return nil, err
	}
	at, err := nanos("the reading's time", r.At)
	if err != nil {
		return nil, err
	}
	c := &chunk{Version: version, Device: epc, Stream: r.Stream, Seq: r.Seq, Kind: r.Kind, Unit: r.Unit,
		At: at, Period: int64(r.Period), Scale: r.Scale, Samples: packSamples(r.Samples)}
	return c, checkReading(r)
}

func (c *chunk) reading() (*flow.Reading, error) {
	if c.Version != version {
		return nil, fmt.Errorf("%w: version %d of a reading is not known here", ErrForm, c.Version)
	}
	if len(c.Device) != 12 {
		return nil, fmt.Errorf("%w: the EPC has %d bytes, want 12", ErrForm, len(c.Device))
	}
	samples, err := unpackSamples(c.Samples)
	if err != nil {
		return nil, err
	}
	r := &flow.Reading{Device: epcText(c.Device), Stream: c.Stream, Seq: c.Seq, Kind: c.Kind, Unit: c.Unit,
		At: instant(c.At), Period: time.Duration(c.Period), Scale: c.Scale, Samples: samples}
	return r, checkReading(r)
}

func checkReading(r *flow.Reading) error {
	if err := text("stream", r.Stream, MaxText, true); err != nil {
		return err
	}
	if err := text("kind", r.Kind, MaxText, false); err != nil {
		return err
	}
	if err := text("unit", r.Unit, MaxText, false); err != nil {
		return err
	}
	n := len(r.Samples)
	switch {
	case r.Seq == 0 || r.Seq > math.MaxInt64:
		return fmt.Errorf("%w: sequence number %d, they count from 1", ErrForm, r.Seq)
	case n == 0 || n > MaxSamples:
		return fmt.Errorf("%w: %d samples, want 1 to %d", ErrForm, n, MaxSamples)
	case r.Scale <= 0:
		return fmt.Errorf("%w: scale %d, want above 0", ErrForm, r.Scale)
	case (r.Period == 0) != (n == 1) || r.Period < 0:
		return fmt.Errorf("%w: a period of %s between %d samples", ErrForm, r.Period, n)
	}
	low, high := r.Samples[0], r.Samples[0]
	for _, s := range r.Samples {
		low, high = min(low, s), max(high, s)
	}
	_, lok := product(low, r.Scale)
	if _, hok := product(high, r.Scale); !lok || !hok {
		return fmt.Errorf("%w: samples of %d to %d steps of %d millionths are out of range", ErrForm, low, high, r.Scale)
	}
	span, ok := product(int64(r.Period), int64(n-1))
	if at := r.At.UnixNano(); !ok || at > math.MaxInt64-span {
		return fmt.Errorf("%w: %d samples %s apart do not end before the year 2262", ErrForm, n, r.Period)
	}
	return nil
}

func epcBytes(s string) ([]byte, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 12 || s != strings.ToUpper(s) {
		return nil, fmt.Errorf("%w: EPC %q, want 24 hex digits, upper case", ErrForm, s)
	}
	return b, nil
}

func epcText(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

// The typed arrays of signed integers, big-endian, of RFC 8746, section 2.1:
// the tag is 72 plus the width's logarithm.
const int8Array = 72

func packSamples(samples []int64) cbor.RawTag {
	width := 0
	for _, s := range samples {
		for s != s<<(64-8<<width)>>(64-8<<width) {
			width++
		}
	}
	n := uint64(len(samples)) << width
	b := appendHead(make([]byte, 0, 9+n), majorBytes, n)
	for _, s := range samples {
		switch width {
		case 0:
			b = append(b, byte(s))
		case 1:
			b = binary.BigEndian.AppendUint16(b, uint16(s))
		case 2:
			b = binary.BigEndian.AppendUint32(b, uint32(s))
		default:
			b = binary.BigEndian.AppendUint64(b, uint64(s))
		}
	}
	return cbor.RawTag{Number: int8Array + uint64(width), Content: b}
}

func unpackSamples(t cbor.RawTag) ([]int64, error) {
	width := t.Number - int8Array
	if width > 3 {
		return nil, fmt.Errorf("%w: samples under tag %d", ErrForm, t.Number)
	}
	var b []byte
	if err := decode(t.Content, &b); err != nil {
		return nil, err
	}
	if len(b)>>width > MaxSamples || len(b)&(1<<width-1) != 0 {
		return nil, fmt.Errorf("%w: samples in %d bytes", ErrForm, len(b))
	}
	samples := make([]int64, len(b)>>width)
	for i := range samples {
		switch p := b[i<<width:]; width {
		case 0:
			samples[i] = int64(int8(p[0]))
		case 1:
			samples[i] = int64(int16(binary.BigEndian.Uint16(p)))
		case 2:
			samples[i] = int64(int32(binary.BigEndian.Uint32(p)))
		default:
			samples[i] = int64(binary.BigEndian.Uint64(p))
		}
	}
	if packSamples(samples).Number != t.Number {
		return nil, fmt.Errorf("%w: samples are wider than they need", ErrForm)
	}
	return samples, nil
}
