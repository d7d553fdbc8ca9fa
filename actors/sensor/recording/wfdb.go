package recording

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"path"
	"time"
)

// wfdb is a record: one or more parts with the same signals.
type wfdb struct {
	fsys     fs.FS
	parts    []*header // nil: a gap
	frames   []int64   // of each part; 0: to the end of its files
	channels []Channel
	scales   []scale
}

func openWFDB(fsys fs.FS, name string) (*wfdb, error) {
	h, err := readHeader(fsys, name)
	if err != nil {
		return nil, err
	}
	w := &wfdb{fsys: fsys}
	if h.segments == nil {
		w.parts, w.frames = []*header{h}, []int64{h.frames}
	}
	var first *header
	for _, s := range h.segments {
		w.frames = append(w.frames, s.frames)
		if s.name == "~" {
			w.parts = append(w.parts, nil)
			continue
		}
		p, err := readHeader(fsys, path.Join(path.Dir(name), s.name+".hea"))
		if err != nil {
			return nil, fmt.Errorf("segment: %w", err)
		}
		if first == nil {
			first = p
		}
		if err := p.like(h, first, s); err != nil {
			return nil, fmt.Errorf("%s: segment %s: %w: %w", name, s.name, ErrForm, err)
		}
		w.parts = append(w.parts, p)
	}
	if first == nil {
		first = h
	}
	if h.segments != nil && first == h {
		return nil, fmt.Errorf("%s: %w: all its segments are gaps", name, ErrForm)
	}
	return w, w.describe(first)
}

// like reports why a segment can't continue a record.
func (h *header) like(whole, first *header, s segment) error {
	switch {
	case h.segments != nil:
		return errors.New("it has segments itself")
	case h.rate.Cmp(whole.rate) != 0:
		return fmt.Errorf("its rate is %s, that of the record %s", h.rate.RatString(), whole.rate.RatString())
	case len(h.signals) != whole.count:
		return fmt.Errorf("it has %d signals, the record %d", len(h.signals), whole.count)
	case h.frames != 0 && h.frames != s.frames:
		return fmt.Errorf("it has %d samples, the record says %d", h.frames, s.frames)
	}
	for i, sig := range h.signals {
		f := first.signals[i]
		if sig.name != f.name || sig.per != f.per || sig.unit != f.unit || sig.baseline != f.baseline || sig.gain.Cmp(f.gain) != 0 {
			return fmt.Errorf("signal %d, %s, differs from %s of the first segment", i, sig.name, f.name)
		}
	}
	return nil
}

// describe makes the channels.
func (w *wfdb) describe(h *header) error {
	for i, s := range h.signals {
		sc, err := newScale(new(big.Rat).Inv(s.gain), new(big.Rat).Quo(big.NewRat(-s.baseline, 1), s.gain), 1<<15)
		if err != nil {
			return fmt.Errorf("%s: signal %d, %s: %w: %w", h.name, i, s.name, ErrForm, err)
		}
		rate := new(big.Rat).Mul(h.rate, big.NewRat(int64(s.per), 1))
		if !rate.Num().IsInt64() || !rate.Denom().IsInt64() || rate.Denom().Int64() > 1e9 {
			return fmt.Errorf("%s: %w: a sampling rate of %s", h.name, ErrForm, rate.RatString())
		}
		w.channels = append(w.channels, Channel{Name: s.name, Unit: s.unit, Step: sc.step,
			Span: time.Second * time.Duration(rate.Denom().Int64()), Count: rate.Num().Int64()})
		w.scales = append(w.scales, sc)
	}
	return nil
}

func (w *wfdb) Channels() []Channel { return w.channels }

func (w *wfdb) Read(channel int) (Source, error) {
	if channel < 0 || channel >= len(w.channels) {
		return nil, fmt.Errorf("no channel %d", channel)
	}
	return &wfdbSource{w: w, channel: channel, ch: w.channels[channel], scale: w.scales[channel]}, nil
}

// wfdbSource reads one channel, part by part.
type wfdbSource struct {
	w       *wfdb
	channel int
	ch      Channel
	scale   scale
	part    int
	open    *strand // of the part being read; nil: not open yet
	base    int64   // index of the part's first sample
	err     error   // once it has failed or ended
}

func (s *wfdbSource) Next() (Sample, error) {
	for s.err == nil {
		var out Sample
		var ok bool
		if out, ok, s.err = s.step(); ok {
			return out, s.err
		}
	}
	return Sample{}, s.err
}

// step brings the source one sample or one part on.
func (s *wfdbSource) step() (out Sample, ok bool, err error) {
	if s.part == len(s.w.parts) {
		return out, false, io.EOF
	}
	h := s.w.parts[s.part]
	if h == nil {
		s.advance(s.w.frames[s.part])
		return out, false, nil
	}
	if s.open == nil {
		if s.open, err = openStrand(s.w.fsys, h, s.channel, s.w.frames[s.part]); err != nil {
			return out, false, err
		}
	}
	n, raw, err := s.open.next()
	if err == io.EOF {
		frames := s.open.frame
		if err := s.open.close(); err != nil {
			return out, false, err
		}
		s.open = nil
		s.advance(frames)
		return out, false, nil
	}
	if err != nil {
		return out, false, err
	}
	i := s.base + n
	return Sample{Index: i, At: s.ch.At(i), Value: s.scale.value(raw)}, true, nil
}

func (s *wfdbSource) advance(frames int64) {
	h := s.w.parts[s.part]
	if h == nil {
		h = s.w.anyPart()
	}
	s.base += frames * int64(h.signals[s.channel].per)
	s.part++
}

func (w *wfdb) anyPart() *header {
	for _, p := range w.parts {
		if p != nil {
			return p
		}
	}
	return nil
}

func (s *wfdbSource) Close() error {
	if s.err == nil {
		s.err = fs.ErrClosed
	}
	if s.open == nil {
		return nil
	}
	return s.open.file.Close()
}

// A strand is one signal out of the file that it shares with its neighbours:
// frame after frame, of each signal as many samples as it has in a frame.
type strand struct {
	name    string
	sig     signal
	file    fs.File
	r       *bufio.Reader
	before  int // samples in a frame before ours
	after   int // samples in a frame after ours
	frame   int64
	frames  int64 // 0: to the end
	inFrame int   // samples of ours read in this frame
	n       int64 // samples of ours read
	sum     int16
	half    int64 // format 212: the second sample of a pair
	have    bool
}

func openStrand(fsys fs.FS, h *header, channel int, frames int64) (*strand, error) {
	sig := h.signals[channel]
	t := &strand{sig: sig, frames: frames, name: path.Join(path.Dir(h.name), sig.file)}
	for i, s := range h.signals {
		if s.file != sig.file {
			continue
		}
		if s.format != sig.format || s.offset != sig.offset {
			return nil, fmt.Errorf("%s: %w: signals in %s have different formats", h.name, ErrForm, s.file)
		}
		if i < channel {
			t.before += s.per
		} else if i > channel {
			t.after += s.per
		}
	}
	f, err := fsys.Open(t.name)
	if err != nil {
		return nil, err
	}
	t.file, t.r = f, bufio.NewReaderSize(f, 32<<10)
	if _, err := io.CopyN(io.Discard, t.r, sig.offset); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w: it ends before its first sample", t.name, ErrForm)
	}
	return t, nil
}

// next is the next sample of ours that is not missing and its number in the
// part, from 0, put right for skew; io.EOF after the last.
func (t *strand) next() (n, raw int64, err error) {
	for {
		if t.inFrame == 0 {
			if t.frames != 0 && t.frame == t.frames {
				return 0, 0, t.end()
			}
			for i := range t.before {
				if _, err := t.sample(); err == io.EOF && i == 0 && t.frames == 0 {
					return 0, 0, t.end()
				} else if err != nil {
					return 0, 0, t.short(err)
				}
			}
		}
		raw, err := t.sample()
		if err == io.EOF && t.frames == 0 && t.inFrame == 0 && t.before == 0 {
			return 0, 0, t.end()
		}
		if err != nil {
			return 0, 0, t.short(err)
		}
		if t.n == 0 && t.sig.initial != nil && raw != *t.sig.initial {
			return 0, 0, fmt.Errorf("%s: signal %s: %w: the first is %d, the header says %d", t.name, t.sig.name, ErrChecksum, raw, *t.sig.initial)
		}
		t.sum += int16(raw)
		n = t.n - t.sig.skew
		t.n++
		if t.inFrame++; t.inFrame == t.sig.per {
			for range t.after {
				if _, err := t.sample(); err != nil {
					return 0, 0, t.short(err)
				}
			}
			t.inFrame = 0
			t.frame++
		}
		if n >= 0 && !t.missing(raw) {
			return n, raw, nil
		}
	}
}

// end compares what the header vouches for.
func (t *strand) end() error {
	if t.sig.checksum != nil && *t.sig.checksum != t.sum {
		return fmt.Errorf("%s: signal %s: %w: their sum is %d, the header says %d", t.name, t.sig.name, ErrChecksum, t.sum, *t.sig.checksum)
	}
	return io.EOF
}

func (t *strand) short(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%s: %w: it ends in frame %d", t.name, ErrForm, t.frame+1)
	}
	return fmt.Errorf("%s: %w", t.name, err)
}

// missing reports the value that stands for no sample: the lowest.
func (t *strand) missing(raw int64) bool {
	if t.sig.format == 212 {
		return raw == -1<<11
	}
	return raw == -1<<15
}

// sample is the next sample of the file, whosever it is.
func (t *strand) sample() (int64, error) {
	if t.sig.format == 16 {
		var b [2]byte
		_, err := io.ReadFull(t.r, b[:])
		return int64(int16(binary.LittleEndian.Uint16(b[:]))), err
	}
	// Format 212: two samples of 12 bits in three bytes.
	if t.have {
		t.have = false
		return t.half, nil
	}
	var b [3]byte
	n, err := io.ReadFull(t.r, b[:])
	if err != nil && n != 2 { // an odd last sample needs two bytes only
		return 0, err
	}
	if n == 3 {
		t.half, t.have = signed12(int64(b[2])|int64(b[1]&0xf0)<<4), true
	}
	return signed12(int64(b[0]) | int64(b[1]&0x0f)<<8), nil
}

func signed12(v int64) int64 { return v << 52 >> 52 }

func (t *strand) close() error { return t.file.Close() }
