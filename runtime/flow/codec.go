package flow

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// The bytes of values, tokens and checkpoints: a tag, then varints and counted
// strings, written by hand because a token is read and written on every hop.
// Each value has one form only (shortest varints, sorted keys), so whatever can
// be read is written again as the same bytes, and equal values are equal bytes.
//
//	value  = 0 | 1 (false) | 2 (true) | 3 zigzag | 4 eight bytes | 5 string
//	       | 6 count value* | 7 count (string value)* | 8 string value | 9 string string
//	token  = seq, made (eight bytes), source, value
//
// Numbers of fixed width are big-endian.

// The limits of one token. They hold for writing as well as for reading, so an
// actor learns of them where it gives the value.
const (
	MaxToken = 512 << 10 // bytes of one encoded token
	MaxDepth = 32        // lists and maps inside each other
)

// ErrTooLarge reports a token beyond [MaxToken] or [MaxDepth].
var ErrTooLarge = errors.New("token is too large")

const (
	tagNil = iota
	tagFalse
	tagTrue
	tagInt
	tagFloat
	tagString
	tagList
	tagMap
	tagException
	tagSealed
)

var (
	errShort  = errors.New("bytes end too early")
	errVarint = errors.New("number is not in its shortest form, or beyond 64 bits")
	errOrder  = errors.New("keys are not in rising order")
)

// AppendValue appends the bytes of v to b. A value that is none of [Value]'s
// kinds is an error that names its Go type; one that is nested or long beyond
// the limits is [ErrTooLarge]. On an error b comes back as it was.
func AppendValue(b []byte, v Value) ([]byte, error) {
	out, err := appendValue(b, v, MaxDepth)
	if err != nil {
		return b, err
	}
	if len(out)-len(b) > MaxToken {
		return b, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(out)-len(b), MaxToken)
	}
	return out, nil
}

func appendValue(b []byte, v Value, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, tagNil), nil
	case bool:
		if v {
			return append(b, tagTrue), nil
		}
		return append(b, tagFalse), nil
	case int64:
		return binary.AppendVarint(append(b, tagInt), v), nil
	case float64:
		return binary.BigEndian.AppendUint64(append(b, tagFloat), math.Float64bits(v)), nil
	case string:
		return appendString(append(b, tagString), v), nil
	case []any:
		if depth == 0 {
			return nil, fmt.Errorf("%w: nested deeper than %d", ErrTooLarge, MaxDepth)
		}
		b = binary.AppendUvarint(append(b, tagList), uint64(len(v)))
		for _, e := range v {
			var err error
			if b, err = appendValue(b, e, depth-1); err != nil {
				return nil, err
			}
		}
		return b, nil
	case map[string]any:
		if depth == 0 {
			return nil, fmt.Errorf("%w: nested deeper than %d", ErrTooLarge, MaxDepth)
		}
		b = binary.AppendUvarint(append(b, tagMap), uint64(len(v)))
		var few [16]string
		for _, k := range sortedKeys(few[:0], v) {
			var err error
			if b, err = appendValue(appendString(b, k), v[k], depth-1); err != nil {
				return nil, err
			}
		}
		return b, nil
	case Exception:
		if depth == 0 {
			return nil, fmt.Errorf("%w: nested deeper than %d", ErrTooLarge, MaxDepth)
		}
		return appendValue(appendString(append(b, tagException), v.Kind), v.Value, depth-1)
	case Sealed:
		b = appendString(append(b, tagSealed), v.Kind)
		return append(binary.AppendUvarint(b, uint64(len(v.Bytes))), v.Bytes...), nil
	}
	return nil, fmt.Errorf("a token can't carry a Go %T; see flow.Value for what it can", v)
}

// ReadValue reads one value from the start of b and returns what follows it.
// It keeps nothing of b, and never takes memory beyond a small multiple of the
// bytes it has read. Lists and maps are never nil.
func ReadValue(b []byte) (v Value, rest []byte, err error) {
	v, rest, err = readValue(b, MaxDepth)
	if err == nil && len(b)-len(rest) > MaxToken {
		return nil, nil, fmt.Errorf("read value: %w", ErrTooLarge)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read value: %w", err)
	}
	return v, rest, nil
}

func readValue(b []byte, depth int) (Value, []byte, error) {
	if len(b) == 0 {
		return nil, nil, errShort
	}
	tag, b := b[0], b[1:]
	switch tag {
	case tagNil:
		return nil, b, nil
	case tagFalse, tagTrue:
		return tag == tagTrue, b, nil
	case tagInt:
		u, b, err := readUvarint(b)
		return int64(u>>1) ^ -int64(u&1), b, err
	case tagFloat:
		if len(b) < 8 {
			return nil, nil, errShort
		}
		return math.Float64frombits(binary.BigEndian.Uint64(b)), b[8:], nil
	case tagString:
		s, b, err := readBytes(b)
		return string(s), b, err
	case tagList:
		n, b, err := readCount(b, 1)
		if err != nil {
			return nil, nil, err
		}
		if depth == 0 {
			return nil, nil, ErrTooLarge
		}
		list := make([]any, n)
		for i := range list {
			if list[i], b, err = readValue(b, depth-1); err != nil {
				return nil, nil, err
			}
		}
		return list, b, nil
	case tagMap:
		return readMap(b, depth)
	case tagException:
		return readException(b, depth)
	case tagSealed:
		return readSealed(b, nil)
	}
	return nil, nil, fmt.Errorf("unknown tag %d", tag)
}

func readException(b []byte, depth int) (Value, []byte, error) {
	if depth == 0 {
		return nil, nil, ErrTooLarge
	}
	kind, b, err := readBytes(b)
	if err != nil {
		return nil, nil, err
	}
	val, b, err := readValue(b, depth-1)
	if err != nil {
		return nil, nil, err
	}
	return Exception{Kind: string(kind), Value: val}, b, nil
}

// readSealed reads what follows the tag of a [Sealed], whose bytes go into a block.
func readSealed(b []byte, into *block) (Value, []byte, error) {
	kind, b, err := readBytes(b)
	if err != nil {
		return nil, nil, err
	}
	val, b, err := readBytes(b)
	if err != nil {
		return nil, nil, err
	}
	return Sealed{Kind: sealedKind(kind), Bytes: into.keep(val, len(b))}, b, nil
}

// sealedKind is string(b), without allocating for the kinds that are on every link.
func sealedKind(b []byte) string {
	switch string(b) {
	case "reading":
		return "reading"
	case "window":
		return "window"
	}
	return string(b)
}

func readMap(b []byte, depth int) (Value, []byte, error) {
	n, b, err := readCount(b, 2)
	if err != nil {
		return nil, nil, err
	}
	if depth == 0 {
		return nil, nil, ErrTooLarge
	}
	m, last := make(map[string]any, n), ""
	for i := range n {
		var key []byte
		if key, b, err = readBytes(b); err != nil {
			return nil, nil, err
		}
		k := string(key)
		if i > 0 && k <= last {
			return nil, nil, errOrder
		}
		last = k
		if m[k], b, err = readValue(b, depth-1); err != nil {
			return nil, nil, err
		}
	}
	return m, b, nil
}

// AppendToken appends the bytes of t to b, as [AppendValue] does. Made keeps
// its instant, to the nanosecond between the years 1678 and 2262, and loses its
// zone and its monotonic reading.
func AppendToken(b []byte, t Token) ([]byte, error) {
	made, err := nanos(t.Made)
	if err != nil {
		return b, err
	}
	out := binary.AppendUvarint(b, t.Seq)
	out = binary.BigEndian.AppendUint64(out, uint64(made))
	out = appendString(out, string(t.Source))
	if out, err = appendValue(out, t.Value, MaxDepth); err != nil {
		return b, err
	}
	if len(out)-len(b) > MaxToken {
		return b, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(out)-len(b), MaxToken)
	}
	return out, nil
}

// ReadToken reads one token from the start of b and returns what follows it.
// Like [ReadValue] it keeps nothing of b. Made is in UTC.
func ReadToken(b []byte) (t Token, rest []byte, err error) {
	if t, rest, err = readToken(b); err != nil {
		return Token{}, nil, fmt.Errorf("read token: %w", err)
	}
	return t, rest, nil
}

func readToken(b []byte) (t Token, rest []byte, err error) {
	if t.Seq, rest, err = readUvarint(b); err != nil {
		return t, nil, err
	}
	if len(rest) < 8 {
		return t, nil, errShort
	}
	t.Made, rest = instant(int64(binary.BigEndian.Uint64(rest))), rest[8:]
	source, rest, err := readBytes(rest)
	if err != nil {
		return t, nil, err
	}
	t.Source = ActorID(source)
	if t.Value, rest, err = readValue(rest, MaxDepth); err != nil {
		return t, nil, err
	}
	if len(b)-len(rest) > MaxToken {
		return t, nil, ErrTooLarge
	}
	return t, rest, nil
}

// never stands for the zero time, which has no count of nanoseconds.
const never = math.MinInt64

func nanos(t time.Time) (int64, error) {
	if t.IsZero() {
		return never, nil
	}
	n := t.UnixNano()
	if n == never || !time.Unix(0, n).Equal(t) {
		return 0, fmt.Errorf("time %v can't be carried: want a year between 1678 and 2262", t)
	}
	return n, nil
}

func instant(n int64) time.Time {
	if n == never {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// readBytes reads a counted string. What it returns is part of b.
func readBytes(b []byte) (s, rest []byte, err error) {
	n, b, err := readUvarint(b)
	if err != nil {
		return nil, nil, err
	}
	if n > uint64(len(b)) {
		return nil, nil, errShort
	}
	return b[:n], b[n:], nil
}

// readCount reads how many things of at least size bytes follow, and refuses
// a count that the bytes at hand can't hold.
func readCount(b []byte, size int) (n int, rest []byte, err error) {
	u, b, err := readUvarint(b)
	if err != nil {
		return 0, nil, err
	}
	if u > uint64(len(b)/size) {
		return 0, nil, errShort
	}
	return int(u), b, nil
}

func readUvarint(b []byte) (uint64, []byte, error) {
	u, n := binary.Uvarint(b)
	switch {
	case n == 0:
		return 0, nil, errShort
	case n < 0, n > 1 && b[n-1] == 0:
		return 0, nil, errVarint
	}
	return u, b[n:], nil
}

func sortedKeys[K ~string, V any](keys []K, m map[K]V) []K {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
