package ward

import (
	"encoding/binary"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A packing is findings as they are saved. They are saved with each step, so what
// was packed once is not packed again: it grows with each finding until a window
// takes some away. Each verdict stands in it once, and with each leaf its number:
// most are equal.
type packing struct {
	whole    bool
	known    map[flow.Verdict]int64
	verdicts []byte // one list each
	entries  []byte // the same
	count    int    // of entries
	err      error  // of the first that can't be packed
}

// add packs one more.
func (p *packing) add(leaf [32]byte, f proof.Finding) {
	at, ok := p.known[f.Verdict]
	if !ok {
		at = int64(len(p.known))
		p.known[f.Verdict] = at
		v := f.Verdict
		p.verdicts = p.pack(p.verdicts, int64(v.Reason), v.Clause, v.Group, v.Rule, int64(v.Version), int64(v.Epoch), int64(v.Block))
	}
	if r := f.Refused; r != nil {
		p.entries = p.pack(p.entries, string(leaf[:]), at, r.Device, r.Name, int64(r.Seq), r.Kind, r.Unit, r.At.UnixNano(), r.Low, r.High)
	} else {
		p.entries = p.pack(p.entries, string(leaf[:]), at)
	}
	p.count++
}

func (p *packing) pack(b []byte, list ...any) []byte {
	packed, err := flow.AppendValue(b, list)
	if err != nil {
		p.err = err
		return b
	}
	return packed
}

// save is what [value.Save] makes of the two lists.
func (p *packing) save() ([]byte, error) {
	if p.err != nil {
		return nil, p.err
	}
	head, err := value.Save()
	if err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, len(head)+len(p.verdicts)+len(p.entries)+16), head...)
	if b, err = appendList(b, len(p.known), p.verdicts); err != nil {
		return nil, err
	}
	return appendList(b, p.count, p.entries)
}

// appendList writes a list whose values are packed already: an empty one ends
// with its count.
func appendList(b []byte, n int, packed []byte) ([]byte, error) {
	b, err := flow.AppendValue(b, []any{})
	if err != nil {
		return nil, err
	}
	return append(binary.AppendUvarint(b[:len(b)-1], uint64(n)), packed...), nil
}
