package proof

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Item is one reading as a device outside brings it. What is in it is only
// what it says about itself: who brought it, the connection tells.
type Item struct {
	Reading *flow.Reading // Device is "" unless the item names one
	Sealed  flow.Sealed   // as the device signed it; without bytes the item is plain
	Group   string        // the group that a plain item claims, or ""
}

// A Plain is a reading that nobody has signed yet, as people write it. Numbers
// are exact: a Value in decimal, or Samples of Scale millionths each.
type Plain struct {
	Device  string // EPC, 24 hex digits; may be ""
	Group   string // may be ""
	Stream  string
	Seq     uint64
	Kind    string
	Unit    string
	At      time.Time
	Period  time.Duration // between samples
	Scale   int64         // 10⁻⁶ Unit a step
	Samples []int64
	Value   string // instead of Scale and Samples: a decimal such as "36.6"
}

// Item checks a plain reading. Errors wrap [ErrForm].
func (p *Plain) Item() (Item, error) {
	r := &flow.Reading{Device: strings.ToUpper(p.Device), Stream: p.Stream, Seq: p.Seq, Kind: p.Kind, Unit: p.Unit,
		At: p.At.UTC(), Period: p.Period, Scale: p.Scale, Samples: p.Samples}
	if p.Device != "" {
		if _, err := epcBytes(r.Device); err != nil {
			return Item{}, err
		}
	}
	if err := text("group", p.Group, MaxText, false); err != nil {
		return Item{}, err
	}
	switch {
	case p.At.IsZero():
		return Item{}, fmt.Errorf("%w: at is missing: when the first sample was taken", ErrForm)
	case p.Value == "":
	case p.Scale != 0 || p.Samples != nil:
		return Item{}, fmt.Errorf("%w: value and samples: want one of them", ErrForm)
	default:
		sample, scale, err := decimal(p.Value)
		if err != nil {
			return Item{}, fmt.Errorf("%w: value: %w", ErrForm, err)
		}
		r.Samples, r.Scale = []int64{sample}, scale
	}
	if _, err := nanos("at", r.At); err != nil {
		return Item{}, err
	}
	if err := checkReading(r); err != nil {
		return Item{}, err
	}
	if n := len(packSamples(r.Samples).Content); n > MaxReading-besides {
		return Item{}, fmt.Errorf("%w: samples of %d bytes, at most %d are allowed", ErrForm, n, MaxReading-besides)
	}
	return Item{Reading: r, Group: p.Group}, nil
}

// besides is how many bytes of a reading that is vouched for are not its
// samples, at most.
const besides = 4 << 10

// decimal reads a number of at most six places, exactly: 36.60 is 3660 steps of
// 10,000 millionths.
func decimal(s string) (steps, scale int64, err error) {
	whole, places, _ := strings.Cut(s, ".")
	digits := strings.TrimPrefix(whole, "-")
	if digits == "" || len(places) > 6 || strings.HasSuffix(s, ".") || strings.TrimLeft(digits+places, "0123456789") != "" {
		return 0, 0, fmt.Errorf("%.40q is not a decimal number of at most six places", s)
	}
	if steps, err = strconv.ParseInt(whole+places, 10, 64); err != nil {
		return 0, 0, fmt.Errorf("%.40q is out of range", s)
	}
	scale = 1_000_000
	for range places {
		scale /= 10
	}
	return steps, scale, nil
}

// SealedItem opens a reading that a device has signed. It does not verify the
// signature. Errors wrap [ErrForm] or [ErrUnsigned].
func SealedItem(b []byte) (Item, *Reading, error) {
	s := flow.Sealed{Kind: KindReading, Bytes: b}
	r, err := OpenReading(s)
	if err != nil {
		return Item{}, nil, err
	}
	if r.Voucher != nil {
		return Item{}, nil, fmt.Errorf("%w: a collector has vouched for it, and its device has not signed", ErrUnsigned)
	}
	return Item{Reading: &r.Reading, Sealed: s}, r, nil
}

// plainCBOR is a Plain on the wire: a map by names.
type plainCBOR struct {
	Device  string          `cbor:"device"`
	Group   string          `cbor:"group"`
	Stream  string          `cbor:"stream"`
	Seq     uint64          `cbor:"seq"`
	Kind    string          `cbor:"kind"`
	Unit    string          `cbor:"unit"`
	At      cbor.RawMessage `cbor:"at"`
	Period  int64           `cbor:"period"` // ns
	Scale   int64           `cbor:"scale"`
	Samples []int64         `cbor:"samples"`
	Value   cbor.RawMessage `cbor:"value"`
}

// foreign reads CBOR that other people's encoders write: any order of keys, but
// each once, no unknown one, and no length left open.
var foreign = must(cbor.DecOptions{
	DupMapKey:         cbor.DupMapKeyEnforcedAPF,
	IndefLength:       cbor.IndefLengthForbidden,
	ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
	FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
	MaxNestedLevels:   8,
	MaxArrayElements:  MaxSamples,
	MaxMapPairs:       16,
}.DecMode())

// Items reads what a device sends as application/cbor (RFC 8949): one item, or
// an array of at most most of them. An item is a map, read as [Plain] with its
// keys in small letters, or a sealed reading: a COSE_Sign1 (tag 18), or a byte
// string that holds one. at is nanoseconds since 1970, or text of RFC 3339, with
// or without tag 0; value is text, an integer, or a decimal fraction (tag 4);
// no number is a float. Errors wrap [ErrForm] or [ErrUnsigned].
func Items(b []byte, most int) ([]Item, error) {
	if err := foreign.Wellformed(b); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if b[0]>>5 != 4 {
		it, err := item(b)
		return []Item{it}, err
	}
	var raw []cbor.RawMessage
	if err := foreign.Unmarshal(b, &raw); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if len(raw) == 0 || len(raw) > most {
		return nil, fmt.Errorf("%w: %d readings, want 1 to %d", ErrForm, len(raw), most)
	}
	items := make([]Item, len(raw))
	for i, one := range raw {
		var err error
		if items[i], err = item(one); err != nil {
			return nil, fmt.Errorf("reading %d: %w", i+1, err)
		}
	}
	return items, nil
}

func item(b []byte) (Item, error) {
	switch b[0] >> 5 {
	case 2:
		var sealed []byte
		if err := foreign.Unmarshal(b, &sealed); err != nil {
			return Item{}, fmt.Errorf("%w: %w", ErrForm, err)
		}
		it, _, err := SealedItem(sealed)
		return it, err
	case 5:
		return plainItem(b)
	case 6:
		it, _, err := SealedItem(bytes.Clone(b))
		return it, err
	}
	return Item{}, fmt.Errorf("%w: it is neither a map nor a sealed reading", ErrForm)
}

func plainItem(b []byte) (Item, error) {
	var w plainCBOR
	if err := foreign.Unmarshal(b, &w); err != nil {
		return Item{}, fmt.Errorf("%w: %w", ErrForm, err)
	}
	p := Plain{Device: w.Device, Group: w.Group, Stream: w.Stream, Seq: w.Seq, Kind: w.Kind, Unit: w.Unit,
		Period: time.Duration(w.Period), Scale: w.Scale, Samples: w.Samples}
	var err error
	if p.At, err = foreignTime(w.At); err != nil {
		return Item{}, fmt.Errorf("%w: at: %w", ErrForm, err)
	}
	if w.Value != nil {
		if p.Value, err = foreignDecimal(w.Value); err != nil {
			return Item{}, fmt.Errorf("%w: value: %w", ErrForm, err)
		}
	}
	return p.Item()
}

var errForeignTime = errors.New("want nanoseconds since 1970, or text as in RFC 3339")

func foreignTime(b cbor.RawMessage) (time.Time, error) {
	if b == nil {
		return time.Time{}, errForeignTime
	}
	if b[0]>>5 <= 1 {
		var ns int64
		if err := foreign.Unmarshal(b, &ns); err != nil {
			return time.Time{}, errForeignTime
		}
		return instant(ns), nil
	}
	if b[0] == 0xc0 { // tag 0
		b = b[1:]
	}
	var s string
	if err := foreign.Unmarshal(b, &s); err != nil {
		return time.Time{}, errForeignTime
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, errForeignTime
	}
	return t, nil
}

var errForeignDecimal = errors.New("want text such as 36.6, an integer, or a decimal fraction of at most six places")

func foreignDecimal(b cbor.RawMessage) (string, error) {
	var s string
	var n int64
	if foreign.Unmarshal(b, &n) == nil && b[0]>>5 <= 1 {
		return strconv.FormatInt(n, 10), nil
	}
	if b[0]>>5 == 3 && foreign.Unmarshal(b, &s) == nil && s != "" {
		return s, nil
	}
	var t cbor.RawTag
	var parts []int64
	if foreign.Unmarshal(b, &t) != nil || t.Number != 4 || foreign.Unmarshal(t.Content, &parts) != nil || len(parts) != 2 || parts[0] < -6 || parts[0] > 0 {
		return "", errForeignDecimal
	}
	places := int(-parts[0])
	digits := strconv.FormatInt(parts[1], 10)
	if places == 0 {
		return digits, nil
	}
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for len(digits) <= places {
		digits = "0" + digits
	}
	return sign + digits[:len(digits)-places] + "." + digits[len(digits)-places:], nil
}
