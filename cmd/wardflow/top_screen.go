package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"github.com/wardflow/wardflow/runtime/control"
)

// "top" on a terminal: drawn over and over, and steered by keys.

// A screen decides what stands on the terminal; run moves it there.
type screen struct {
	job   *topJob
	view  topView
	held  bool   // it stands still
	lost  string // why there is nothing newer
	last  *control.Snapshot
	looks int

	w   io.Writer
	out *os.File
}

func newScreen(j *topJob, w io.Writer, out *os.File) *screen {
	v := j.topView
	v.limit = 0 // what fits is shown
	return &screen{job: j, view: v, w: w, out: out}
}

// sectionOf are the keys that choose what is shown.
var sectionOf = map[byte]string{'o': "", 'h': "hosts", 'l': "links", 'a': "actors"}

// key does what a key says; it is false when that is to end.
func (s *screen) key(k byte) bool {
	switch k {
	case 'q', 3, 4: // Ctrl-C and Ctrl-D come as they are
		return false
	case ' ':
		s.held = !s.held
	case 's', 'S':
		keys := s.view.keys()
		step := 1
		if k == 'S' {
			step = len(keys) - 1
		}
		s.view.sort = keys[(max(0, slices.Index(keys, s.view.sort))+step)%len(keys)]
	default:
		if what, ok := sectionOf[k]; ok {
			s.view.what = what
			if !slices.Contains(s.view.keys(), s.view.sort) {
				s.view.sort = ""
			}
		}
	}
	return true
}

// see takes a snapshot; it is false when that was the last look.
func (s *screen) see(snap *control.Snapshot) bool {
	if s.lost = ""; !s.held {
		s.last = snap
	}
	s.looks++
	return s.job.count == 0 || s.looks < s.job.count
}

// lines are what stands on a terminal of that size, from the top.
func (s *screen) lines(wide, high int) []string {
	if s.last == nil {
		return []string{or(s.lost, "waiting for the first look …")}
	}
	d := s.view.of(s.last)
	all := []string{colour(s.w, bold, d.headline()), s.foot()}
	tables := d.tables(true)
	for i, t := range tables {
		room := max(3, (high-len(all))/(len(tables)-i)) - 2 // an empty line and the head
		t.rows = t.rows[:min(len(t.rows), room)]
		var b bytes.Buffer
		t.write(&b)
		lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
		for n, line := range lines {
			lines[n] = s.painted(line, t, n)
		}
		all = append(append(all, ""), lines...)
	}
	all = all[:min(len(all), high)]
	for i := range all {
		all[i] = ansi.Truncate(all[i], max(1, wide), "…")
	}
	return all
}

// painted is a line of a table in the colour of its state.
func (s *screen) painted(line string, t *table, n int) string {
	if n == 0 {
		return colour(s.w, bold, line)
	}
	for _, cell := range t.rows[n-1] {
		if code := stateColour(cell); code != "" {
			return colour(s.w, code, line)
		}
	}
	return line
}

// foot says how it is sorted, and what the keys do.
func (s *screen) foot() string {
	said := "sorted by " + or(s.view.sort, "what is usual")
	if s.held {
		said += "; held still: space goes on"
	}
	if s.lost != "" {
		return colour(s.w, bad, s.lost+"; trying again") + "  " + said
	}
	return colour(s.w, dim, said+"  [o]verview [h]osts [l]inks [a]ctors  [s]ort  [space] hold  [q]uit")
}

// lookAgain is how long after a connection is lost the next is tried.
const lookAgain = 2 * time.Second

// run draws until a key or ctx ends it.
func (s *screen) run(ctx context.Context, c *control.Client) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	keys := make(chan byte)
	if tty, err := os.Open("/dev/tty"); err == nil { // one of its own can be closed while it is read
		if was, err := term.MakeRaw(s.out.Fd()); err == nil {
			defer func() { _ = term.Restore(s.out.Fd(), was) }()
		}
		wg.Go(func() { readKeys(ctx, tty, keys) })
		defer tty.Close()
	}
	fmt.Fprint(s.out, "\x1b[?1049h\x1b[?25l")
	defer fmt.Fprint(s.out, "\x1b[?25h\x1b[?1049l")
	snaps, lost := make(chan *control.Snapshot), make(chan error)
	wg.Go(func() { s.follow(ctx, c, snaps, lost) })
	for {
		s.draw()
		select {
		case <-ctx.Done():
			return nil
		case k := <-keys:
			if !s.key(k) {
				return nil
			}
		case snap := <-snaps:
			if !s.see(snap) {
				return nil
			}
		case err := <-lost:
			s.lost = inCell(err.Error())
		}
	}
}

// follow looks again and again, over connections that are lost.
func (s *screen) follow(ctx context.Context, c *control.Client, snaps chan<- *control.Snapshot, lost chan<- error) {
	for ctx.Err() == nil {
		err := looking(ctx, c, s.job.every, func(snap *control.Snapshot) bool {
			select {
			case snaps <- snap:
				return true
			case <-ctx.Done():
				return false
			}
		})
		if err == nil {
			continue
		}
		select {
		case lost <- err:
		case <-ctx.Done():
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
		}
	}
}

// readKeys gives keys until the terminal is closed.
func readKeys(ctx context.Context, tty io.Reader, keys chan<- byte) {
	buf := make([]byte, 16)
	for {
		n, err := tty.Read(buf)
		if err != nil {
			return
		}
		if n > 1 && buf[0] == 0x1b {
			continue // an arrow, or another key of many bytes
		}
		for _, k := range buf[:n] {
			select {
			case keys <- k:
			case <-ctx.Done():
				return
			}
		}
	}
}

// draw writes all lines over what stood there, in one piece, so that nothing
// flickers.
func (s *screen) draw() {
	wide, high, err := term.GetSize(s.out.Fd())
	if err != nil || wide <= 0 || high <= 0 {
		wide, high = 80, 24
	}
	var b strings.Builder
	b.WriteString("\x1b[H")
	for i, line := range s.lines(wide, high) {
		if i > 0 {
			b.WriteString("\r\n") // raw terminals take the two apart
		}
		b.WriteString("\x1b[K" + line)
	}
	b.WriteString("\x1b[J")
	fmt.Fprint(s.out, b.String())
}
