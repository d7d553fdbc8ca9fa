//go:build linux || darwin || freebsd

package wal

import "syscall"

// Free is how many bytes there are for new files, and how many the disk has in
// all.
func (f *Folder) Free() (free, all int64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(f.dir, &s); err != nil {
		return 0, 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), int64(s.Blocks) * int64(s.Bsize), nil
}
