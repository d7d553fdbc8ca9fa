package pki

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
)

// A ledger is a list that only grows: JSON lines in a file, or in memory until
// the CA is saved. Several processes may write to one file. A line that a crash
// has cut short was never promised to anybody and is taken out by the next one
// that writes.
type ledger[T any] struct {
	mu   sync.Mutex // guards both
	path string     // "" in memory
	kept []T        // while path is ""
}

// add has the lines on disk when it returns.
func (l *ledger[T]) add(lines ...T) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.path == "" {
		l.kept = append(l.kept, lines...)
		return nil
	}
	return appendLines(l.path, 0, lines...)
}

// copy writes all lines to a new file.
func (l *ledger[T]) copy(path string) error {
	var all []T
	if _, err := l.read(0, func(t T) { all = append(all, t) }); err != nil {
		return err
	}
	return appendLines(path, os.O_EXCL, all...)
}

// move goes on in a file that copy has made, here or elsewhere.
func (l *ledger[T]) move(path string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.path, l.kept = path, nil
}

// read calls f for each line from the offset from on, and returns the offset
// after the last. In memory an offset counts lines, in a file bytes.
func (l *ledger[T]) read(from int64, f func(T)) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.path == "" {
		for _, line := range l.kept[from:] {
			f(line)
		}
		return int64(len(l.kept)), nil
	}
	file, err := os.Open(l.path)
	if errors.Is(err, os.ErrNotExist) {
		return from, nil
	}
	if err != nil {
		return from, err
	}
	defer file.Close()
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		return from, err
	}
	for lines := bufio.NewReader(file); ; {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF { // a last line without its end is not whole
			return from, nil
		}
		var t T
		if err == nil {
			err = json.Unmarshal(line, &t)
		}
		if err != nil {
			return from, fmt.Errorf("%s: at byte %d: %w", l.path, from, err)
		}
		f(t)
		from += int64(len(line))
	}
}

// appendLines adds lines at the end of a file and has them on disk when it
// returns.
func appendLines[T any](path string, flag int, lines ...T) error {
	var b []byte
	for _, l := range lines {
		line, err := json.Marshal(l)
		if err != nil {
			return err
		}
		b = append(append(b, line...), '\n')
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|flag, 0o600)
	if err != nil {
		return err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX) // until it is closed
	var end int64
	if err == nil {
		end, err = lastLine(f)
	}
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.WriteAt(b, end)
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// lastLine is where the last whole line of a file ends.
func lastLine(f *os.File) (int64, error) {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	one := make([]byte, 1)
	for ; end > 0; end-- {
		if _, err := f.ReadAt(one, end-1); err != nil {
			return 0, err
		}
		if one[0] == '\n' {
			break
		}
	}
	return end, nil
}

// lock keeps other processes from making a list of the same CA at the same time.
func (l *lists) lock() (unlock func(), err error) {
	if l.dir == "" {
		return func() {}, nil
	}
	f, err := os.OpenFile(l.dir, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
