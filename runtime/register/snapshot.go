package register

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A snapshot is a format number and records, each one a counted string: one
// record in JSON for what is small, one for each certificate, and two for each
// actor, what is agreed about it in JSON and the bytes of its checkpoint. Equal
// states are equal bytes.
const (
	snapshotFormat = 1
	maxRecord      = 256 << 20 // bytes; a longer one is a sign of damage
)

type head struct {
	Changed      uint64            `json:"changed"`
	Floor        uint64            `json:"floor"`
	Apps         map[string]App    `json:"apps"`
	Settings     map[string][]byte `json:"settings"`
	Certificates int               `json:"certificates"`
	Actors       int               `json:"actors"`
	Laid         []laidRecord      `json:"laid,omitempty"`
	Done         []done            `json:"done,omitempty"`
	Chain        *ledgerRecord     `json:"chain,omitempty"`
}

type laidRecord struct {
	Node  flow.NodeID `json:"node"`
	Seq   uint64      `json:"seq"`
	Parts int         `json:"parts"`
	Bytes []byte      `json:"bytes"`
}

type actorRecord struct {
	Place  flow.Placement `json:"place"`
	Holder flow.NodeID    `json:"holder"`
	Nonce  uint64         `json:"nonce"`
	Seq    uint64         `json:"seq"`
}

// copy is a state of its own that later commands don't touch. It copies the
// maps only: what they hold is never changed in place.
func (s *state) copy() *state {
	c := *s
	c.apps, c.actors = maps.Clone(s.apps), maps.Clone(s.actors)
	c.settings, c.certificates = maps.Clone(s.settings), maps.Clone(s.certificates)
	c.done = slices.Clip(s.done)
	c.ledger = s.ledger.copy()
	c.laid = slices.Clone(s.laid) // their bytes are only ever appended to
	return &c
}

func (s *state) writeTo(to io.Writer) error {
	w := bufio.NewWriter(to)
	if err := w.WriteByte(snapshotFormat); err != nil {
		return err
	}
	h := head{s.changed, s.floor, s.apps, s.settings, len(s.certificates), len(s.actors), nil, s.done, s.ledger.record()}
	for _, l := range s.laid {
		h.Laid = append(h.Laid, laidRecord{l.node, l.seq, l.parts, l.bytes})
	}
	if err := writeJSON(w, h); err != nil {
		return err
	}
	byHash := func(a, b [32]byte) int { return slices.Compare(a[:], b[:]) }
	for _, hash := range slices.SortedFunc(maps.Keys(s.certificates), byHash) {
		if err := writeRecord(w, s.certificates[hash]); err != nil {
			return err
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(s.actors), cmp.Compare) {
		a := s.actors[id]
		if err := writeJSON(w, actorRecord{a.place, a.holder, a.nonce, a.whole.seq}); err != nil {
			return err
		}
		b, err := flow.AppendCheckpoint(nil, a.whole.checkpoint(id))
		if err != nil {
			return err
		}
		if err := writeRecord(w, b); err != nil {
			return err
		}
	}
	return w.Flush()
}

func readState(from io.Reader) (*state, error) {
	r := bufio.NewReader(from)
	format, err := r.ReadByte()
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	if format != snapshotFormat {
		return nil, fmt.Errorf("read snapshot: format %d is not known here: it was written by a newer wardflow", format)
	}
	var h head
	if err := readJSON(r, &h); err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	s := newState()
	s.changed, s.floor = h.Changed, h.Floor
	maps.Copy(s.apps, h.Apps)
	maps.Copy(s.settings, h.Settings)
	s.done = h.Done
	if s.ledger, err = h.Chain.ledger(); err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	for _, l := range h.Laid {
		s.laid = append(s.laid, laid{node: l.Node, seq: l.Seq, parts: l.Parts, bytes: l.Bytes})
	}
	for range h.Certificates {
		der, err := readRecord(r)
		if err != nil {
			return nil, fmt.Errorf("read snapshot: certificate: %w", err)
		}
		s.certificates[sha256.Sum256(der)] = der
	}
	for range h.Actors {
		var a actorRecord
		if err := readJSON(r, &a); err != nil {
			return nil, fmt.Errorf("read snapshot: actor: %w", err)
		}
		b, err := readRecord(r)
		if err != nil {
			return nil, fmt.Errorf("read snapshot: checkpoint of %s: %w", a.Place.Actor, err)
		}
		c, _, err := flow.ReadCheckpoint(b)
		if err != nil {
			return nil, fmt.Errorf("read snapshot: checkpoint of %s: %w", a.Place.Actor, err)
		}
		s.actors[a.Place.Actor] = activation{place: a.Place, holder: a.Holder, nonce: a.Nonce, whole: wholeOf(c, a.Seq)}
	}
	return s, nil
}

func writeJSON(w *bufio.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeRecord(w, b)
}

func writeRecord(w *bufio.Writer, b []byte) error {
	if _, err := w.Write(binary.AppendUvarint(nil, uint64(len(b)))); err != nil {
		return err
	}
	_, err := w.Write(b)
	return err
}

func readJSON(r *bufio.Reader, v any) error {
	b, err := readRecord(r)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// readRecord takes no more memory than there are bytes, whatever the count says.
func readRecord(r *bufio.Reader) ([]byte, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return nil, err
	}
	if n > maxRecord {
		return nil, fmt.Errorf("record of %d bytes: the snapshot is damaged", n)
	}
	b, err := io.ReadAll(io.LimitReader(r, int64(n)))
	if err == nil && uint64(len(b)) < n {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}
