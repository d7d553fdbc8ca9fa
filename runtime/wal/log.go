package wal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// A record is its length, the CRC-32C of its payload, the CRC-32C of those eight
// bytes, and the payload. The first three are four bytes each, big-endian.
const headSize = 12

// MaxRecord is how many bytes the payload of a record may have.
const MaxRecord = 1 << 30

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrDamaged reports a file that was changed by somebody else, or a disk that
// forgets what it had acknowledged. Restore it from a backup, or move it away to
// begin anew without what it held.
var ErrDamaged = errors.New("the file is damaged")

// A Log is an open file of records. It is not safe for concurrent use, but for
// [Log.ReadAt].
type Log struct {
	disk   Disk
	name   string
	file   File
	end    int64  // of the last record that was acknowledged
	broken bool   // something may stand behind end
	dead   error  // nil: it can be written
	buf    []byte // of the record being written
}

// Open opens the log of a name, which is made if it is not there, and gives each
// of its records to each, with the place of its payload in the file. The payload
// is good until each returns; an error of each ends the opening.
func Open(d Disk, name string, each func(at int64, payload []byte) error) (*Log, error) {
	file, err := d.Open(name)
	if err != nil {
		return nil, err
	}
	l := &Log{disk: d, name: name, file: file}
	if err := l.load(each); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), file.Close())
	}
	return l, nil
}

// load reads all records, and cuts off one that is torn at the end.
func (l *Log) load(each func(at int64, payload []byte) error) error {
	size, err := l.file.Size()
	if err != nil {
		return err
	}
	l.end = size
	r := l.Reader(0)
	for r.at < size {
		payload, err := r.next()
		if err != nil {
			return err
		}
		if payload == nil {
			if err := l.torn(r.at, size); err != nil {
				return err
			}
			break
		}
		if err := each(r.at-int64(len(payload)), payload); err != nil {
			return fmt.Errorf("record at byte %d: %w", r.at-int64(len(payload))-headSize, err)
		}
	}
	l.end = r.at
	return nil
}

// torn cuts off what stands at the end and is no record. If one follows, it was
// not the last that was being written.
func (l *Log) torn(at, size int64) error {
	rest := make([]byte, size-at)
	if _, err := l.file.ReadAt(rest, at); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for i := 1; i+headSize <= len(rest); i++ {
		if n, ok := head(rest[i:]); ok && n <= len(rest)-i-headSize && whole(rest[i:], n) {
			return fmt.Errorf("%w at byte %d", ErrDamaged, at)
		}
	}
	return errors.Join(l.file.Truncate(at), l.file.Sync())
}

// head reads the length of a payload; false: this is no head.
func head(b []byte) (n int, ok bool) {
	if binary.BigEndian.Uint32(b[8:]) != crc32.Checksum(b[:8], castagnoli) {
		return 0, false
	}
	n = int(binary.BigEndian.Uint32(b))
	return n, n > 0 && n <= MaxRecord
}

// whole reports whether the payload behind a head is what it says.
func whole(b []byte, n int) bool {
	return binary.BigEndian.Uint32(b[4:]) == crc32.Checksum(b[headSize:headSize+n], castagnoli)
}

// A Reader reads records one after the other. It is used up by [Log.Replace].
type Reader struct {
	log  *Log
	at   int64 // after the last record
	buf  []byte
	from int64 // where buf stands in the file
}

const readAhead = 256 << 10

// Reader reads the records from a place on, where one begins: 0, or what
// [Reader.At] was once.
func (l *Log) Reader(at int64) *Reader { return &Reader{log: l, at: at} }

// At is where the next record begins.
func (r *Reader) At() int64 { return r.at }

// Next is the payload of the next record, good until the next call. io.EOF says
// that there is none yet; [ErrDamaged] that there should be.
func (r *Reader) Next() ([]byte, error) {
	if r.at >= r.log.end {
		return nil, io.EOF
	}
	b, err := r.next()
	if err == nil && b == nil {
		err = fmt.Errorf("%w at byte %d", ErrDamaged, r.at)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.log.name, err)
	}
	return b, nil
}

// next is the payload of the next record, good until the next call; nil when no
// whole one stands there.
func (r *Reader) next() ([]byte, error) {
	b, err := r.take(headSize)
	if b == nil || err != nil {
		return nil, err
	}
	n, ok := head(b)
	if !ok {
		return nil, nil
	}
	if b, err = r.take(headSize + n); b == nil || err != nil || !whole(b, n) {
		return nil, err
	}
	r.at += int64(headSize + n)
	return b[headSize:], nil
}

// take shows the next n bytes; nil when the file ends before.
func (r *Reader) take(n int) ([]byte, error) {
	left := r.log.end - r.at
	if int64(n) > left {
		return nil, nil
	}
	if off := r.at - r.from; off < 0 || off+int64(n) > int64(len(r.buf)) {
		want := min(max(int64(n), readAhead), left)
		if int64(cap(r.buf)) < want {
			r.buf = make([]byte, want)
		}
		r.buf, r.from = r.buf[:want], r.at
		if m, err := r.log.file.ReadAt(r.buf, r.at); err != nil && !(errors.Is(err, io.EOF) && int64(m) == want) {
			r.buf = r.buf[:0]
			return nil, err
		}
	}
	off := r.at - r.from
	return r.buf[off : off+int64(n)], nil
}

// Append writes a record, waits until the disk keeps it, and says where its
// payload stands. After an error it is not there; if it can't even be taken back,
// the next Append does that first.
func (l *Log) Append(payload []byte) (at int64, err error) {
	if len(payload) == 0 || len(payload) > MaxRecord {
		return 0, fmt.Errorf("%s: a record of %d bytes: want 1 to %d", l.name, len(payload), MaxRecord)
	}
	if l.dead != nil {
		return 0, l.dead
	}
	if l.broken {
		if err := l.mend(); err != nil {
			return 0, fmt.Errorf("%s: %w", l.name, err)
		}
	}
	l.buf = record(l.buf[:0], payload)
	_, err = l.file.WriteAt(l.buf, l.end)
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		l.broken = true
		if mended := l.mend(); mended != nil {
			err = errors.Join(err, mended)
		}
		return 0, fmt.Errorf("%s: %w", l.name, err)
	}
	at = l.end + headSize
	l.end += int64(len(l.buf))
	if cap(l.buf) > readAhead {
		l.buf = nil
	}
	return at, nil
}

// mend takes back what was not acknowledged. A disk that refused to sync may
// have forgotten what it was given, so nothing behind end is relied upon.
func (l *Log) mend() error {
	if err := errors.Join(l.file.Truncate(l.end), l.file.Sync()); err != nil {
		return err
	}
	l.broken = false
	return nil
}

// record appends a record to b.
func record(b, payload []byte) []byte {
	start := len(b)
	b = binary.BigEndian.AppendUint32(b, uint32(len(payload)))
	b = binary.BigEndian.AppendUint32(b, crc32.Checksum(payload, castagnoli))
	b = binary.BigEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
	return append(b, payload...)
}

// ReadAt reads bytes of a payload that is in the log.
func (l *Log) ReadAt(b []byte, at int64) error {
	if _, err := l.file.ReadAt(b, at); err != nil {
		if errors.Is(err, io.EOF) {
			err = ErrDamaged
		}
		return fmt.Errorf("%s: %w", l.name, err)
	}
	return nil
}

// Size is how many bytes of records the file has.
func (l *Log) Size() int64 { return l.end }

// Close closes the file. What was appended is there.
func (l *Log) Close() error { return l.file.Close() }
