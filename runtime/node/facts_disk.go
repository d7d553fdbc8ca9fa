package node

import (
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/meter"
	"github.com/wardflow/wardflow/runtime/wal"
)

// A timedDisk is where the journal lies, and how long that takes to keep what it
// is given: who waits for it is every actor with local checkpoints.
type timedDisk struct {
	*wal.Folder
	syncs meter.Durations
}

// Open is [wal.Disk]'s.
func (d *timedDisk) Open(name string) (wal.File, error) {
	f, err := d.Folder.Open(name)
	if err != nil {
		return nil, err
	}
	return timedFile{f, &d.syncs}, nil
}

type timedFile struct {
	wal.File
	syncs *meter.Durations
}

// Sync is [wal.File]'s.
func (f timedFile) Sync() error {
	begun := time.Now()
	err := f.File.Sync()
	f.syncs.Add(time.Since(begun))
	return err
}

// fill says how the disk is.
func (d *timedDisk) fill(f *control.NodeFacts) {
	if free, all, err := d.Free(); err == nil {
		f.DiskFree, f.Disk = uint64(free), uint64(all)
	}
	f.Syncs, _ = d.syncs.Count()
	f.SyncSlowest = d.syncs.Quantile(0.99).Seconds()
}
