package register

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// Some settings have a number that only rises: a list of revocations must never
// give way to an older one, though that one is signed just as well. The machine
// itself sees to it, since two nodes may put theirs at the same time.

// rising are the beginnings of the keys of such settings.
var rising = []string{"crl/", "policy/"}

// Rises reports whether the setting of a key is one whose number only rises. Its
// value is that of [RisingValue]; an older one than there is changes nothing, and
// it can't be removed.
func Rises(key string) bool {
	for _, p := range rising {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

// RisingValue is a value of such a setting: its number and what it says.
func RisingValue(number uint64, body []byte) []byte {
	return append(binary.BigEndian.AppendUint64(nil, number), body...)
}

// ReadRising undoes RisingValue.
func ReadRising(value []byte) (number uint64, body []byte, err error) {
	if len(value) < 8 {
		return 0, nil, fmt.Errorf("setting of %d bytes has no number: %w", len(value), errShort)
	}
	return binary.BigEndian.Uint64(value), value[8:], nil
}

// passed reports whether a setting with a number is not newer than the one there
// is.
func passed(old, value []byte) bool {
	return len(old) >= 8 && bytes.Compare(value[:8], old[:8]) <= 0
}
