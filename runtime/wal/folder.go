package wal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A Folder is a [Disk]: a folder of this computer, used by one process at a
// time.
type Folder struct {
	dir  string
	lock *os.File
}

const lockName = "lock"

// OpenFolder opens a folder, which is made if it is not there. It is an error
// while another process has it open.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	return &Folder{dir: dir, lock: lock}, nil
}

// Open is [Disk]'s.
func (f *Folder) Open(name string) (File, error) {
	path := filepath.Join(f.dir, name)
	_, err := os.Stat(path)
	fresh := errors.Is(err, fs.ErrNotExist)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if fresh {
		if err := f.sync(); err != nil {
			return nil, errors.Join(err, file.Close())
		}
	}
	return osFile{file}, nil
}

// Rename is [Disk]'s.
func (f *Folder) Rename(from, to string) error {
	if err := os.Rename(filepath.Join(f.dir, from), filepath.Join(f.dir, to)); err != nil {
		return err
	}
	return f.sync()
}

// Remove is [Disk]'s.
func (f *Folder) Remove(name string) error {
	err := os.Remove(filepath.Join(f.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, f.sync())
}

// Names is [Disk]'s.
func (f *Folder) Names() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && e.Name() != lockName {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// Close lets others use the folder.
func (f *Folder) Close() error { return f.lock.Close() }

// sync makes names last.
func (f *Folder) sync() error {
	d, err := os.Open(f.dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

type osFile struct{ *os.File }

// Size is [File]'s.
func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
