package waltest

import (
	"errors"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/wardflow/wardflow/runtime/wal"
)

// What a disk answers that does not do what it is asked.
var (
	ErrFull   = errors.New("no space left on device")
	ErrSync   = errors.New("input/output error")
	ErrClosed = errors.New("the power is off")
)

// A Disk is a folder in memory. Its zero value is empty and behaves.
type Disk struct {
	mu    sync.Mutex // guards what follows
	files map[string]*data
	life  int   // rises with each Crash
	room  int64 // bytes; 0: without bound
	syncs int   // that were asked for
	bad   int   // how many of the next syncs fail
}

var _ wal.Disk = (*Disk)(nil)

// data is a file's bytes. A name lasts at once, as wal.Disk asks.
type data struct {
	now, synced []byte
	clean       int // so many bytes of both are the same
}

// Limit lets the disk hold so many bytes in all its files; 0: without bound.
func (d *Disk) Limit(bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room = bytes
}

// FailSyncs makes the next n syncs fail. What was written before one of them is
// lost at the next Crash, as on a disk, though it can be read until then.
func (d *Disk) FailSyncs(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bad = n
}

// Syncs is how often somebody waited for the disk.
func (d *Disk) Syncs() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.syncs
}

// Used is how many bytes stand in files.
func (d *Disk) Used() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.used()
}

func (d *Disk) used() (n int64) {
	for _, f := range d.files {
		n += int64(len(f.now))
	}
	return n
}

// Crash is a loss of power: files that are open answer nothing but [ErrClosed],
// and of what was not synced rng says how much is there, torn anywhere, with
// rubbish in it or not.
func (d *Disk) Crash(rng *rand.Rand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.life++
	for _, name := range slices.Sorted(maps.Keys(d.files)) {
		f := d.files[name]
		f.now = torn(f, rng)
		f.synced, f.clean = slices.Clone(f.now), len(f.now)
	}
}

func torn(f *data, rng *rand.Rand) []byte {
	after := slices.Clone(f.synced)
	switch {
	case len(f.now) < len(f.synced): // cut, which may have come to the disk or not
		if rng.IntN(2) == 0 {
			after = slices.Clone(f.now)
		}
	case rng.IntN(2) == 0:
		tail := slices.Clone(f.now[len(f.synced):])
		tail = tail[:rng.IntN(len(tail)+1)]
		for i := range tail {
			if rng.IntN(64) == 0 {
				tail[i] = 0
			}
		}
		after = append(after, tail...)
	}
	return after
}

// Open is [wal.Disk]'s.
func (d *Disk) Open(name string) (wal.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.files[name]
	if f == nil {
		if d.files == nil {
			d.files = map[string]*data{}
		}
		f = &data{}
		d.files[name] = f
	}
	return &file{of: d, data: f, life: d.life}, nil
}

// Rename is [wal.Disk]'s.
func (d *Disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.files[from]
	if f == nil {
		return errors.New("no file " + from)
	}
	d.files[to] = f
	delete(d.files, from)
	return nil
}

// Remove is [wal.Disk]'s.
func (d *Disk) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.files, name)
	return nil
}

// Names is [wal.Disk]'s.
func (d *Disk) Names() ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.files)), nil
}

// Free is [wal.Disk]'s.
func (d *Disk) Free() (free, all int64, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.room == 0 {
		return math.MaxInt64, math.MaxInt64, nil
	}
	return max(0, d.room-d.used()), d.room, nil
}

// Close is there so that a Disk can stand for a [wal.Folder].
func (d *Disk) Close() error { return nil }

type file struct {
	of   *Disk
	data *data
	life int
}

// use locks the disk, if the power was on all the time.
func (f *file) use() (done func(), err error) {
	f.of.mu.Lock()
	if f.life != f.of.life {
		f.of.mu.Unlock()
		return nil, ErrClosed
	}
	return f.of.mu.Unlock, nil
}

func (f *file) ReadAt(b []byte, at int64) (int, error) {
	done, err := f.use()
	if err != nil {
		return 0, err
	}
	defer done()
	if at >= int64(len(f.data.now)) {
		return 0, io.EOF
	}
	n := copy(b, f.data.now[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt writes as much as there is room for.
func (f *file) WriteAt(b []byte, at int64) (int, error) {
	done, err := f.use()
	if err != nil {
		return 0, err
	}
	defer done()
	if grow := at + int64(len(b)) - int64(len(f.data.now)); f.of.room > 0 && grow > 0 {
		if room := max(0, f.of.room-f.of.used()); grow > room {
			b, err = b[:max(0, int64(len(b))-(grow-room))], ErrFull
		}
	}
	if end := at + int64(len(b)); end > int64(len(f.data.now)) && len(b) > 0 {
		f.data.now = slices.Grow(f.data.now, len(b))[:end]
	}
	if len(b) > 0 {
		copy(f.data.now[at:], b)
		f.data.clean = min(f.data.clean, int(at))
	}
	return len(b), err
}

func (f *file) Truncate(size int64) error {
	done, err := f.use()
	if err != nil {
		return err
	}
	defer done()
	f.data.now = f.data.now[:min(size, int64(len(f.data.now)))]
	f.data.clean = min(f.data.clean, len(f.data.now))
	return nil
}

func (f *file) Sync() error {
	done, err := f.use()
	if err != nil {
		return err
	}
	defer done()
	f.of.syncs++
	if f.of.bad > 0 {
		f.of.bad--
		return ErrSync
	}
	f.data.synced = append(f.data.synced[:f.data.clean], f.data.now[f.data.clean:]...)
	f.data.clean = len(f.data.now)
	return nil
}

func (f *file) Size() (int64, error) {
	done, err := f.use()
	if err != nil {
		return 0, err
	}
	defer done()
	return int64(len(f.data.now)), nil
}

func (f *file) Close() error { return nil }
