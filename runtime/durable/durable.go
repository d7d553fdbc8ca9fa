package durable

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Replace puts b in the place of a file, which need not be there, with these
// permissions. Its folder must be there.
func Replace(file string, b []byte, mode os.FileMode) error {
	if err := replace(file, b, mode); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}

func replace(file string, b []byte, mode os.FileMode) error {
	dir := filepath.Dir(file)
	f, err := os.CreateTemp(dir, filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(b)
	if err := errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return err
	}
	return Folder(dir)
}

// Folder has the names in a folder on disk: those of files made in it, renamed and
// removed.
func Folder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
