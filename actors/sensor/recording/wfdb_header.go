package recording

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"path"
	"strconv"
	"strings"
)

// The header of a WFDB record: header(5) of the WFDB Applications Guide. A
// record line, then one line for each signal or segment; "#" begins a comment.

const (
	maxHeader  = 256 << 10 // bytes
	maxSignals = 512
	maxFrames  = 1 << 40
	maxPer     = 1024 // samples of a signal in a frame
)

// header is what a .hea file says.
type header struct {
	name     string // of the file
	rate     *big.Rat
	frames   int64 // 0: not said
	signals  []signal
	segments []segment // of a record in segments, which then has no signals
	count    int       // of signals, as the record line says
}

// signal is one signal line.
type signal struct {
	file     string
	format   int // 212 or 16
	per      int // samples in a frame
	skew     int64
	offset   int64 // bytes before the first sample
	gain     *big.Rat
	baseline int64
	unit     string
	initial  *int64 // the first sample
	checksum *int16 // sum of all samples, modulo 2^16
	name     string
}

// segment is one segment line; the name "~" is a gap.
type segment struct {
	name   string
	frames int64
}

func readHeader(fsys fs.FS, name string) (*header, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, err := parseHeader(f)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", path.Base(name), err)
	}
	h.name = name
	return h, nil
}

// parseHeader reads a header. Its errors begin with the line.
func parseHeader(r io.Reader) (*header, error) {
	lim := &io.LimitedReader{R: r, N: maxHeader + 1}
	sc := bufio.NewScanner(lim)
	var h *header
	n := 0
	for sc.Scan() {
		n++
		line, _, _ := strings.Cut(strings.TrimRight(sc.Text(), "\r"), "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		var err error
		switch {
		case h == nil:
			h, err = recordLine(fields)
		case h.segments != nil && len(h.segments) < cap(h.segments):
			err = h.segmentLine(fields)
		case h.segments == nil && len(h.signals) < h.count:
			err = h.signalLine(fields)
		default:
			err = fmt.Errorf("a line too many: %q", line)
		}
		if err != nil {
			return nil, fmt.Errorf("%d: %w: %w", n, ErrForm, err)
		}
	}
	switch {
	case sc.Err() != nil:
		return nil, fmt.Errorf("%d: %w: %w", n+1, ErrForm, sc.Err())
	case lim.N <= 0:
		return nil, fmt.Errorf("%d: %w: a header longer than %d bytes", n, ErrForm, maxHeader)
	case h == nil:
		return nil, fmt.Errorf("%d: %w: there is no record line", n, ErrForm)
	case len(h.segments) != cap(h.segments), h.segments == nil && len(h.signals) != h.count:
		return nil, fmt.Errorf("%d: %w: it ends before the last of its lines", n, ErrForm)
	}
	return h, nil
}

// recordLine reads NAME[/SEGMENTS] SIGNALS [RATE[/…] [SAMPLES [TIME [DATE]]]].
func recordLine(f []string) (*header, error) {
	if len(f) < 2 || len(f) > 6 {
		return nil, fmt.Errorf("the record line has %d fields, want 2 to 6", len(f))
	}
	h := &header{rate: big.NewRat(250, 1)}
	count, err := number(f[1], 0, maxSignals)
	if err != nil {
		return nil, fmt.Errorf("number of signals: %w", err)
	}
	h.count = int(count)
	if len(f) > 2 {
		rate, _, _ := strings.Cut(f[2], "/") // what follows counts another clock
		if h.rate, err = rational(rate); err != nil {
			return nil, fmt.Errorf("sampling rate: %w", err)
		}
		if h.rate.Sign() <= 0 || h.rate.Cmp(big.NewRat(1e6, 1)) > 0 || h.rate.Cmp(big.NewRat(1, 1e6)) < 0 {
			return nil, fmt.Errorf("sampling rate %q: want more than 0 and at most a million a second", rate)
		}
	}
	if len(f) > 3 {
		if h.frames, err = number(f[3], 0, maxFrames); err != nil {
			return nil, fmt.Errorf("number of samples: %w", err)
		}
	}
	if _, segments, ok := strings.Cut(f[0], "/"); ok {
		n, err := number(segments, 1, 4096)
		if err != nil {
			return nil, fmt.Errorf("number of segments: %w", err)
		}
		h.segments = make([]segment, 0, n)
	}
	return h, nil
}

// segmentLine reads NAME SAMPLES.
func (h *header) segmentLine(f []string) error {
	if len(f) != 2 {
		return fmt.Errorf("a segment line has %d fields, want 2", len(f))
	}
	n, err := number(f[1], 0, maxFrames)
	if err != nil {
		return fmt.Errorf("samples of segment %s: %w", f[0], err)
	}
	if n == 0 {
		return fmt.Errorf("segment %s has no samples: records of variable layout are not read", f[0])
	}
	if f[0] != "~" && !plainName(f[0]) {
		return fmt.Errorf("segment %q: want the name of a record in the same folder", f[0])
	}
	h.segments = append(h.segments, segment{f[0], n})
	return nil
}

// signalLine reads FILE FORMAT [GAIN [BITS [ZERO [FIRST [SUM [BLOCK [NAME]]]]]]].
func (h *header) signalLine(f []string) error {
	if len(f) < 2 {
		return fmt.Errorf("a signal line has %d fields, want 2 or more", len(f))
	}
	s := signal{file: f[0], per: 1, gain: big.NewRat(200, 1), unit: "mV", name: fmt.Sprintf("signal %d", len(h.signals))}
	if !plainName(s.file) {
		return fmt.Errorf("file %q: want the name of a file in the same folder", s.file)
	}
	if err := s.readFormat(f[1]); err != nil {
		return err
	}
	based := false
	if len(f) > 2 {
		var err error
		if based, err = s.readGain(f[2]); err != nil {
			return err
		}
	}
	var nums [5]int64 // resolution, zero, first sample, checksum, block size
	for i := range nums {
		if len(f) <= 3+i {
			break
		}
		n, err := number(f[3+i], -1<<31, 1<<31-1)
		if err != nil {
			return fmt.Errorf("field %d of a signal line: %w", 4+i, err)
		}
		nums[i] = n
	}
	if nums[4] != 0 {
		return fmt.Errorf("block size %d: only files that can be read from any place", nums[4])
	}
	if !based {
		s.baseline = nums[1]
	}
	if len(f) > 5 {
		s.initial = &nums[2]
	}
	if len(f) > 6 {
		sum := int16(nums[3])
		s.checksum = &sum
	}
	if len(f) > 8 {
		s.name = strings.Join(f[8:], " ")
	}
	h.signals = append(h.signals, s)
	return nil
}

// readFormat reads FORMAT[xPER][:SKEW][+OFFSET].
func (s *signal) readFormat(text string) error {
	parts := map[byte]int64{'x': 1}
	rest := text
	end := strings.IndexAny(rest, "x:+")
	if end < 0 {
		end = len(rest)
	}
	format, err := number(rest[:end], 0, 1<<16)
	if err != nil {
		return fmt.Errorf("format %q: %w", text, err)
	}
	for _, mark := range []byte("x:+") {
		rest = rest[end:]
		end = 0
		if rest == "" || rest[0] != mark {
			continue
		}
		if end = 1 + strings.IndexAny(rest[1:], "x:+"); end == 0 {
			end = len(rest)
		}
		if parts[mark], err = number(rest[1:end], 0, 1<<31-1); err != nil {
			return fmt.Errorf("format %q: %w", text, err)
		}
	}
	if rest[end:] != "" {
		return fmt.Errorf("format %q: want FORMAT[xPER][:SKEW][+OFFSET]", text)
	}
	if format != 212 && format != 16 {
		return fmt.Errorf("format %d is not read: convert it to 212 or 16", format)
	}
	if parts['x'] < 1 || parts['x'] > maxPer {
		return fmt.Errorf("format %q: %d samples in a frame, want 1 to %d", text, parts['x'], maxPer)
	}
	s.format, s.per, s.skew, s.offset = int(format), int(parts['x']), parts[':'], parts['+']
	return nil
}

// readGain reads GAIN[(BASELINE)][/UNIT]; a gain of 0 means not calibrated, and
// is 200 steps a unit.
func (s *signal) readGain(text string) (based bool, err error) {
	rest, unit, named := strings.Cut(text, "/")
	if named {
		s.unit = unit
	}
	gain, base, based := strings.Cut(rest, "(")
	if based {
		inner, ok := strings.CutSuffix(base, ")")
		if !ok {
			return false, fmt.Errorf("gain %q: want GAIN[(BASELINE)][/UNIT]", text)
		}
		if s.baseline, err = number(inner, -1<<31, 1<<31-1); err != nil {
			return false, fmt.Errorf("baseline of %q: %w", text, err)
		}
	}
	g, err := rational(gain)
	if err != nil {
		return false, fmt.Errorf("gain: %w", err)
	}
	if g.Sign() != 0 {
		s.gain = g
	}
	return based, nil
}

// number reads a whole number from low to high.
func number(s string, low, high int64) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%q: want a whole number from %d to %d", s, low, high)
	}
	return n, nil
}

// plainName reports whether s names a file of the same folder and nothing else.
func plainName(s string) bool {
	return s != "." && s != ".." && s != "-" && s != "~" && fs.ValidPath(s) && !strings.ContainsAny(s, `/\:`)
}
