package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// Parts are what one node has of a bundle.
type Parts struct {
	Reading []byte `json:"reading,omitempty"` // as in [Bundle]
	// Waiting says that the reading is stored, and under no window yet.
	Waiting bool       `json:"waiting,omitempty"`
	Checks  []Check    `json:"checks,omitempty"`
	Signers [][][]byte `json:"signers,omitempty"`

	// Of what the parts are.
	Leaf   string    `json:"leaf,omitempty"`
	Device string    `json:"device,omitempty"`
	Stream string    `json:"stream,omitempty"`
	Seq    uint64    `json:"seq,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// A Stored is a reading of a store.
type Stored struct {
	Reading *proof.Reading
	Window  []byte // that covers it, as sealed; nil while it waits for one
	Index   int    // of the leaf
}

// A Book is a log of checks with the heads that were anchored of it.
type Book struct {
	Log     Log
	Account string // of the log: 0x and 40 hex digits, small
	// Covering is an anchored head over entry i with the node's signature, as of
	// [anchor.Anchor.Covering]; [anchor.ErrNotAnchored]: there is none yet.
	Covering func(ctx context.Context, i uint64) (anchor.Kept, error)
}

// A Holder is where parts of bundles are: a node, or its folders.
type Holder struct {
	// Reading finds one with a number on a stream, for 0 the newest under a window;
	// nil: there is none. The func is nil where nothing is stored.
	Reading func(ctx context.Context, s proof.Stream, seq uint64) (*Stored, error)
	Books   []Book
	Chain   chain.Reader // nil: nothing is anchored
}

// mostOfLog is how many checks of one reading a log gives: a repeated one is
// judged again.
const mostOfLog = 4

// Parts gives what the holder has for a query.
func (h *Holder) Parts(ctx context.Context, q Query) (*Parts, error) {
	p := &Parts{}
	if h.Reading != nil && q.names() {
		if err := h.reading(ctx, q, p); err != nil {
			return nil, err
		}
		q.learn(p)
	}
	for _, b := range h.Books {
		if err := h.checks(ctx, &b, q, p); err != nil {
			return nil, fmt.Errorf("log %s: %w", b.Account, err)
		}
	}
	return p, nil
}

func (h *Holder) reading(ctx context.Context, q Query, p *Parts) error {
	s, err := h.Reading(ctx, proof.Stream{Device: q.Device, Name: q.Stream}, q.Seq)
	if err != nil || s == nil {
		return err
	}
	if leaf, ok := q.leaf(); ok && leaf != s.Reading.Leaf {
		return nil // another one came under the same number, and was refused
	}
	p.of(s.Reading.Leaf, s.Reading.Device, s.Reading.Stream, s.Reading.Seq, s.Reading.At)
	if s.Window == nil {
		p.Waiting = true
		return nil
	}
	w, err := proof.OpenWindow(flow.Sealed{Kind: proof.KindWindow, Bytes: s.Window})
	if err != nil {
		return fmt.Errorf("window of %s: %w", s.Reading.Of(), err)
	}
	in, err := proof.Prove(w, s.Index, s.Reading)
	if err != nil {
		return err
	}
	p.Reading, err = in.Bytes()
	return err
}

func (p *Parts) of(leaf [32]byte, device, stream string, seq uint64, at time.Time) {
	if p.Leaf == "" {
		p.Leaf, p.Device, p.Stream, p.Seq, p.At = fmt.Sprintf("%x", leaf), device, stream, seq, at
	}
}

// checks adds what a log has.
func (h *Holder) checks(ctx context.Context, b *Book, q Query, p *Parts) error {
	var places []uint64
	var err error
	if q.Leaf == "" && q.Log == b.Account {
		if q.Index >= b.Log.Size() {
			return fmt.Errorf("it has %d records, and none at %d: %w", b.Log.Size(), q.Index, ErrNothing)
		}
		places = []uint64{q.Index}
	} else if places, err = find(ctx, b.Log, &q, mostOfLog); err != nil {
		return err
	}
	for _, i := range places {
		if err := h.one(ctx, b, i, p); err != nil {
			return fmt.Errorf("record %d: %w", i, err)
		}
	}
	return nil
}

// one adds one check, as far up as it goes by now.
func (h *Holder) one(ctx context.Context, b *Book, i uint64, p *Parts) error {
	record, err := b.Log.Entry(i)
	if err != nil {
		return err
	}
	c, err := proof.OpenCheck(record)
	if err != nil {
		return err
	}
	p.of(c.Leaf, c.Device, c.Stream, c.Seq, c.At)
	if p.Leaf != fmt.Sprintf("%x", c.Leaf) {
		return nil
	}
	out := Check{Record: record, Index: i}
	kept, err := b.Covering(ctx, i)
	if errors.Is(err, anchor.ErrNotAnchored) || h.Chain == nil {
		p.Checks = append(p.Checks, out) // without a head: it is not proved yet
		return nil
	}
	if err != nil {
		return err
	}
	path, err := b.Log.Inclusion(i, kept.Size)
	if err != nil {
		return err
	}
	proved, err := h.Chain.ReceiptProof(ctx, kept.Tx)
	if err != nil {
		return err
	}
	out.Head, out.Claim, out.Anchor = kept.Signed, kept.Claim, &Anchor{Header: proved.Header, Index: proved.Index, Nodes: proved.Nodes}
	for _, hash := range path {
		out.Path = append(out.Path, hash[:])
	}
	p.Checks = append(p.Checks, out)
	p.Signers = addSigner(p.Signers, kept.Chain)
	return nil
}

func addSigner(all [][][]byte, signer [][]byte) [][][]byte {
	if len(signer) == 0 || slices.ContainsFunc(all, func(s [][]byte) bool { return bytes.Equal(s[0], signer[0]) }) {
		return all
	}
	return append(all, signer)
}

// ErrNothing reports that nobody has anything of what was asked for.
var ErrNothing = errors.New("no node has such a reading or check")

// ErrNotYet reports that what was asked for is on its way: ask again.
var ErrNotYet = errors.New("it is not all there yet")

// sumOf names a signer.
func sumOf(signer [][]byte) [32]byte { return sha256.Sum256(signer[0]) }
