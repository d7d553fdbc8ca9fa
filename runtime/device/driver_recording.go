package device

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// ErrEnded reports a recording that has been played to its end.
var ErrEnded = errors.New("the recording has ended")

// A recording is a device that plays a file: a column of a CSV file, or one
// value a line. At a pace (every, or a column of times) its value is the one
// that was recorded at the time that has passed since it was first used;
// without a pace every read takes the next value.
type recording struct {
	values []flow.Value
	at     []time.Duration // since the first; nil: step by step
	length time.Duration   // of one round
	loop   bool
	eos    bool // its feeds end with an end of stream

	mu    sync.Mutex // guards what follows
	began time.Time  // first use; zero: not used yet
	next  int        // step by step: the value that is read next
}

func openRecording(c Capability, s *settings) (any, error) {
	path := s.path("path", "a CSV file, or a file of one value a line")
	t := table{column: s.text("column", ""), time: s.text("time", ""), skip: int(s.number("skip", 0))}
	every := s.span("every", 0)
	speed := s.number("speed", 1)
	if speed < 1e-3 || speed > 1e6 {
		s.refuse("speed", "want 0.001 to 1000000, not %v", speed)
	}
	r := &recording{loop: s.bool("loop", true), eos: strings.Contains(c.Kind, "eos")}
	conv := newConverter(c, s)
	switch {
	case every > 0 && t.time != "":
		s.refuse("every", "can't stand beside time: one of them gives the pace")
	case c.Use == Watches && every == 0 && t.time == "":
		s.refuse("every", "is missing: %s is watched, so its recording needs a pace: every, or time, a column of times", c.Name)
	}
	if err := s.err(); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("devices: %s: %w", c.Name, err)
	}
	defer f.Close()
	rows, err := t.read(bufio.NewReader(f), &conv)
	if err != nil {
		return nil, fmt.Errorf("devices: %s: %s: %w", c.Name, path, err)
	}
	r.load(rows, every, speed)
	return r, nil
}

// load takes the rows and paces them.
func (r *recording) load(rows []row, every time.Duration, speed float64) {
	for i, row := range rows {
		at := row.at
		if every > 0 {
			at = time.Duration(i) * every
		}
		r.values = append(r.values, row.value)
		if every > 0 || row.timed {
			r.at = append(r.at, time.Duration(float64(at)/speed))
		}
	}
	if n := len(r.at); n > 0 { // one round lasts as long again after its last value as before it
		last := time.Second
		if every > 0 {
			last = time.Duration(float64(every) / speed)
		} else if n > 1 && r.at[n-1] > r.at[n-2] {
			last = r.at[n-1] - r.at[n-2]
		}
		r.length = r.at[n-1] + max(last, 1)
	}
}

// Read is the value at its time, or the next one.
func (r *recording) Read(now time.Time) (flow.Value, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at == nil {
		return r.step()
	}
	n := r.reached(now)
	if !r.loop && n >= len(r.values) && r.passed(now) >= r.length {
		return nil, ErrEnded
	}
	return r.values[(n-1)%len(r.values)], nil
}

func (r *recording) step() (flow.Value, error) {
	if r.next == len(r.values) {
		if !r.loop {
			return nil, ErrEnded
		}
		r.next = 0
	}
	r.next++
	return r.values[r.next-1], nil
}

// passed is the time since the first use; a clock that was set back counts
// from anew.
func (r *recording) passed(now time.Time) time.Duration {
	if r.began.IsZero() || now.Before(r.began) {
		r.began = now
	}
	return now.Sub(r.began)
}

// reached is how many values have been played by now, all rounds together; at
// least one.
func (r *recording) reached(now time.Time) int {
	passed, rounds := r.passed(now), time.Duration(0)
	if r.loop {
		rounds = passed / r.length
		passed %= r.length
	}
	n := sort.Search(len(r.at), func(i int) bool { return r.at[i] > passed })
	return int(rounds)*len(r.values) + max(n, 1)
}

// due is when value n (from 0, all rounds together) is played.
func (r *recording) due(n int) time.Time {
	round := time.Duration(n / len(r.values))
	return r.began.Add(round*r.length + r.at[n%len(r.values)])
}

// Watch gives each value at its time; without a pace it gives none.
func (r *recording) Watch(func()) Feed { return &played{of: r} }

// played is the feed of a recording.
type played struct {
	of    *recording
	begun bool
	next  int // value to give
	due   time.Time
	ended bool
}

func (p *played) Next(now time.Time) (flow.Value, bool, error) {
	r := p.of
	if r.at == nil || p.ended {
		return nil, false, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	first := r.began.IsZero()
	reached := r.reached(now)
	if !p.begun {
		p.begun, p.next = true, reached
		if first { // the recording begins here, and its first value with it
			p.next = 0
		}
	}
	p.next = max(p.next, reached-held) // nobody took them
	if p.next < reached && (r.loop || p.next < len(r.values)) {
		p.next++
		p.due = r.due(p.next)
		return r.values[(p.next-1)%len(r.values)], true, nil
	}
	if !r.loop && p.next >= len(r.values) {
		p.ended, p.due = true, time.Time{}
		return flow.EOS, r.eos, nil
	}
	p.due = r.due(p.next)
	return nil, false, nil
}

func (p *played) Due() time.Time { return p.due }
func (p *played) Close()         {}
