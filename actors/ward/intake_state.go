package ward

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/wardflow/wardflow/runtime/proof"
)

// Save writes where each stream is: how many tokens were given, and for each
// stream, in order, device and name, last, taken and pos. It is written with
// each batch, so it is as short as can be.
func (i *intake) Save() ([]byte, error) {
	if i.kept == nil {
		i.kept = i.save()
	}
	return i.kept, nil
}

func (i *intake) save() []byte {
	b := binary.AppendUvarint(make([]byte, 0, 16+64*len(i.sorted)), i.given)
	for _, s := range i.sorted {
		if s.last == 0 {
			continue
		}
		b = append(binary.AppendUvarint(b, uint64(len(s.of.Device))), s.of.Device...)
		b = append(binary.AppendUvarint(b, uint64(len(s.of.Name))), s.of.Name...)
		for _, n := range []uint64{s.last, s.taken, s.pos} {
			b = binary.AppendUvarint(b, n)
		}
	}
	return b
}

// add takes a stream in.
func (i *intake) add(s *stream) {
	i.streams[s.of] = s
	i.perDevice[s.of.Device]++
	at, _ := slices.BinarySearchFunc(i.sorted, s, func(a, b *stream) int {
		return cmp.Or(cmp.Compare(a.of.Device, b.of.Device), cmp.Compare(a.of.Name, b.of.Name))
	})
	i.sorted = slices.Insert(i.sorted, at, s)
}

// Restore reads it.
func (i *intake) Restore(version int, state []byte) error {
	if version != 1 {
		return fmt.Errorf("state is of version %d, this type knows 1", version)
	}
	r := bytes.NewReader(state)
	var bad error
	number := func() uint64 {
		n, err := binary.ReadUvarint(r)
		bad = errors.Join(bad, err)
		return n
	}
	text := func() string {
		n := number()
		if n > uint64(r.Len()) {
			bad = errors.Join(bad, io.ErrUnexpectedEOF)
			return ""
		}
		b := make([]byte, n)
		_, err := io.ReadFull(r, b)
		bad = errors.Join(bad, err)
		return string(b)
	}
	for i.given = number(); bad == nil && r.Len() > 0; {
		s := &stream{of: proof.Stream{Device: text(), Name: text()}, last: number(), taken: number(), pos: number()}
		if bad == nil && (s.last == 0 || s.pos > i.given || i.streams[s.of] != nil) {
			bad = errors.New("a stream is not what this type saves")
		}
		s.next = s.last + 1
		i.add(s)
	}
	if bad != nil {
		return fmt.Errorf("state of an intake can't be read: %w", bad)
	}
	return nil
}
