package pki

import (
	"bytes"
	"encoding/asn1"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Our extensions stand below the enterprise number 32473, which RFC 5612 sets
// aside for documentation, until one is granted. They are not critical, because
// crypto/x509 refuses a chain with a critical extension it does not know; that
// they are there where they must be is checked by [Verifier.Identify].
var (
	oidEPC     = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 1, 1}
	oidGroup   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 1, 2}
	oidRule    = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 1, 3}
	oidReading = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 2, 1} // key purpose "reading-sign"
)

// maxGroup is the longest group in bytes.
const maxGroup = 128

// A RulePin is the oldest rule its holder may be judged by: the contract that
// keeps the rules, and a version. The rule in force is found by group; a pin
// only keeps an older contract or version from being used.
type RulePin struct {
	Address [20]byte
	Version uint64
}

// ParseRulePin reads ADDRESS@VERSION, such as 0x52908400098527886e0f7030069857d2e4169ee7@3.
func ParseRulePin(s string) (RulePin, error) {
	addr, version, _ := strings.Cut(s, "@")
	hexed, ok := strings.CutPrefix(addr, "0x")
	b, err := hex.DecodeString(hexed)
	v, verr := strconv.ParseUint(version, 10, 64)
	if !ok || err != nil || verr != nil || len(b) != 20 {
		return RulePin{}, fmt.Errorf("rule %.80q: want ADDRESS@VERSION: 0x, 40 hex digits, @ and a number", s)
	}
	return RulePin{Address: [20]byte(b), Version: v}, nil
}

// String is what [ParseRulePin] reads.
func (p RulePin) String() string { return fmt.Sprintf("0x%x@%d", p.Address, p.Version) }

// CheckGroup is nil for a group: four parts site/floor/room/type, none empty,
// no spaces or control characters, at most 128 bytes of UTF-8.
func CheckGroup(group string) error {
	switch {
	case len(group) > maxGroup:
		return fmt.Errorf("group of %d bytes: at most %d are allowed", len(group), maxGroup)
	case !utf8.ValidString(group):
		return errors.New("group is not UTF-8")
	}
	parts := strings.Split(group, "/")
	bad := len(parts) != 4
	for _, p := range parts {
		bad = bad || p == "" || strings.ContainsFunc(p, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) })
	}
	if bad {
		return fmt.Errorf("group %q: want site/floor/room/type, such as h1/3/icu-3/ecg", group)
	}
	return nil
}

func encodeEPC(e EPC) []byte { return element(asn1.TagOctetString, e[:]) }

func encodeGroup(group string) []byte { return element(asn1.TagUTF8String, []byte(group)) }

func encodeRule(p RulePin) []byte {
	return element(asn1.TagOctetString, binary.BigEndian.AppendUint64(p.Address[:], p.Version))
}

func decodeEPC(der []byte) (EPC, error) {
	b, err := content(der, asn1.TagOctetString)
	if err != nil {
		return EPC{}, err
	}
	if len(b) != len(EPC{}) {
		return EPC{}, fmt.Errorf("want 12 bytes, not %d", len(b))
	}
	e := EPC(b)
	return e, e.Valid()
}

func decodeGroup(der []byte) (string, error) {
	b, err := content(der, asn1.TagUTF8String)
	if err != nil {
		return "", err
	}
	return string(b), CheckGroup(string(b))
}

func decodeRule(der []byte) (RulePin, error) {
	b, err := content(der, asn1.TagOctetString)
	if err != nil {
		return RulePin{}, err
	}
	if len(b) != 28 {
		return RulePin{}, fmt.Errorf("want 20 bytes of address and 8 of version, not %d", len(b))
	}
	return RulePin{Address: [20]byte(b[:20]), Version: binary.BigEndian.Uint64(b[20:])}, nil
}

// element is a primitive DER element.
func element(tag int, content []byte) []byte {
	der, err := asn1.Marshal(asn1.RawValue{Tag: tag, Bytes: content})
	if err != nil {
		panic("pki: " + err.Error()) // a tag and bytes always have an encoding
	}
	return der
}

// content is what stands in the one DER element of the given universal tag that
// der must be, in its only encoding and with nothing after it.
func content(der []byte, tag int) ([]byte, error) {
	var v asn1.RawValue
	rest, err := asn1.Unmarshal(der, &v)
	switch {
	case err != nil:
		return nil, fmt.Errorf("not DER: %w", err)
	case len(rest) > 0:
		return nil, fmt.Errorf("%d bytes after the value", len(rest))
	case v.Class != asn1.ClassUniversal || v.Tag != tag || v.IsCompound:
		return nil, fmt.Errorf("want an ASN.1 value of tag %d, not of class %d tag %d", tag, v.Class, v.Tag)
	case !bytes.Equal(element(tag, v.Bytes), der):
		return nil, errors.New("not in the one form of DER")
	}
	return v.Bytes, nil
}
