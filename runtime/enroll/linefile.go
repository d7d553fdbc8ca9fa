package enroll

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/wardflow/wardflow/runtime/durable"
)

// A lineFile is a file of JSON lines that only grows, and is replaced by a
// shorter one now and then. A line is there from when add has returned, and a
// line that was cut short by a crash never was.
type lineFile struct {
	path  string
	open  os.FileInfo // the file that was read, nil at first
	at    int64       // how far
	lines int
}

// lock waits until no other process is at the file.
func (f *lineFile) lock() (unlock func(), err error) {
	l, err := os.OpenFile(f.path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(l.Fd()), syscall.LOCK_EX); err != nil {
		l.Close()
		return nil, fmt.Errorf("lock %s: %w", l.Name(), err)
	}
	return func() { l.Close() }, nil // which unlocks it
}

// news reads the lines that were added since it was called last; anew says that
// they are all there are, and what was known before is void.
func (f *lineFile) news() (anew bool, lines []line, err error) {
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false, nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return false, nil, err
	}
	if f.open == nil || !os.SameFile(f.open, info) || info.Size() < f.at {
		anew, f.at, f.lines = true, 0, 0
	}
	f.open = info
	if info.Size() == f.at {
		return anew, nil, nil
	}
	fresh, err := io.ReadAll(io.NewSectionReader(file, f.at, info.Size()-f.at))
	if err != nil {
		return false, nil, err
	}
	whole := bytes.LastIndexByte(fresh, '\n') + 1
	if whole < len(fresh) { // a crash cut the last one short: nobody was told that it is there
		if err := errors.Join(file.Truncate(f.at+int64(whole)), file.Sync()); err != nil {
			return false, nil, err
		}
	}
	for _, b := range bytes.Split(fresh[:whole], []byte("\n")) {
		if len(b) == 0 {
			continue
		}
		var l line
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&l); err != nil {
			return false, nil, fmt.Errorf("%s, line %d: %w: put a copy of the file back from a backup", f.path, f.lines+len(lines)+1, err)
		}
		lines = append(lines, l)
	}
	f.at += int64(whole)
	f.lines += len(lines)
	return anew, lines, nil
}

// add has a line on disk when it returns nil, and leaves nothing of it behind
// otherwise.
func (f *lineFile) add(l line) error {
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(f.path, os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteAt(append(b, '\n'), f.at)
	if err == nil {
		err = file.Sync()
	}
	if err != nil {
		return errors.Join(err, file.Truncate(f.at), file.Close())
	}
	f.at += int64(len(b)) + 1
	f.lines++
	return file.Close()
}

// rewrite puts a file with these lines only in its place.
func (f *lineFile) rewrite(lines []line) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, l := range lines {
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	if err := durable.Replace(f.path, b.Bytes(), 0o600); err != nil {
		return err
	}
	info, err := os.Stat(f.path)
	if err != nil {
		return err
	}
	f.open, f.at, f.lines = info, int64(b.Len()), len(lines)
	return nil
}
