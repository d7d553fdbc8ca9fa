package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The file of a queue is a list of records, one a commit:
//
//	record  = length, CRC-32C of the payload, CRC-32C of those eight bytes, payload
//	payload = batches popped, batches pushed, (length, batch)*, checkpoint
//
// The first three are four bytes, big-endian; counts and lengths are varints.
// When most of the file has been popped it is written anew, beside itself, and
// renamed.

// A log is an open file and what it holds.
type log struct {
	path    string
	file    *os.File
	end     int64  // of the last whole record
	batches []span // not popped, oldest first
	live    int64  // bytes of batches
	newest  flow.Checkpoint
	broken  error // a write failed: what is on disk is not known
}

// A span is where a batch stands in the file.
type span struct {
	at   int64
	size int
}

const (
	headSize = 12
	// slack is how many bytes of a file may be waste before it is written anew.
	slack = 4 << 20
	// largest is how many bytes one record may have.
	largest = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrDamaged reports a file that was changed by somebody else, or a disk that
// forgets.
var ErrDamaged = errors.New("the file is damaged")

func openLog(path string) (*log, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	l := &log{path: path, file: file}
	if err := l.load(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return l, nil
}

// load reads all records, and cuts off one that is torn at the end.
func (l *log) load() error {
	info, err := l.file.Stat()
	if err != nil {
		return err
	}
	size := info.Size()
	for l.end < size {
		payload, err := l.record(l.end, size)
		if err != nil {
			return err
		}
		if payload == nil {
			if l.follows(l.end+1, size) {
				return fmt.Errorf("%w at byte %d of %s", ErrDamaged, l.end, l.path)
			}
			return errors.Join(l.file.Truncate(l.end), l.file.Sync())
		}
		if err := l.apply(payload, l.end+headSize); err != nil {
			return fmt.Errorf("%w at byte %d of %s: %w", ErrDamaged, l.end, l.path, err)
		}
		l.end += headSize + int64(len(payload))
	}
	return nil
}

// record reads the payload of the record at a place; nil: there is no whole one.
func (l *log) record(at, size int64) ([]byte, error) {
	var head [headSize]byte
	if size-at < headSize {
		return nil, nil
	}
	if _, err := l.file.ReadAt(head[:], at); err != nil {
		return nil, err
	}
	n := int64(binary.BigEndian.Uint32(head[:]))
	if binary.BigEndian.Uint32(head[8:]) != crc32.Checksum(head[:8], castagnoli) || n == 0 || n > largest || n > size-at-headSize {
		return nil, nil
	}
	payload := make([]byte, n)
	if _, err := l.file.ReadAt(payload, at+headSize); err != nil {
		return nil, err
	}
	if binary.BigEndian.Uint32(head[4:]) != crc32.Checksum(payload, castagnoli) {
		return nil, nil
	}
	return payload, nil
}

// follows reports whether a whole record begins anywhere from at on.
func (l *log) follows(at, size int64) bool {
	for ; at < size; at++ {
		if p, err := l.record(at, size); err == nil && p != nil {
			return true
		}
	}
	return false
}

var errShort = errors.New("a record ends too early")

// apply does what a record says; its payload stands at a place in the file.
func (l *log) apply(payload []byte, at int64) error {
	rest := payload
	number := func() (int, error) {
		n, used := binary.Uvarint(rest)
		if used <= 0 || n > largest {
			return 0, errShort
		}
		rest = rest[used:]
		return int(n), nil
	}
	pop, err := number()
	if err != nil {
		return err
	}
	if pop > len(l.batches) {
		return errors.New("a record pops more than there is")
	}
	pushed, err := number()
	if err != nil {
		return err
	}
	var added []span
	for range pushed {
		n, err := number()
		if err != nil || n > len(rest) {
			return errShort
		}
		added = append(added, span{at + int64(len(payload)-len(rest)), n})
		rest = rest[n:]
	}
	c, rest, err := flow.ReadCheckpoint(rest)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errors.New("something follows the checkpoint")
	}
	l.take(pop, added, c)
	return nil
}

func (l *log) take(pop int, added []span, c flow.Checkpoint) {
	for _, s := range l.batches[:pop] {
		l.live -= int64(s.size)
	}
	for _, s := range added {
		l.live += int64(s.size)
	}
	l.batches = append(append([]span(nil), l.batches[pop:]...), added...)
	l.newest = c
}

// commit writes one record and waits until the disk has it. After an error the
// file is read again before the next.
func (l *log) commit(pop int, pushed [][]byte, c flow.Checkpoint) error {
	if l.broken != nil {
		if err := l.reload(); err != nil {
			return err
		}
		if pop > len(l.batches) {
			return ErrDamaged
		}
	}
	if l.end-l.live > slack && l.end > 2*l.live {
		return l.rewrite(pop, pushed, c)
	}
	rec, at, err := encode(pop, pushed, c)
	if err != nil {
		return err
	}
	if _, err = l.file.WriteAt(rec, l.end); err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		l.broken = err
		return err
	}
	for i := range at {
		at[i].at += l.end
	}
	l.end += int64(len(rec))
	l.take(pop, at, c)
	return nil
}

// reload goes back to what is on disk for certain.
func (l *log) reload() error {
	if err := l.file.Truncate(l.end); err != nil {
		return err
	}
	l.broken = nil
	return l.file.Sync()
}

// encode makes a record; the spans are where the batches stand in it.
func encode(pop int, pushed [][]byte, c flow.Checkpoint) (rec []byte, at []span, err error) {
	rec = make([]byte, headSize, headSize+64)
	rec = binary.AppendUvarint(rec, uint64(pop))
	rec = binary.AppendUvarint(rec, uint64(len(pushed)))
	for _, b := range pushed {
		rec = binary.AppendUvarint(rec, uint64(len(b)))
		at = append(at, span{int64(len(rec)), len(b)})
		rec = append(rec, b...)
	}
	if rec, err = flow.AppendCheckpoint(rec, c); err != nil {
		return nil, nil, err
	}
	if len(rec)-headSize > largest {
		return nil, nil, fmt.Errorf("a record of %d bytes is too large", len(rec))
	}
	binary.BigEndian.PutUint32(rec, uint32(len(rec)-headSize))
	binary.BigEndian.PutUint32(rec[4:], crc32.Checksum(rec[headSize:], castagnoli))
	binary.BigEndian.PutUint32(rec[8:], crc32.Checksum(rec[:8], castagnoli))
	return rec, at, nil
}

// rewrite puts all that is not popped into one record of a new file.
func (l *log) rewrite(pop int, pushed [][]byte, c flow.Checkpoint) error {
	var all [][]byte
	for i := pop; i < len(l.batches); i++ {
		b, err := l.read(i)
		if err != nil {
			return err
		}
		all = append(all, b)
	}
	rec, at, err := encode(0, append(all, pushed...), c)
	if err != nil {
		return err
	}
	beside := l.path + ".new"
	file, err := os.OpenFile(beside, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = file.Write(rec); err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = os.Rename(beside, l.path)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	l.file.Close()
	l.file, l.end, l.batches, l.live = file, int64(len(rec)), nil, 0
	l.take(0, at, c)
	return syncFolder(filepath.Dir(l.path))
}

// syncFolder makes a rename durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// read reads batch i.
func (l *log) read(i int) ([]byte, error) {
	s := l.batches[i]
	b := make([]byte, s.size)
	_, err := l.file.ReadAt(b, s.at)
	if errors.Is(err, io.EOF) {
		err = ErrDamaged
	}
	return b, err
}

// held is how many bytes wait.
func (l *log) held() int64 { return l.live }

func (l *log) close() error { return l.file.Close() }
