package netactors

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// frames cuts a stream of bytes into tokens: at a delimiter, or, without one,
// wherever the bytes came. A token is text: what is no UTF-8 is U+FFFD, and a
// character is not cut in two.
type frames struct {
	delimiter []byte // nil: raw
	most      int    // bytes of one token
	rest      []byte // not a whole token yet
}

// feed takes bytes and gives the tokens that they complete. The error is of a
// line that is longer than allowed; the stream can't be read on.
func (f *frames) feed(b []byte) ([]string, error) {
	f.rest = append(f.rest, b...)
	if f.delimiter == nil {
		return f.raw(), nil
	}
	var all []string
	for {
		i := bytes.Index(f.rest, f.delimiter)
		if i > f.most || i < 0 && len(f.rest) > f.most+len(f.delimiter) {
			return all, fmt.Errorf("a line has more than %d bytes", f.most)
		}
		if i < 0 {
			f.rest = bytes.Clone(f.rest) // let go of what was given
			return all, nil
		}
		all = append(all, text(f.rest[:i]))
		f.rest = f.rest[i+len(f.delimiter):]
	}
}

func (f *frames) raw() []string {
	var all []string
	for len(f.rest) > 0 {
		n := min(len(f.rest), f.most)
		if cut := whole(f.rest[:n]); cut > 0 {
			n = cut
		} else if n == len(f.rest) {
			return all // the beginning of one character
		}
		all = append(all, text(f.rest[:n]))
		f.rest = f.rest[n:]
	}
	return all
}

// whole is how many bytes of b end with a whole character.
func whole(b []byte) int {
	for i := len(b) - 1; i >= 0 && i > len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}

func text(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }
