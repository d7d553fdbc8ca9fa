package audit

import (
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/wal"
)

// A writer appends entries to the newest file and begins the next. It is not for
// many goroutines.
type writer struct {
	cfg  *Config
	disk wal.Disk

	file    wal.File
	number  uint64 // of the file
	size    int64  // bytes of it that are whole
	last    Entry  // the newest of the record
	sealed  uint64 // the number of the last seal
	dirty   bool   // something may stand after size
	failing bool   // the last write failed, and somebody was told
}

// open goes on where the record ended.
func (w *writer) open() error {
	names, err := w.disk.Names()
	if err != nil {
		return err
	}
	opened := &Opened{At: time.Now().UTC().Round(0)}
	damaged := ""
	if files := numbers(names); len(files) > 0 {
		w.number = files[len(files)-1]
		if w.file, err = w.disk.Open(fileName(w.number)); err != nil {
			return err
		}
		t, err := readTail(w.file)
		if err != nil {
			return fmt.Errorf("read %s: %w", fileName(w.number), err)
		}
		w.last, w.size = t.last, t.size
		switch {
		case t.damage != "":
			damaged = fmt.Sprintf("%s, %s", fileName(w.number), t.damage)
		case t.cut > 0:
			opened.Cut = t.cut
			if err := w.file.Truncate(t.size); err != nil {
				return err
			}
		}
		if t.last.N == 0 && damaged == "" {
			// Not even its first entry was written. The file before says what was last.
			if damaged, err = w.before(files[:len(files)-1]); err != nil {
				return err
			}
		}
	}
	if damaged != "" {
		w.cfg.Log.Error("audit record was changed by somebody: it goes on in a new file", "err", damaged)
	}
	if w.file == nil || w.size == 0 || damaged != "" {
		if err := w.begin(damaged); err != nil {
			return err
		}
	}
	return w.append([]Entry{{Opened: opened}})
}

// before takes the last entry from the newest of some files, and leaves the empty
// one after them to be begun anew.
func (w *writer) before(files []uint64) (damage string, err error) {
	if err := w.end(); err != nil {
		return "", err
	}
	w.number--
	if len(files) == 0 {
		return "", nil
	}
	file, err := w.disk.Open(fileName(files[len(files)-1]))
	if err != nil {
		return "", err
	}
	defer file.Close()
	t, err := readTail(file)
	w.last = t.last
	if err == nil && (t.damage != "" || t.cut > 0) {
		damage = fmt.Sprintf("%s ends after entry %d, in the midst of something", fileName(files[len(files)-1]), t.last.N)
	}
	return damage, err
}

// begin begins the next file. When that fails, the record goes on where it was.
func (w *writer) begin(damage string) error {
	name := fileName(w.number + 1)
	file, err := w.disk.Open(name)
	if err != nil {
		return err
	}
	next := *w
	next.file, next.size, next.number, next.dirty = file, 0, w.number+1, true // a begin that failed before
	err = next.append([]Entry{{Begin: &Begin{At: time.Now().UTC().Round(0), Node: w.cfg.Node, File: next.number, Before: w.last.Hash, Damage: damage}}})
	if err != nil {
		return errors.Join(err, file.Close(), w.disk.Remove(name))
	}
	old := *w
	*w = next
	return old.end()
}

// write appends entries, and begins a new file when this one is full.
func (w *writer) write(batch []Entry) error {
	if err := w.append(batch); err != nil {
		return err
	}
	if w.size < w.cfg.FileSize {
		return nil
	}
	if err := w.seal(); err != nil {
		w.cfg.Log.Warn("audit record was not sealed", "err", err)
	}
	if err := w.begin(""); err != nil {
		w.cfg.Log.Warn("audit record goes on in a file that is full", "err", err)
		return nil // what was to be written is
	}
	return w.forget()
}

// append numbers entries and writes them, all or none.
func (w *writer) append(batch []Entry) error {
	var text []byte
	last := w.last
	for _, e := range batch {
		e.N = last.N + 1
		line, err := e.line(last.Hash)
		if err != nil {
			return err
		}
		text = append(text, line...)
		last = e
	}
	if w.dirty {
		if err := w.file.Truncate(w.size); err != nil {
			return err
		}
	}
	w.dirty = true
	if _, err := w.file.WriteAt(text, w.size); err != nil {
		return errors.Join(err, w.file.Truncate(w.size))
	}
	if err := w.file.Sync(); err != nil {
		return errors.Join(err, w.file.Truncate(w.size))
	}
	w.dirty = false
	w.size += int64(len(text))
	w.last = last
	return nil
}

// seal signs what is new since the last seal.
func (w *writer) seal() error {
	if w.cfg.Signer == nil || w.sealed == w.last.N || w.file == nil {
		return nil
	}
	seal, err := newSeal(w.cfg.Signer(), w.cfg.Node, w.last.Hash, time.Now())
	if err != nil {
		return err
	}
	if err := w.append([]Entry{{Seal: seal}}); err != nil {
		return err
	}
	w.sealed = w.last.N
	return nil
}

// forget removes the oldest files when there are too many.
func (w *writer) forget() error {
	names, err := w.disk.Names()
	if err != nil {
		return err
	}
	files := numbers(names)
	for len(files) > w.cfg.Files {
		upto, err := w.upto(files[1])
		if err != nil {
			return err
		}
		gone := &Gone{At: time.Now().UTC().Round(0), File: files[0], Upto: upto}
		if err := w.append([]Entry{{Gone: gone}}); err != nil {
			return err
		}
		if err := w.disk.Remove(fileName(files[0])); err != nil {
			return err
		}
		files = files[1:]
	}
	return nil
}

// upto is the number of the last entry before a file.
func (w *writer) upto(number uint64) (uint64, error) {
	file, err := w.disk.Open(fileName(number))
	if err != nil {
		return 0, err
	}
	defer file.Close()
	first, err := firstOf(file)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", fileName(number), err)
	}
	return first.N - 1, nil
}

func (w *writer) end() error {
	if w.file == nil {
		return nil
	}
	file := w.file
	w.file = nil
	return file.Close()
}
