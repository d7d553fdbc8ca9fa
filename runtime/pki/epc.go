package pki

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The layouts are those of the GS1 EPC Tag Data Standard, section 14. Each
// scheme but GID is header (8 bits), filter (3), partition (3), company prefix,
// reference, serial; the partition says how the bits between the filter and the
// serial are shared, so that a longer company prefix leaves a shorter reference.

// An EPC is the 96-bit number of a thing: a device, a room, a trolley. The zero
// value is none. Its text forms are the pure identity (urn:epc:id:…), which
// names the thing, and the tag URI (urn:epc:tag:…), which has the filter too.
type EPC [12]byte

// ErrEPC reports an EPC that is not one of the six schemes we read, or whose
// numbers do not fit its scheme.
var ErrEPC = errors.New("not an EPC")

// plainFilter is the filter of an EPC read from a pure identity, which has
// none. Certificates carry this one only, so that one device has one EPC.
const plainFilter = 3

// companyBits is the width of the company prefix by partition 0 to 6; it has
// 12 − partition digits.
var companyBits = [7]int{40, 37, 34, 30, 27, 24, 20}

// A layout is how one scheme fills the bits.
type layout struct {
	name   string
	header byte
	both   int // bits of company prefix and reference
	digits int // digits of company prefix and reference; 0: the reference has no fixed width
	serial int // bits of the serial; 0: it has none, and what is left is zero
}

var layouts = []layout{
	{name: "sgtin", header: 0x30, both: 44, digits: 13, serial: 38},
	{name: "sscc", header: 0x31, both: 58, digits: 17},
	{name: "sgln", header: 0x32, both: 41, digits: 12, serial: 41},
	{name: "grai", header: 0x33, both: 44, digits: 12, serial: 38},
	{name: "giai", header: 0x34, both: 82},
	{name: "gid", header: 0x35}, // manager 28, class 24, serial 36; no filter, no partition
}

// ParseEPC reads a pure identity such as urn:epc:id:giai:0614141.5678 or a tag
// URI such as urn:epc:tag:giai-96:3.0614141.5678. Leading zeros of a company
// prefix count: they are part of its length. Errors wrap [ErrEPC].
func ParseEPC(uri string) (EPC, error) {
	e, err := parseEPC(uri)
	if err != nil {
		return EPC{}, fmt.Errorf("%w: %.80q: %w", ErrEPC, uri, err)
	}
	return e, nil
}

func parseEPC(uri string) (EPC, error) {
	filter := uint64(plainFilter)
	rest, tag := strings.CutPrefix(uri, "urn:epc:tag:")
	if !tag {
		var ok bool
		if rest, ok = strings.CutPrefix(uri, "urn:epc:id:"); !ok {
			return EPC{}, errors.New("want urn:epc:id:SCHEME:… such as urn:epc:id:giai:0614141.5678")
		}
	}
	name, numbers, _ := strings.Cut(rest, ":")
	if tag {
		var ok bool
		if name, ok = strings.CutSuffix(name, "-96"); !ok {
			return EPC{}, errors.New("only tags of 96 bits are read")
		}
		if name != "gid" {
			first, others, _ := strings.Cut(numbers, ".")
			if len(first) != 1 || first[0] < '0' || first[0] > '7' {
				return EPC{}, errors.New("want a filter from 0 to 7 before the company prefix")
			}
			filter, numbers = uint64(first[0]-'0'), others
		}
	}
	return epcOf(name, numbers, filter)
}

// epcOf makes an EPC from a scheme, its numbers joined by dots, and a filter.
func epcOf(scheme, numbers string, filter uint64) (EPC, error) {
	i := slices.IndexFunc(layouts, func(l layout) bool { return l.name == scheme })
	if i < 0 {
		return EPC{}, errors.New("want one of the schemes sgtin, sscc, sgln, grai, giai, gid")
	}
	l := layouts[i]
	parts := strings.Split(numbers, ".")
	e := EPC{l.header}
	w := writer{e: &e, at: 8}
	if l.name == "gid" {
		if len(parts) != 3 {
			return EPC{}, errors.New("want MANAGER.CLASS.SERIAL")
		}
		w.number("manager", parts[0], 28, 0)
		w.number("class", parts[1], 24, 0)
		w.number("serial", parts[2], 36, 0)
		return e, w.err
	}
	switch {
	case l.serial > 0 && len(parts) != 3:
		return EPC{}, errors.New("want COMPANY.REFERENCE.SERIAL")
	case l.serial == 0 && len(parts) != 2:
		return EPC{}, errors.New("want COMPANY.REFERENCE")
	}
	partition := 12 - len(parts[0])
	if partition < 0 || partition > 6 {
		return EPC{}, errors.New("want a company prefix of 6 to 12 digits")
	}
	w.bits(filter, 3)
	w.bits(uint64(partition), 3)
	w.number("company prefix", parts[0], companyBits[partition], len(parts[0]))
	if l.digits == 0 {
		w.number("reference", parts[1], l.both-companyBits[partition], 0)
	} else if want := l.digits - len(parts[0]); len(parts[1]) != want {
		return EPC{}, fmt.Errorf("want a reference of %d digits after this company prefix", want)
	} else if want > 0 {
		w.number("reference", parts[1], l.both-companyBits[partition], want)
	} else {
		w.bits(0, l.both-companyBits[partition]) // the prefix took all digits
	}
	if l.serial > 0 {
		w.number("serial", parts[2], l.serial, 0)
	}
	return e, w.err
}

// ParseEPCHex reads what [EPC.Hex] writes; small letters will do.
func ParseEPCHex(s string) (EPC, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(EPC{}) {
		return EPC{}, fmt.Errorf("%w: %.40q: want 24 hex digits", ErrEPC, s)
	}
	e := EPC(b)
	return e, e.Valid()
}

// Hex is the EPC as 24 hex digits, upper case.
func (e EPC) Hex() string { return fmt.Sprintf("%X", e[:]) }

// URI is the pure identity. Bits that are no EPC of ours are written in the
// standard's raw form, urn:epc:raw:96.x and the hex digits.
func (e EPC) URI() string {
	if p, err := e.path(); err == nil {
		return "urn:epc:id:" + strings.Replace(p, "/", ":", 1)
	}
	return "urn:epc:raw:96.x" + e.Hex()
}

// Tag is the tag URI, with the filter, or the raw form as in [EPC.URI].
func (e EPC) Tag() string {
	p, err := e.path()
	if err != nil {
		return e.URI()
	}
	scheme, numbers, _ := strings.Cut(p, "/")
	if scheme == "gid" {
		return "urn:epc:tag:gid-96:" + numbers
	}
	return fmt.Sprintf("urn:epc:tag:%s-96:%d.%s", scheme, e.bits(8, 3), numbers)
}

// Valid is nil for an EPC of one of our schemes with numbers that fit it, so
// with a text form; otherwise it wraps [ErrEPC].
func (e EPC) Valid() error {
	if _, err := e.path(); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrEPC, e.Hex(), err)
	}
	return nil
}

// plain is the EPC with the filter that certificates carry.
func (e EPC) plain() EPC {
	if e[0] != 0x35 {
		e[1] = e[1]&0x1f | plainFilter<<5
	}
	return e
}

// path is the end of a device's SPIFFE path: giai/0614141.5678.
func (e EPC) path() (string, error) {
	i := slices.IndexFunc(layouts, func(l layout) bool { return l.header == e[0] })
	if i < 0 {
		return "", fmt.Errorf("header %02X is of no scheme we read", e[0])
	}
	l := layouts[i]
	if l.name == "gid" {
		return fmt.Sprintf("gid/%d.%d.%d", e.bits(8, 28), e.bits(36, 24), e.bits(60, 36)), nil
	}
	partition := int(e.bits(11, 3))
	if partition > 6 {
		return "", errors.New("there is no partition 7")
	}
	digits, cb := 12-partition, companyBits[partition]
	rb := l.both - cb
	company, reference := e.bits(14, cb), e.bits(14+cb, rb)
	if company >= pow10(digits) {
		return "", fmt.Errorf("the company prefix has more than %d digits", digits)
	}
	s := fmt.Sprintf("%s/%0*d.", l.name, digits, company)
	switch rd := l.digits - digits; {
	case l.digits == 0:
		s += strconv.FormatUint(reference, 10)
	case reference >= pow10(rd):
		return "", fmt.Errorf("the reference has more than %d digits", rd)
	case rd > 0:
		s += fmt.Sprintf("%0*d", rd, reference)
	}
	if l.serial > 0 {
		return s + "." + strconv.FormatUint(e.bits(14+l.both, l.serial), 10), nil
	}
	if rest := 96 - 14 - l.both; rest > 0 && e.bits(14+l.both, rest) != 0 {
		return "", errors.New("the bits after the reference must be zero")
	}
	return s, nil
}

// bits are n ≤ 64 bits from bit at, counted from the most significant.
func (e EPC) bits(at, n int) uint64 {
	var v uint64
	for i := at; i < at+n; i++ {
		v = v<<1 | uint64(e[i/8]>>(7-i%8)&1)
	}
	return v
}

// A writer fills an EPC from left to right and keeps the first error.
type writer struct {
	e   *EPC
	at  int
	err error
}

func (w *writer) bits(v uint64, n int) {
	for i := n - 1; i >= 0; i-- {
		w.e[w.at/8] |= byte(v>>i&1) << (7 - w.at%8)
		w.at++
	}
}

// number writes a decimal number of exactly digits digits, or, with digits 0,
// of any length without leading zeros.
func (w *writer) number(what, s string, bits, digits int) {
	v, err := strconv.ParseUint(s, 10, bits)
	switch {
	case w.err != nil:
	case strings.Trim(s, "0123456789") != "" || s == "":
		w.err = fmt.Errorf("the %s must be digits", what)
	case err != nil:
		w.err = fmt.Errorf("the %s does not fit into %d bits", what, bits)
	case digits == 0 && len(s) > 1 && s[0] == '0':
		w.err = fmt.Errorf("the %s must not begin with 0", what)
	}
	w.bits(v, bits)
}

func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
