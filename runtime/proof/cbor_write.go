package proof

import (
	"encoding/binary"
	"math"
	"slices"
)

// What is written for each reading is put together here, in the very bytes that
// encoding gives: reflection costs a multiple of it. [decode] holds whatever is
// opened against encoding, so the two can't differ unseen.

// The major types of RFC 8949, section 3.1.
const (
	majorUint byte = iota << 5
	majorNegative
	majorBytes
	majorText
	majorArray
	majorMap
	majorTag
)

// appendHead appends the head of an item in its shortest form.
func appendHead(b []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n <= math.MaxUint8:
		return append(b, major|24, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), n)
}

// The others append a key of a struct and its value.

func appendUint(b []byte, key byte, n uint64) []byte {
	return appendHead(append(b, key), majorUint, n)
}

func appendInt(b []byte, key byte, n int64) []byte {
	if n < 0 {
		return appendHead(append(b, key), majorNegative, uint64(^n))
	}
	return appendUint(b, key, uint64(n))
}

func appendBytes(b []byte, key byte, v []byte) []byte {
	return append(appendHead(append(b, key), majorBytes, uint64(len(v))), v...)
}

func appendText(b []byte, key byte, v string) []byte {
	return append(appendHead(append(b, key), majorText, uint64(len(v))), v...)
}

func (c *chunk) marshal() []byte {
	b := make([]byte, 0, 96+len(c.Stream)+len(c.Kind)+len(c.Unit)+len(c.Samples.Content))
	b = appendHead(b, majorMap, 10)
	b = appendUint(b, 1, uint64(c.Version))
	b = appendBytes(b, 2, c.Device)
	b = appendText(b, 3, c.Stream)
	b = appendUint(b, 4, c.Seq)
	b = appendText(b, 5, c.Kind)
	b = appendText(b, 6, c.Unit)
	b = appendInt(b, 7, c.At)
	b = appendInt(b, 8, c.Period)
	b = appendInt(b, 9, c.Scale)
	b = appendHead(append(b, 10), majorTag, c.Samples.Number)
	return append(b, c.Samples.Content...)
}

func (f *vouched) marshal() []byte {
	b := make([]byte, 0, 32+len(f.Reading)+len(f.Device)+len(f.Path)+len(f.Voucher))
	b = appendHead(b, majorMap, 6)
	b = appendUint(b, 1, uint64(f.Version))
	b = appendBytes(b, 2, f.Reading)
	b = appendBytes(b, 3, f.Device)
	b = appendUint(b, 4, uint64(f.Index))
	b = appendBytes(b, 5, f.Path)
	return appendBytes(b, 6, f.Voucher)
}

func (f *check) marshal() []byte {
	b := make([]byte, 0, 192+len(f.Stream)+len(f.Actor)+len(f.Group)+len(f.Clause))
	b = appendHead(b, majorMap, 14)
	b = appendUint(b, 1, uint64(f.Version))
	b = appendBytes(b, 2, f.Leaf[:])
	b = appendBytes(b, 3, f.Device)
	b = appendText(b, 4, f.Stream)
	b = appendUint(b, 5, f.Seq)
	b = appendUint(b, 6, uint64(f.Place))
	b = appendText(b, 7, f.Actor)
	b = appendInt(b, 8, f.At)
	b = appendBytes(b, 9, f.Manager)
	b = appendBytes(b, 10, f.Rule)
	b = appendHead(append(b, 11), majorArray, uint64(len(f.Rules)))
	for _, n := range f.Rules {
		b = appendHead(b, majorUint, n)
	}
	b = appendText(b, 12, f.Group)
	b = appendUint(b, 13, uint64(f.Reason))
	return appendText(b, 14, f.Clause)
}

// CheckNumber is what every encoded check has in it that is of this number on this
// stream of a device, so that checks can be searched for it unopened: its fields 3 to
// 5, but for the head of the first.
func CheckNumber(device []byte, stream string, seq uint64) []byte {
	return appendUint(appendText(slices.Clip(device), 4, stream), 5, seq)
}
