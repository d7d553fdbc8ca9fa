package register

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// Nodes without log get Views from voters: compressed, and in pieces, since an
// answer is at most 4 MiB. A voter packs a View once for all that ask; who was
// asking while many came gets the last.

const (
	viewPiece = 2 << 20   // bytes in one answer
	viewMost  = 512 << 20 // bytes of a View; more is a sign of damage
)

// A packedView is the newest View that was asked for, and the one before, which
// somebody may be fetching still.
type packedView struct {
	mu     sync.Mutex // guards both
	newest packed
	older  packed
}

type packed struct {
	index uint64
	bytes []byte
}

// answer gives the piece from offset of the View that the asker has begun to
// fetch, or the first piece of the newest one.
func (p *packedView) answer(view func() *View, fetching uint64, offset int) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, v := range []packed{p.newest, p.older} {
		if fetching != 0 && v.index == fetching && offset >= 0 && offset < len(v.bytes) {
			return v.piece(offset)
		}
	}
	v := view()
	if v.Index != p.newest.index {
		b, err := packView(v)
		if err != nil {
			return nil, err
		}
		p.newest, p.older = packed{v.Index, b}, p.newest
	}
	return p.newest.piece(0)
}

func (p packed) piece(offset int) ([]byte, error) {
	end := min(offset+viewPiece, len(p.bytes))
	return json.Marshal(viewAnswer{p.bytes[offset:end], p.index, offset, len(p.bytes)})
}

func packView(v *View) ([]byte, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

func unpackView(b []byte) (*View, error) {
	r := io.LimitReader(flate.NewReader(bytes.NewReader(b)), viewMost)
	v := &View{}
	if err := json.NewDecoder(r).Decode(v); err != nil {
		return nil, fmt.Errorf("read view: %w", err)
	}
	return v, nil
}

// A fetch is a View on its way to a node without log.
type fetch struct {
	index uint64
	bytes []byte
}

// question is what to ask next.
func (f *fetch) question(seen uint64) []byte {
	b := binary.AppendUvarint(nil, seen)
	b = binary.AppendUvarint(b, f.index)
	return binary.AppendUvarint(b, uint64(len(f.bytes)))
}

// take adds a piece, and gives the View when it is whole.
func (f *fetch) take(a viewAnswer) (*View, error) {
	if a.Index != f.index {
		*f = fetch{index: a.Index}
	}
	if a.Offset != len(f.bytes) || a.Offset+len(a.View) > a.Size || a.Size > viewMost {
		*f = fetch{}
		return nil, fmt.Errorf("a piece of a view does not fit the ones before")
	}
	if f.bytes = append(f.bytes, a.View...); len(f.bytes) < a.Size {
		return nil, nil
	}
	v, err := unpackView(f.bytes)
	*f = fetch{}
	return v, err
}
