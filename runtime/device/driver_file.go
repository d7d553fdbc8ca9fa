package device

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// longest is how many bytes of a file or a message count as one value.
const longest = 64 << 10

// A file is a device that is a file: a pin or a thermometer below /sys, or any
// text file that another program writes or reads. It is read anew each time, so
// a device that is plugged in later is found.
type file struct {
	path string
	poll time.Duration
	converter
}

func openFile(c Capability, s *settings) (any, error) {
	f := &file{path: s.path("path", "the file, such as /sys/class/gpio/gpio17/value"),
		poll: s.span("poll", 100*time.Millisecond), converter: newConverter(c, s)}
	return f, s.err()
}

// Read is the value of the file's text.
func (f *file) Read(time.Time) (flow.Value, error) {
	r, err := os.Open(f.path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.c.Name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, longest+1))
	if err == nil && len(b) > longest {
		err = fmt.Errorf("%s has more than %d bytes", f.path, longest)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.c.Name, err)
	}
	return f.value(string(b))
}

// Write makes the value's text the whole file.
func (f *file) Write(v flow.Value) error {
	text, err := f.text(v)
	if err != nil {
		return err
	}
	w, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return fmt.Errorf("%s: %w", f.c.Name, err)
	}
	_, err = io.WriteString(w, text+"\n")
	if e := w.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.c.Name, err)
	}
	return nil
}

// Watch looks at the file once each poll.
func (f *file) Watch(func()) Feed { return &polled{of: f, every: f.poll} }

// polled is a feed of an input that must be asked: what differs from the last
// value seen is a change. What it finds first is none.
type polled struct {
	of    Input
	every time.Duration
	due   time.Time
	last  []byte // encoded; nil: not seen yet
}

func (p *polled) Next(now time.Time) (flow.Value, bool, error) {
	if left := p.due.Sub(now); left > 0 && left <= p.every {
		return nil, false, nil
	}
	p.due = now.Add(p.every)
	v, err := p.of.Read(now)
	if err != nil {
		return nil, false, err
	}
	seen, err := flow.AppendValue(nil, v)
	if err != nil {
		return nil, false, err
	}
	changed := p.last != nil && string(seen) != string(p.last)
	p.last = seen
	return v, changed, nil
}

func (p *polled) Due() time.Time { return p.due }
func (p *polled) Close()         {}
