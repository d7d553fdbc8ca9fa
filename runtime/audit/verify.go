package audit

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Report says what a record holds that is as it was written.
type Report struct {
	Node   flow.NodeID `json:"node"`
	Files  int         `json:"files"`
	First  uint64      `json:"first"` // number of the oldest entry that is kept
	Last   uint64      `json:"last"`  // of the newest
	Head   Hash        `json:"head"`  // its hash
	Seals  int         `json:"seals"`
	Sealed uint64      `json:"sealed"` // entries up to this number are signed for by the node
	At     time.Time   `json:"at"`     // of the last seal; zero: there is none
	Lost   uint64      `json:"lost"`   // events that were only counted: the disk was full or too slow
	Torn   bool        `json:"torn"`   // the last entry was not wholly written: the node writes just now, or ended abruptly
}

// A BadEntry is the first entry that is not as it was written.
type BadEntry struct {
	File string
	Line int    // from 1
	N    uint64 // the number that the entry should have
	Why  string
}

// Error names the entry.
func (b *BadEntry) Error() string {
	return fmt.Sprintf("%s:%d: entry %d: %s", b.File, b.Line, b.N, b.Why)
}

// Verify goes through the record in a folder. An error that is a [*BadEntry]
// names the first entry that is not as it was written; the report is then of what
// stands before it. With a judge the seals must be of the node's certificates.
//
// What it can't see is that the newest entries are missing altogether: compare
// the report's Last and Head with what was noted elsewhere.
func Verify(dir string, judge Judge) (Report, error) {
	files, err := filesOf(dir)
	if err != nil {
		return Report{}, err
	}
	if len(files) == 0 {
		return Report{}, fmt.Errorf("%s holds no audit record: it is the folder audit of a node's dir", dir)
	}
	v := verifier{judge: judge}
	for i, number := range files {
		v.file, v.line, v.newest = fileName(number), 0, i == len(files)-1
		if i > 0 && number != files[i-1]+1 {
			return v.Report, v.bad("the file before it is missing")
		}
		if err := v.verify(filepath.Join(dir, v.file)); err != nil {
			return v.Report, err
		}
		v.Files++
	}
	return v.Report, v.checkGone(files[0])
}

// A verifier goes from file to file.
type verifier struct {
	Report
	judge  Judge
	file   string
	line   int
	newest bool
	gone   Gone // the last that was said to be removed
}

func (v *verifier) bad(format string, args ...any) error {
	return &BadEntry{File: v.file, Line: max(v.line, 1), N: v.Last + 1, Why: fmt.Sprintf(format, args...)}
}

func (v *verifier) verify(path string) (err error) {
	torn, size, err := ending(path)
	if err != nil {
		return err
	}
	if torn && !v.newest || size == 0 {
		return v.bad("the file ends before its first entry, or in the midst of one")
	}
	v.Torn = torn
	failed := eachLine(path, func(line []byte) bool {
		v.line++
		err = v.entry(line)
		return err == nil
	})
	return errors.Join(failed, err)
}

// ending reports whether a file ends without the end of a line.
func ending(path string) (torn bool, size int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return false, 0, err
	}
	defer file.Close()
	if size, err = file.Seek(0, io.SeekEnd); err != nil || size == 0 {
		return false, size, err
	}
	var b [1]byte
	_, err = file.ReadAt(b[:], size-1)
	return b[0] != '\n', size, err
}

func (v *verifier) entry(line []byte) error {
	before := v.Head
	e, err := parseLine(line, before)
	if v.line == 1 && e.Begin != nil {
		if v.First == 0 {
			before = e.Begin.Before // what was before is gone
			v.First, v.Node, v.Last = e.N, e.Begin.Node, e.N-1
			e, err = parseLine(line, before)
		}
		if err == nil {
			err = v.begin(e)
		}
	}
	switch {
	case err != nil:
		return v.bad("%v", err)
	case v.line == 1 && e.Begin == nil:
		return v.bad("is not what a file begins with")
	case v.line > 1 && e.Begin != nil:
		return v.bad("begins a file in the midst of one")
	case e.N != v.Last+1:
		return v.bad("says that it is entry %d", e.N)
	}
	if e.Seal != nil {
		if err := e.Seal.check(v.Node, before, v.judge); err != nil {
			return v.bad("%v", err)
		}
		v.Seals++
		v.Sealed, v.At = v.Last, e.Seal.At
	}
	if e.Gone != nil {
		v.gone = *e.Gone
	}
	v.Lost += e.Lost
	v.Last, v.Head = e.N, e.Hash
	return nil
}

func (v *verifier) begin(e Entry) error {
	b := e.Begin
	switch {
	case fileName(b.File) != v.file:
		return fmt.Errorf("is the begin of %s", fileName(b.File))
	case b.Node != v.Node:
		return fmt.Errorf("is of the node %s, and not of %s", b.Node, v.Node)
	case b.Damage != "":
		return fmt.Errorf("the node found that the file before was changed: %s", b.Damage)
	case b.File == 1 && (e.N != 1 || b.Before != Hash{}):
		return errors.New("is the first file, and does not begin with entry 1")
	case b.Before != v.Head && v.Head != Hash{}:
		return errors.New("does not follow the file before")
	}
	return nil
}

// checkGone holds the oldest file that is there to what was said of those that
// are not.
func (v *verifier) checkGone(first uint64) error {
	if first == 1 || v.gone.File == first-1 && v.gone.Upto == v.First-1 {
		return nil
	}
	// The node may have said that the oldest is gone, and ended before it went.
	if v.gone.File >= first {
		return nil
	}
	v.line, v.file, v.Last = 1, fileName(first), v.First-1
	return v.bad("entries before it are missing, and the record does not say that they are gone")
}
