package tlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/wardflow/wardflow/runtime/wal"
)

// The index of a full segment is a file of fixed size: the hashes of its
// entries, the nodes over each 256 of them, its one root, and where each entry
// stands, eight bytes each.
const (
	tileLevel = 8
	tiles     = segmentSize >> tileLevel
	hashSize  = 32

	tilesAt  = segmentSize * hashSize
	rootAt   = tilesAt + tiles*hashSize
	placesAt = rootAt + hashSize
	indexEnd = placesAt + segmentSize*8
)

// writeIndex puts the index of a full segment on disk.
func writeIndex(d wal.Disk, s *segment) (err error) {
	b := make([]byte, 0, indexEnd)
	for _, level := range []int{0, tileLevel, segmentLevel} {
		for i := range s.levels[level] {
			b = append(b, s.levels[level][i][:]...)
		}
	}
	for _, p := range s.places {
		b = binary.BigEndian.AppendUint32(b, p.at)
		b = binary.BigEndian.AppendUint32(b, p.size)
	}
	f, err := d.Open(indexName(s.number))
	if err != nil {
		return err
	}
	_, err = f.WriteAt(b, 0)
	return errors.Join(err, f.Sync(), f.Close())
}

// readIndex reads bytes of the index of a full segment.
func readIndex(d wal.Disk, number uint64, b []byte, at int64) error {
	f, err := d.Open(indexName(number))
	if err != nil {
		return fmt.Errorf("read %s: %w", indexName(number), err)
	}
	_, err = f.ReadAt(b, at)
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: it ends too soon", ErrDamaged)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("read %s: %w", indexName(number), err)
	}
	return nil
}

// readHashes reads n hashes of an index.
func readHashes(d wal.Disk, number uint64, at int64, n int) ([]Hash, error) {
	b := make([]byte, n*hashSize)
	if err := readIndex(d, number, b, at); err != nil {
		return nil, err
	}
	out := make([]Hash, n)
	for i := range out {
		out[i] = Hash(b[i*hashSize:])
	}
	return out, nil
}

// readPlace reads where an entry of a full segment stands.
func readPlace(d wal.Disk, number uint64, i int) (place, error) {
	var b [8]byte
	if err := readIndex(d, number, b[:], placesAt+int64(i)*8); err != nil {
		return place{}, err
	}
	return place{binary.BigEndian.Uint32(b[:]), binary.BigEndian.Uint32(b[4:])}, nil
}

// readNode reads or computes a node inside a full segment: level up to
// segmentLevel, and its place on that level inside the segment.
func readNode(d wal.Disk, number uint64, level uint, i int) (Hash, error) {
	if level == segmentLevel {
		h, err := readHashes(d, number, rootAt, 1)
		if err != nil {
			return Hash{}, err
		}
		return h[0], nil
	}
	from, base := int64(0), uint(0)
	if level >= tileLevel {
		from, base = tilesAt, tileLevel
	}
	n := 1 << (level - base)
	row, err := readHashes(d, number, from+int64(i)*int64(n)*hashSize, n)
	if err != nil {
		return Hash{}, err
	}
	return fold(row), nil
}

// fold is the node over a row of nodes; their number is a power of two.
func fold(row []Hash) Hash {
	for len(row) > 1 {
		for i := 0; i < len(row)/2; i++ {
			row[i] = above(&row[2*i], &row[2*i+1])
		}
		row = row[:len(row)/2]
	}
	return row[0]
}
