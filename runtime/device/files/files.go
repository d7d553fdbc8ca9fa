package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A File is open for reading or writing.
type File interface {
	io.ReadWriteSeeker
	io.Closer
	Sync() error
	Truncate(size int64) error
	Size() (int64, error)
}

// Folders are the directories that one capability may use. A name is
// FOLDER/FILE, where FOLDER is the last part of a directory's path; with one
// directory FOLDER may be left out.
type Folders struct {
	roots map[string]*os.Root
	names []string
}

// ErrOutside is wrapped by errors about names that lead nowhere allowed.
var ErrOutside = errors.New("outside what this node allows")

// Open opens the directories. They must be there.
func Open(dirs []string) (*Folders, error) {
	f := &Folders{roots: map[string]*os.Root{}}
	for _, dir := range dirs {
		base := filepath.Base(dir)
		if f.roots[base] != nil {
			return nil, errors.Join(fmt.Errorf("two directories are called %s", base), f.Close())
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		f.roots[base] = root
		f.names = append(f.names, base)
	}
	slices.Sort(f.names)
	return f, nil
}

// Close closes the directories.
func (f *Folders) Close() error {
	var errs []error
	for _, r := range f.roots {
		errs = append(errs, r.Close())
	}
	return errors.Join(errs...)
}

// find is the directory of a name and the name within it.
func (f *Folders) find(name string) (*os.Root, string, error) {
	clean := strings.TrimPrefix(name, "./")
	if !filepath.IsLocal(clean) || strings.ContainsRune(clean, 0) {
		return nil, "", fmt.Errorf("%s: %w", name, ErrOutside)
	}
	first, rest, ok := strings.Cut(path.Clean(clean), "/")
	if root := f.roots[first]; ok && root != nil {
		return root, rest, nil
	}
	if len(f.names) == 1 {
		return f.roots[f.names[0]], path.Clean(clean), nil
	}
	return nil, "", fmt.Errorf("%s: %w: want FOLDER/FILE with a folder of %s", name, ErrOutside, strings.Join(f.names, ", "))
}

// Read opens a file for reading. What is not there is [fs.ErrNotExist].
func (f *Folders) Read(name string) (File, error) {
	return f.open(name, os.O_RDONLY)
}

// Create makes a new file for writing; one that is there already is
// [fs.ErrExist].
func (f *Folders) Create(name string) (File, error) {
	return f.open(name, os.O_RDWR|os.O_CREATE|os.O_EXCL)
}

// Append opens a file that is there for reading and writing.
func (f *Folders) Append(name string) (File, error) {
	return f.open(name, os.O_RDWR)
}

func (f *Folders) open(name string, flag int) (File, error) {
	root, rest, err := f.find(name)
	if err != nil {
		return nil, err
	}
	file, err := root.OpenFile(rest, flag|notBlocking, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, reason(err))
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no file")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", name, err), file.Close())
	}
	return onDisk{file}, nil
}

// reason is an error without the path, which is the node's own business.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

type onDisk struct{ *os.File }

// Size is the length of the file in bytes.
func (f onDisk) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
