package recording

import (
	"fmt"
	"io"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"
)

// The header of EDF (Kemp et al. 1992) and EDF+ (Kemp and Olivan 2003): 256
// bytes for the file, 256 for each signal, all of it text in fixed columns.

const (
	maxEDFSignals = 1024
	maxEDFRecord  = 64 << 20 // bytes
	annotations   = "EDF Annotations"
)

type edfHeader struct {
	records int64 // -1: not said, as while it is being recorded
	span    time.Duration
	signals []edfSignal
	bytes   int64 // of the header
	record  int64 // bytes of one record
}

type edfSignal struct {
	label, unit string
	physical    [2]*big.Rat // smallest and largest
	digital     [2]int64
	per         int64 // samples in a record
}

func parseEDFHeader(r io.Reader) (*edfHeader, error) {
	var fixed [256]byte
	if _, err := io.ReadFull(r, fixed[:]); err != nil {
		return nil, fmt.Errorf("%w: it ends within its header", ErrForm)
	}
	t := fields(fixed[:])
	version := t.text(8)
	t.text(80) // patient
	t.text(80) // recording
	t.text(16) // date and time of start
	size := t.int("number of bytes in the header", 8, 256, 256*(maxEDFSignals+1))
	reserved := t.text(44)
	h := &edfHeader{records: t.int("number of records", 8, -1, 1<<40)}
	h.span = t.seconds("duration of a record", 8)
	count := t.int("number of signals", 4, 1, maxEDFSignals)
	switch {
	case fixed[0] == 0xff:
		return nil, fmt.Errorf("%w: it is BDF, with samples of 24 bits: convert it to EDF", ErrForm)
	case version != "0":
		return nil, fmt.Errorf("%w: version %q, want 0", ErrForm, version)
	case t.err != nil:
		return nil, fmt.Errorf("%w: %w", ErrForm, t.err)
	case strings.HasPrefix(reserved, "EDF+D"):
		return nil, fmt.Errorf("%w: it is EDF+D, with gaps in its time: convert it to EDF+C", ErrForm)
	case size != 256*(count+1):
		return nil, fmt.Errorf("%w: a header of %d bytes for %d signals", ErrForm, size, count)
	}
	h.bytes = size
	rest := make([]byte, 256*count)
	if _, err := io.ReadFull(r, rest); err != nil {
		return nil, fmt.Errorf("%w: it ends within its header", ErrForm)
	}
	return h, h.parseSignals(rest, int(count), strings.HasPrefix(reserved, "EDF+"))
}

// parseSignals reads what stands for each signal: all labels first, then all
// transducers, and so on.
func (h *edfHeader) parseSignals(b []byte, count int, plus bool) error {
	t := fields(b)
	h.signals = make([]edfSignal, count)
	each := func(read func(s *edfSignal)) {
		for i := range h.signals {
			read(&h.signals[i])
			if t.err != nil {
				t.err = fmt.Errorf("signal %d: %w", i, t.err)
				return
			}
		}
	}
	each(func(s *edfSignal) { s.label = t.text(16) })
	each(func(s *edfSignal) { t.text(80) })
	each(func(s *edfSignal) { s.unit = t.text(8) })
	each(func(s *edfSignal) { s.physical[0] = t.rational("physical minimum", 8) })
	each(func(s *edfSignal) { s.physical[1] = t.rational("physical maximum", 8) })
	each(func(s *edfSignal) { s.digital[0] = t.int("digital minimum", 8, -1<<15, 1<<15-1) })
	each(func(s *edfSignal) { s.digital[1] = t.int("digital maximum", 8, -1<<15, 1<<15-1) })
	each(func(s *edfSignal) { t.text(80) })
	each(func(s *edfSignal) { s.per = t.int("samples in a record", 8, 1, maxEDFRecord/2) })
	if t.err != nil {
		return fmt.Errorf("%w: %w", ErrForm, t.err)
	}
	signals := 0
	for i, s := range h.signals {
		h.record += 2 * s.per
		if plus && s.label == annotations {
			continue
		}
		signals++
		if s.digital[0] >= s.digital[1] || s.physical[0].Cmp(s.physical[1]) == 0 {
			return fmt.Errorf("%w: signal %d, %s: digital %d to %d for physical %s to %s", ErrForm, i, s.label,
				s.digital[0], s.digital[1], s.physical[0].RatString(), s.physical[1].RatString())
		}
	}
	switch {
	case h.record > maxEDFRecord:
		return fmt.Errorf("%w: records of %d bytes, at most %d are read", ErrForm, h.record, maxEDFRecord)
	case signals == 0:
		return fmt.Errorf("%w: it holds annotations only", ErrForm)
	case h.span == 0:
		return fmt.Errorf("%w: its records last 0 seconds", ErrForm)
	}
	return nil
}

// scale is physical = (digital − dmin) × (pmax − pmin) ÷ (dmax − dmin) + pmin.
func (s *edfSignal) scale() (scale, error) {
	slope := new(big.Rat).Sub(s.physical[1], s.physical[0])
	slope.Quo(slope, big.NewRat(s.digital[1]-s.digital[0], 1))
	offset := new(big.Rat).Mul(slope, big.NewRat(s.digital[0], 1))
	return newScale(slope, offset.Sub(s.physical[0], offset), 1<<15)
}

// columns are text fields of fixed width. The first that does not fit is kept.
type columns struct {
	b   []byte
	err error
}

func fields(b []byte) *columns { return &columns{b: b} }

// text is the next field without its padding. Bytes that are not UTF-8 are
// taken for Latin-1, as machines write them though they should not.
func (t *columns) text(width int) string {
	b := t.b[:width]
	t.b = t.b[width:]
	s := string(b)
	if !utf8.ValidString(s) {
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		s = string(runes)
	}
	return strings.Trim(s, " \x00")
}

func (t *columns) int(what string, width int, low, high int64) int64 {
	n, err := number(t.text(width), low, high)
	t.keep(what, err)
	return n
}

func (t *columns) rational(what string, width int) *big.Rat {
	r, err := rational(t.text(width))
	t.keep(what, err)
	return r
}

func (t *columns) seconds(what string, width int) time.Duration {
	s := t.text(width)
	n, err := fixed(s, 9)
	if err == nil && (n < 0 || n > int64(100*24*time.Hour)) {
		err = fmt.Errorf("%q: want 0 or more seconds", s)
	}
	t.keep(what, err)
	return time.Duration(n)
}

func (t *columns) keep(what string, err error) {
	if err != nil && t.err == nil {
		t.err = fmt.Errorf("%s: %w", what, err)
	}
}
