package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Format names the form of a bundle.
const Format = "wardflow.proof/2"

// unclaimed is the form of bundles from before logs claimed their nodes.
const unclaimed = "wardflow.proof/1"

// What a bundle may hold.
const (
	MaxBundle    = 4 << 20 // bytes of the file
	maxChecks    = 16
	maxPath      = 64 // hashes of a path in a log
	maxSigners   = 16 // chains
	maxChain     = 8  // certificates of a chain
	maxWitnesses = 64
	maxLists     = 8
)

// ErrForm reports bytes that are not a bundle in its one form.
var ErrForm = errors.New("not a bundle in its one form")

// A Bundle is the evidence for one reading, for checks of it, or for both. What
// it says, [Bundle.Verify] tells; the fields are bytes that nobody needs to trust.
type Bundle struct {
	Reading []byte  // as of [proof.Inclusion.Bytes]; none: the bundle is about checks only
	Checks  []Check // at least one
	// Signers are the certificate chains of those who signed the checks' heads,
	// leaf first, DER, each once.
	Signers   [][][]byte
	Witnesses [][]byte // as of [proof.SignWitness]
	// Lists are what was known to be revoked when the bundle was made: lists of
	// RFC 5280, section 5, DER.
	Lists [][]byte
}

// A Check is one record of a log of checks, and what it hangs on.
type Check struct {
	Record []byte   // as of [proof.Check.Encode]
	Index  uint64   // in the log, from 0
	Path   [][]byte // 32 bytes each, from the record up to the root (RFC 9162, section 2.1.3)
	Head   []byte   // as of [proof.SignLogHead], of a log with at least Index+1 records
	Claim  []byte   // of the certificate that has signed Head, by the log's account, as of [anchor.Claimed]
	Anchor *Anchor  // nil: the head is on no chain yet
}

// An Anchor is the transaction that brought a head into the chain, as
// [chain.ReceiptProof] has it.
type Anchor struct {
	Header []byte   // RLP
	Index  uint64   // of the transaction in its block
	Nodes  [][]byte // of the tree of receipts, the root first
}

// The written form. Byte strings are base64 (RFC 4648, section 4).

type written struct {
	Format    string         `json:"format"`
	Reading   []byte         `json:"reading"`
	Checks    []writtenCheck `json:"checks"`
	Signers   [][][]byte     `json:"signers"`
	Witnesses [][]byte       `json:"witnesses"`
	Lists     [][]byte       `json:"lists"`
}

type writtenCheck struct {
	Record []byte          `json:"record"`
	Index  uint64          `json:"index"`
	Path   [][]byte        `json:"path"`
	Head   []byte          `json:"head"`
	Claim  []byte          `json:"claim"`
	Anchor []writtenAnchor `json:"anchor"` // one or none
}

type writtenAnchor struct {
	Header []byte   `json:"header"`
	Index  uint64   `json:"index"`
	Nodes  [][]byte `json:"nodes"`
}

// Encode writes the bundle as JSON in its one form: each field in its place, a
// line each, so that it may be looked at and compared.
func (b *Bundle) Encode() ([]byte, error) {
	out, err := b.encode()
	if err != nil {
		return nil, fmt.Errorf("write bundle: %w", err)
	}
	return out, nil
}

func (b *Bundle) encode() ([]byte, error) {
	if err := b.fits(); err != nil {
		return nil, err
	}
	w := written{Format: Format, Reading: full(b.Reading), Checks: make([]writtenCheck, len(b.Checks)), Signers: make([][][]byte, len(b.Signers)),
		Witnesses: fullEach(b.Witnesses), Lists: fullEach(b.Lists)}
	for i, c := range b.Checks {
		w.Checks[i] = writtenCheck{Record: full(c.Record), Index: c.Index, Path: fullEach(c.Path), Head: full(c.Head), Claim: full(c.Claim), Anchor: []writtenAnchor{}}
		if c.Anchor != nil {
			w.Checks[i].Anchor = []writtenAnchor{{full(c.Anchor.Header), c.Anchor.Index, fullEach(c.Anchor.Nodes)}}
		}
	}
	for i, chain := range b.Signers {
		w.Signers[i] = fullEach(chain)
	}
	out, err := json.MarshalIndent(w, "", " ")
	return append(out, '\n'), err
}

// full is b, and never null in JSON.
func full(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func fullEach(bs [][]byte) [][]byte {
	out := make([][]byte, len(bs))
	for i := range bs {
		out[i] = full(bs[i])
	}
	return out
}

// Parse reads what [Bundle.Encode] wrote, byte for byte; anything else is
// [ErrForm]. It verifies nothing.
func Parse(text []byte) (*Bundle, error) {
	b, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	return b, nil
}

func parse(text []byte) (*Bundle, error) {
	if len(text) > MaxBundle {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrForm, len(text), MaxBundle)
	}
	if err := known(text); err != nil {
		return nil, err
	}
	var w written
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForm, err)
	}
	b := &Bundle{Reading: w.Reading, Signers: w.Signers, Witnesses: w.Witnesses, Lists: w.Lists}
	for _, c := range w.Checks {
		if len(c.Anchor) > 1 {
			return nil, fmt.Errorf("%w: a check with %d anchors", ErrForm, len(c.Anchor))
		}
		check := Check{Record: c.Record, Index: c.Index, Path: c.Path, Head: c.Head, Claim: c.Claim}
		if len(c.Anchor) == 1 {
			check.Anchor = &Anchor{Header: c.Anchor[0].Header, Index: c.Anchor[0].Index, Nodes: c.Anchor[0].Nodes}
		}
		b.Checks = append(b.Checks, check)
	}
	again, err := b.encode()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, text) {
		return nil, fmt.Errorf("%w: written again it is not the same from byte %d on", ErrForm, differ(again, text))
	}
	return b, nil
}

// known checks the form's name, before anything that another form may not have.
func known(text []byte) error {
	var named struct{ Format string }
	if err := json.Unmarshal(text, &named); err != nil {
		return fmt.Errorf("%w: %w", ErrForm, err)
	}
	switch named.Format {
	case Format:
		return nil
	case unclaimed:
		return formerError{}
	}
	return fmt.Errorf("%w: its form is named %.40q, this program reads %q", ErrForm, named.Format, Format)
}

// A formerError is [ErrForm] for a bundle of the first form.
type formerError struct{}

func (formerError) Error() string {
	return "it is of the form " + unclaimed + ", in which a log does not say whose it is, so that any node could have passed it off as its own: have it made anew by wardflow prove, from nodes that run this version"
}

func (formerError) Unwrap() error { return ErrForm }

// differ is where two texts differ first.
func differ(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// exact is the largest number that every reader of JSON understands exactly.
const exact = 1<<53 - 1

// fits checks the bundle's counts.
func (b *Bundle) fits() error {
	for _, l := range []struct {
		what       string
		is, atMost int
	}{{"checks", len(b.Checks), maxChecks}, {"signers", len(b.Signers), maxSigners}, {"witnesses", len(b.Witnesses), maxWitnesses},
		{"lists", len(b.Lists), maxLists}} {
		if l.is > l.atMost {
			return fmt.Errorf("%w: %d %s, at most %d are allowed", ErrForm, l.is, l.what, l.atMost)
		}
	}
	for _, c := range b.Checks {
		if len(c.Path) > maxPath || c.Index > exact || c.Anchor != nil && c.Anchor.Index > exact {
			return fmt.Errorf("%w: a check at %d with a path of %d hashes", ErrForm, c.Index, len(c.Path))
		}
		for _, h := range c.Path {
			if len(h) != 32 {
				return fmt.Errorf("%w: a hash of %d bytes", ErrForm, len(h))
			}
		}
	}
	for _, chain := range b.Signers {
		if len(chain) == 0 || len(chain) > maxChain {
			return fmt.Errorf("%w: a chain of %d certificates", ErrForm, len(chain))
		}
	}
	return nil
}
