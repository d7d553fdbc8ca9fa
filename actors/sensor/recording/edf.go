package recording

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
)

// edf is an EDF or EDF+C file. Its annotations are not samples and are skipped.
type edf struct {
	fsys     fs.FS
	name     string
	header   *edfHeader
	channels []Channel
	signals  []int // index in the header of each channel
	scales   []scale
}

func openEDF(fsys fs.FS, name string) (*edf, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, err := parseEDFHeader(f)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if want := h.bytes + h.records*h.record; h.records >= 0 && info.Size() != want {
		return nil, fmt.Errorf("%w: it has %d bytes, header and %d records make %d", ErrForm, info.Size(), h.records, want)
	}
	e := &edf{fsys: fsys, name: name, header: h}
	for i, s := range h.signals {
		if s.label == annotations {
			continue
		}
		sc, err := s.scale()
		if err != nil {
			return nil, fmt.Errorf("%w: signal %d, %s: %w", ErrForm, i, s.label, err)
		}
		e.channels = append(e.channels, Channel{Name: s.label, Unit: s.unit, Step: sc.step, Span: h.span, Count: s.per})
		e.signals = append(e.signals, i)
		e.scales = append(e.scales, sc)
	}
	if len(e.channels) == 0 {
		return nil, fmt.Errorf("%w: it holds annotations only", ErrForm)
	}
	return e, nil
}

func (e *edf) Channels() []Channel { return e.channels }

func (e *edf) Read(channel int) (Source, error) {
	if channel < 0 || channel >= len(e.channels) {
		return nil, fmt.Errorf("no channel %d", channel)
	}
	f, err := e.fsys.Open(e.name)
	if err != nil {
		return nil, err
	}
	s := &edfSource{name: e.name, file: f, r: bufio.NewReaderSize(f, 32<<10), ch: e.channels[channel],
		scale: e.scales[channel], records: e.header.records, skip: e.header.bytes}
	for i, sig := range e.header.signals {
		if i < e.signals[channel] {
			s.before += 2 * sig.per
		} else if i > e.signals[channel] {
			s.after += 2 * sig.per
		}
	}
	return s, nil
}

type edfSource struct {
	name          string
	file          fs.File
	r             *bufio.Reader
	ch            Channel
	scale         scale
	records       int64 // -1: to the end
	skip          int64 // bytes before the next sample of ours
	before, after int64 // bytes of the other signals in a record
	record        int64
	inRecord      int64
	n             int64
}

func (s *edfSource) Next() (Sample, error) {
	if s.inRecord == 0 {
		if s.record == s.records {
			return Sample{}, io.EOF
		}
		if err := s.discard(s.skip); err != nil {
			return Sample{}, err
		}
		s.skip = 0
		if _, err := s.r.Peek(1); err == io.EOF && s.records < 0 {
			return Sample{}, io.EOF
		}
		if err := s.discard(s.before); err != nil {
			return Sample{}, err
		}
	}
	var b [2]byte
	if _, err := io.ReadFull(s.r, b[:]); err != nil {
		return Sample{}, s.short(err)
	}
	out := Sample{Index: s.n, At: s.ch.At(s.n), Value: s.scale.value(int64(int16(binary.LittleEndian.Uint16(b[:]))))}
	s.n++
	if s.inRecord++; s.inRecord == s.ch.Count {
		if err := s.discard(s.after); err != nil {
			return Sample{}, err
		}
		s.inRecord = 0
		s.record++
	}
	return out, nil
}

func (s *edfSource) discard(n int64) error {
	if _, err := io.CopyN(io.Discard, s.r, n); err != nil {
		return s.short(err)
	}
	return nil
}

func (s *edfSource) short(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%s: %w: it ends in record %d", s.name, ErrForm, s.record+1)
	}
	return fmt.Errorf("%s: %w", s.name, err)
}

func (s *edfSource) Close() error { return s.file.Close() }
