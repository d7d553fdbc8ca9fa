package tlog

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/wardflow/wardflow/runtime/wal"
)

// reading is a folder that is read while another process may write it: nothing
// is made, changed or locked, and what looks torn is left alone.
type reading struct{ dir string }

// ReadOnly is a folder of this computer, to be read while another process may
// write it: nothing in it is made, changed or locked.
func ReadOnly(dir string) wal.Disk { return reading{dir} }

var errReading = errors.New("the log is open to be read only")

func (r reading) Open(name string) (wal.File, error) {
	f, err := os.Open(filepath.Join(r.dir, name))
	if err != nil {
		return nil, err
	}
	return readFile{f}, nil
}

func (r reading) Names() (names []string, err error) {
	entries, err := os.ReadDir(r.dir)
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	return names, err
}

func (reading) Rename(string, string) error { return errReading }
func (reading) Remove(string) error         { return errReading }
func (reading) Free() (int64, int64, error) { return 0, 0, errReading }

type readFile struct{ *os.File }

func (readFile) WriteAt([]byte, int64) (int, error) { return 0, errReading }
func (readFile) Truncate(int64) error               { return nil } // of what is being written
func (readFile) Sync() error                        { return nil }

func (f readFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
