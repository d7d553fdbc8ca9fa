package proof

import (
	"bytes"
	"fmt"
	"math"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
)

// Limits on what is opened. They hold for writing too, so nothing is made that
// could not be opened.
const (
	MaxReading = 64 << 10  // bytes of a sealed reading
	MaxSamples = 16384     // samples of a reading
	MaxLeaves  = 1024      // readings under one window
	MaxWindow  = 480 << 10 // bytes of a sealed window with its certificates and judgments: less than flow.MaxToken
	MaxText    = 256       // bytes of a name
	maxClause  = 1024      // bytes of a verdict's clause
	maxChain   = 8         // certificates of a chain
	maxDevices = 256       // devices of a window
	maxJudges  = 4         // judgments of a window
	version    = 1         // of each form
)

var (
	encoding = must(cbor.CoreDetEncOptions().EncMode())
	decoding = must(cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		MaxNestedLevels:   8,
		MaxArrayElements:  4 * MaxLeaves,
		MaxMapPairs:       32,
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // the options above are constants
	}
	return v
}

// decode reads b into v and refuses any but the one form: what v encodes to
// must be b.
func decode(b []byte, v any) error {
	if err := decoding.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%w: %v", ErrForm, err)
	}
	again, err := encoding.Marshal(v)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrForm, err)
	}
	if !bytes.Equal(again, b) {
		return fmt.Errorf("%w: the encoding is not deterministic", ErrForm)
	}
	return nil
}

// text checks a string that people or other systems named.
func text(what, s string, limit int, required bool) error {
	switch {
	case required && s == "":
		return fmt.Errorf("%w: %s is empty", ErrForm, what)
	case len(s) > limit:
		return fmt.Errorf("%w: %s has %d bytes, at most %d are allowed", ErrForm, what, len(s), limit)
	case !utf8.ValidString(s):
		return fmt.Errorf("%w: %s is not UTF-8", ErrForm, what)
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return fmt.Errorf("%w: %s holds the control character %q", ErrForm, what, r)
		}
	}
	return nil
}

// nanos is t as nanoseconds since 1970, for times between 1678 and 2262.
func nanos(what string, t time.Time) (int64, error) {
	n := t.UnixNano()
	if !time.Unix(0, n).Equal(t) {
		return 0, fmt.Errorf("%w: %s is %s, which is beyond the years 1678 to 2262", ErrForm, what, t.Format(time.RFC3339))
	}
	return n, nil
}

func instant(n int64) time.Time { return time.Unix(0, n).UTC() }

// product is a × b, or false when it does not fit.
func product(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	if a == math.MinInt64 || b == math.MinInt64 {
		return 0, false
	}
	p := a * b
	return p, p/b == a
}
