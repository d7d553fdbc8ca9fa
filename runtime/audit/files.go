package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/runtime/wal"
)

// fileName is that of the n-th file, which sorts as n does.
func fileName(n uint64) string { return fmt.Sprintf("audit-%010d.log", n) }

// fileNumber is the number of a file, 0 if it is none of the record's.
func fileNumber(name string) uint64 {
	digits, ok := strings.CutPrefix(name, "audit-")
	digits, is := strings.CutSuffix(digits, ".log")
	n, err := strconv.ParseUint(digits, 10, 64)
	if !ok || !is || err != nil || fileName(n) != name {
		return 0
	}
	return n
}

// numbers are those of the record's files, in order.
func numbers(names []string) (found []uint64) {
	for _, name := range names {
		if n := fileNumber(name); n > 0 {
			found = append(found, n)
		}
	}
	slices.Sort(found)
	return found
}

// A tail is how a file ends.
type tail struct {
	last   Entry // the last whole one; its N is 0 when there is none
	size   int64 // bytes up to its end
	cut    int64 // bytes after it, which were not wholly written
	damage string
}

// readTail goes through a file's lines. What comes after the first line that is
// not as it was written is torn, unless something follows that is only written when
// all before it is on disk: then it is damage.
func readTail(file wal.File) (t tail, err error) {
	size, err := file.Size()
	if err != nil {
		return t, err
	}
	data := make([]byte, size)
	if _, err := file.ReadAt(data, 0); err != nil && !errors.Is(err, io.EOF) {
		return t, err
	}
	var before Hash
	for rest := data; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			break
		}
		e, err := parseLine(rest[:end], before)
		if t.size == 0 && e.Begin != nil {
			e, err = parseLine(rest[:end], e.Begin.Before)
		}
		if err != nil {
			t.damage = damage(rest[end+1:], e, t.last.N+1, err)
			break
		}
		t.last, before = e, e.Hash
		t.size += int64(end) + 1
		rest = rest[end+1:]
	}
	t.cut = size - t.size
	return t, nil
}

// damage is "" if nothing in rest, the lines after a bad one, shows that the bad
// one was once written as it should be.
func damage(rest []byte, bad Entry, n uint64, why error) string {
	before := bad.Hash
	for line := range bytes.Lines(rest) {
		e, err := parseLine(bytes.TrimSuffix(line, []byte("\n")), before)
		if err == nil && (e.Seal != nil || e.Opened != nil) {
			return fmt.Sprintf("entry %d: %v", n, why)
		}
		before = e.Hash
	}
	return ""
}

// firstOf is the entry on top of a file, whether its hash is right or not.
func firstOf(file wal.File) (Entry, error) {
	top := make([]byte, maxLine)
	n, err := file.ReadAt(top, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Entry{}, err
	}
	line, _, whole := bytes.Cut(top[:n], []byte("\n"))
	if !whole {
		return Entry{}, errors.New("has no whole entry")
	}
	e, err := parseLine(line, Hash{})
	if err != nil && !errors.Is(err, errHash) {
		return Entry{}, err
	}
	if e.Begin == nil || e.N == 0 {
		return Entry{}, errors.New("does not begin as a file of the record does")
	}
	return e, nil
}
