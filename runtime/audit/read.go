package audit

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Filter says which events are wanted. The zero value wants all.
type Filter struct {
	Since   time.Time      // at or after; zero: from the start
	Kind    flow.AuditKind // "": every one
	Who     string         // a part of Who, or of From; "": everybody
	Refused bool           // only what was refused
	Limit   int            // the newest so many; 0: all
}

func (f Filter) wants(e Entry) bool {
	v := e.Event
	return v != nil && !v.At.Before(f.Since) && (f.Kind == "" || v.Kind == f.Kind) && (!f.Refused || v.Refused()) &&
		(f.Who == "" || strings.Contains(v.Who, f.Who) || strings.Contains(v.From, f.Who))
}

// Read gives the events that are on disk and that f wants, oldest first. It
// believes the files; [Verify] does not.
func (l *Log) Read(f Filter) ([]Entry, error) { return Read(l.cfg.Dir, f) }

// Read is [Log.Read] for the record in a folder, whether a node has it open or not.
func Read(dir string, f Filter) ([]Entry, error) {
	files, err := filesOf(dir)
	if err != nil {
		return nil, err
	}
	var found []Entry
	for _, number := range slices.Backward(files) {
		some, err := readFile(filepath.Join(dir, fileName(number)), f)
		if errors.Is(err, os.ErrNotExist) {
			break // removed just now, and older ones too
		}
		if err != nil {
			return nil, fmt.Errorf("read the audit record: %s: %w", fileName(number), err)
		}
		found = append(some, found...)
		if f.Limit > 0 && len(found) >= f.Limit {
			return found[len(found)-f.Limit:], nil
		}
	}
	return found, nil
}

// filesOf are the numbers of the files in a folder, in order.
func filesOf(dir string) ([]uint64, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the audit record: %w", err)
	}
	var names []string
	for _, d := range list {
		names = append(names, d.Name())
	}
	return numbers(names), nil
}

// readFile leaves out what it can't read, which is for Verify to say. With a
// limit it keeps the newest only.
func readFile(path string, f Filter) (found []Entry, err error) {
	err = eachLine(path, func(line []byte) bool {
		e, err := parseLine(line, Hash{})
		if (err == nil || errors.Is(err, errHash)) && f.wants(e) {
			found = append(found, e)
		}
		if f.Limit > 0 && len(found) >= 2*f.Limit {
			found = append(found[:0], found[len(found)-f.Limit:]...)
		}
		return true
	})
	return found, err
}

// eachLine calls each with the whole lines of a file, without their ends, until
// it returns false. A line that is too long is given cut.
func eachLine(path string, each func(line []byte) bool) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, maxLine)
	for {
		line, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			return nil // what has no end is being written
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
		if !each(line[:len(line)-1]) {
			return nil
		}
	}
}
