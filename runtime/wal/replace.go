package wal

import (
	"errors"
	"fmt"
)

// Replace puts other records in the place of all there are, in one step: after
// an error it is the old log, after a crash the old one or the new one. Write
// gives the records, each to add, which keeps nothing of it. If the name itself
// can't be given, every later call returns that error: open the log anew.
func (l *Log) Replace(write func(add func(payload []byte) error) error) error {
	if l.dead != nil {
		return l.dead
	}
	beside := l.name + ".new"
	file, end, err := fill(l.disk, beside, write)
	if err != nil {
		if file != nil {
			err = errors.Join(err, file.Close())
		}
		return errors.Join(fmt.Errorf("write %s anew: %w", l.name, err), l.disk.Remove(beside))
	}
	if err := l.disk.Rename(beside, l.name); err != nil {
		// Nobody knows which of the two has the name.
		l.dead = fmt.Errorf("%s could not be replaced, and must be opened anew: %w", l.name, err)
		return errors.Join(l.dead, file.Close())
	}
	old := l.file
	l.file, l.end, l.broken = file, end, false
	return old.Close()
}

// fill writes a new file and makes it last.
func fill(d Disk, name string, write func(add func(payload []byte) error) error) (file File, end int64, err error) {
	if file, err = d.Open(name); err != nil {
		return nil, 0, err
	}
	if err := file.Truncate(0); err != nil { // one that a crash has left
		return file, 0, err
	}
	var buf []byte
	flush := func() error {
		_, err := file.WriteAt(buf, end)
		end += int64(len(buf))
		buf = buf[:0]
		return err
	}
	err = write(func(payload []byte) error {
		if len(payload) == 0 || len(payload) > MaxRecord {
			return fmt.Errorf("a record of %d bytes: want 1 to %d", len(payload), MaxRecord)
		}
		if buf = record(buf, payload); len(buf) < readAhead {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err == nil {
		err = file.Sync()
	}
	return file, end, err
}
