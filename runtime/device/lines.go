package device

import (
	"bufio"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Lines is an input whose changes are the lines of a reader, without their
// ends, and the end of a stream after the last: io.stdin. A line of more than
// 64 KiB comes in pieces. Reading begins with the first watcher, and no further
// than its watchers take: no line is lost.
type Lines struct {
	r     io.Reader
	begin sync.Once

	mu    sync.Mutex // guards what follows
	room  *sync.Cond // a watcher has taken or gone
	feeds []*lineFeed
	last  flow.Value
	heard bool
	ended bool
}

// ahead is how many lines are read that a watcher has not taken.
const ahead = 64

// NewLines makes an input of a reader. Its goroutine ends with the reader: a
// read of a terminal can't be broken off.
func NewLines(r io.Reader) *Lines {
	l := &Lines{r: r}
	l.room = sync.NewCond(&l.mu)
	return l
}

// Read is the newest line.
func (l *Lines) Read(time.Time) (flow.Value, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.heard {
		return nil, ErrSilent
	}
	return l.last, nil
}

// Watch gives each line from now on.
func (l *Lines) Watch(wake func()) Feed {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := &lineFeed{of: l, wake: wake}
	if l.ended {
		f.lines = []flow.Value{flow.EOS}
	}
	l.feeds = append(l.feeds, f)
	l.begin.Do(func() { go l.run() })
	return f
}

func (l *Lines) run() {
	in := bufio.NewReaderSize(l.r, longest)
	for {
		line, _, err := in.ReadLine()
		if err != nil {
			l.put(flow.EOS, true)
			return
		}
		l.put(strings.ToValidUTF8(string(line), "\uFFFD"), false)
	}
}

// put gives a line to every watcher, once each has room.
func (l *Lines) put(v flow.Value, end bool) {
	l.mu.Lock()
	for l.full() {
		l.room.Wait()
	}
	l.ended = end
	if !end {
		l.last, l.heard = v, true
	}
	feeds := append([]*lineFeed(nil), l.feeds...)
	for _, f := range feeds {
		f.lines = append(f.lines, v)
	}
	l.mu.Unlock()
	for _, f := range feeds {
		f.wake()
	}
}

func (l *Lines) full() bool {
	for _, f := range l.feeds {
		if len(f.lines) >= ahead {
			return true
		}
	}
	return len(l.feeds) == 0 // nobody listens: the next watcher gets it
}

type lineFeed struct {
	of    *Lines
	wake  func()
	lines []flow.Value // guarded by of.mu
	done  bool         // the end was given
}

func (f *lineFeed) Next(time.Time) (flow.Value, bool, error) {
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	if len(f.lines) == 0 {
		return nil, false, nil
	}
	v := f.lines[0]
	f.lines = f.lines[1:]
	f.done = flow.IsEOS(v)
	f.of.room.Broadcast()
	return v, true, nil
}

func (f *lineFeed) Due() time.Time { return time.Time{} }

// Awaits reports whether more lines may come.
func (f *lineFeed) Awaits() bool {
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	return !f.done
}

func (f *lineFeed) Close() {
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	for i, g := range f.of.feeds {
		if g == f {
			f.of.feeds = append(f.of.feeds[:i:i], f.of.feeds[i+1:]...)
			break
		}
	}
	f.of.room.Broadcast()
}
