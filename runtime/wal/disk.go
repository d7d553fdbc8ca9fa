package wal

// A Disk is a folder of files. Names have no slash in them.
type Disk interface {
	// Open opens a file to read and write. It is made, empty, if it is not
	// there, and stays there after a crash.
	Open(name string) (File, error)
	// Rename gives a file another name, in one step that lasts: who opens to
	// after a crash finds the one file or the other.
	Rename(from, to string) error
	// Remove takes a file away for good. One that is not there is no error.
	Remove(name string) error
	// Names are the files there are, in any order.
	Names() ([]string, error)
	// Free is how many bytes there are for new files, and how many the disk has
	// in all.
	Free() (free, all int64, err error)
}

// A File is one of them. What was written lasts when Sync has returned; before,
// all of it, some of it or none may be gone after a crash.
type File interface {
	ReadAt(b []byte, at int64) (int, error)
	WriteAt(b []byte, at int64) (int, error)
	Truncate(size int64) error
	Sync() error
	Size() (int64, error)
	Close() error
}
