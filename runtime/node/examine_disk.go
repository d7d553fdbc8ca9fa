package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/wardflow/wardflow/runtime/doctor"
	"github.com/wardflow/wardflow/runtime/wal"
)

// How the disk is tried: so many writes of so many bytes, about a step of an
// actor each, until there are enough or it has taken too long.
const (
	tryWrites = 100
	tryBytes  = 4 << 10
	tryWithin = 3 * time.Second
)

// examineDisk writes into the node's folder as its journal does.
func examineDisk(ctx context.Context, c *Config) []doctor.Finding {
	took, free, all, err := tryDisk(ctx, c.Dir)
	if err != nil {
		return []doctor.Finding{{Check: "disk", About: c.Dir, State: doctor.Bad, Found: err.Error(),
			Mend: "the node must be able to write there: make the folder, and give it to the user that the node runs as"}}
	}
	return []doctor.Finding{doctor.Sync(c.Dir, took), doctor.Room(c.Dir, uint64(free), uint64(all))}
}

// tryDisk gives how long each write took, and the room there is. It leaves
// nothing behind.
func tryDisk(ctx context.Context, dir string) (took []time.Duration, free, all int64, err error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, 0, 0, err
		}
		defer func() { err = errors.Join(err, os.Remove(dir)) }()
	}
	own, err := os.MkdirTemp(dir, "doctor-*")
	if err != nil {
		return nil, 0, 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(own)) }()
	folder, err := wal.OpenFolder(own)
	if err != nil {
		return nil, 0, 0, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	if took, err = trySync(ctx, folder); err != nil {
		return nil, 0, 0, err
	}
	free, all, err = folder.Free()
	return took, free, all, err
}

func trySync(ctx context.Context, folder *wal.Folder) (took []time.Duration, err error) {
	f, err := folder.Open("try")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	page := make([]byte, tryBytes)
	for begun := time.Now(); len(took) < tryWrites && time.Since(begun) < tryWithin && ctx.Err() == nil; {
		at := time.Now()
		if _, err := f.WriteAt(page, int64(len(took)*tryBytes)); err != nil {
			return nil, err
		}
		if err := f.Sync(); err != nil {
			return nil, fmt.Errorf("sync: %w", err)
		}
		took = append(took, time.Since(at))
	}
	return took, nil
}
