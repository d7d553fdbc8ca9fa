package rule

import (
	"strings"
	"time"
)

// How contracts hold codes and times.

// durationOf holds times that Go can't at the longest it can: 292 years.
func durationOf(ms uint64) time.Duration {
	const most = uint64(1<<63-1) / uint64(time.Millisecond)
	return time.Duration(min(ms, most)) * time.Millisecond
}

func codeOf(b [32]byte) string { return strings.TrimRight(string(b[:]), "\x00") }

// bytesOf is a code as the contract holds it. What no rule can name, as it is
// too long or has a zero byte, becomes a code that no rule can have.
func bytesOf(code string) ([32]byte, bool) {
	var b [32]byte
	if len(code) > len(b) || strings.IndexByte(code, 0) >= 0 {
		for i := range b {
			b[i] = 0xff
		}
		return b, false
	}
	copy(b[:], code)
	return b, true
}
