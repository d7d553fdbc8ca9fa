package evidence

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
)

// Options say whom a verifier believes, and how much he wants to see.
type Options struct {
	Trust pki.Trust
	Lists [][]byte // of revocations that he has himself, beside those in the bundle
	// Witnesses is how many nodes, other than the one whose log a check is in, must
	// vouch for its block; 0 wants any one, be it that node itself.
	Witnesses int
	// Blocks are hashes that he knows to be of final blocks of the hospital's chain,
	// from wherever; such a block needs no witness.
	Blocks []chain.Hash
}

// skew is how far the clocks of nodes and of a chain may differ.
const skew = 5 * time.Minute

// Verify checks a whole bundle by computing alone. The report says what was found
// as far as it went; the error is nil when everything in the bundle holds and is
// enough, else a [*Refusal].
func (b *Bundle) Verify(o Options) (*Report, error) {
	v := &verifier{b: b, o: o, trust: newBeliever(o.Trust), report: &Report{}, signers: map[[32]byte][]*x509.Certificate{}}
	err := v.verify()
	v.report.OK = err == nil
	if r := (*Refusal)(nil); errors.As(err, &r) {
		v.report.Code, v.report.Why = r.Code, err.Error()
	}
	v.report.NotProved = v.report.not()
	return v.report, err
}

type verifier struct {
	b      *Bundle
	o      Options
	trust  *believer
	report *Report

	reading *proof.Inclusion
	signers map[[32]byte][]*x509.Certificate // by SHA-256 of the leaf
	used    map[[32]byte]bool
	heads   []*proof.SignedLogHead // of the checks
	blocks  []*chain.Header        // of the checks; nil: none
}

func (v *verifier) verify() error {
	if err := v.trust.take(v.b.Lists, true); err != nil {
		return refuse(BadList, "bundle", err)
	}
	if err := v.trust.take(slices.Concat(v.trust.lists, v.o.Lists), false); err != nil {
		return refuse(BadList, "your own list", err)
	}
	if err := v.openSigners(); err != nil {
		return err
	}
	if len(v.b.Reading) > 0 {
		if err := v.theReading(); err != nil {
			return err
		}
	}
	if len(v.b.Checks) == 0 {
		return refuse(NotProved, "bundle", errors.New("it has no check in it"))
	}
	for i := range v.b.Checks {
		if err := v.check(i, fmt.Sprintf("check %d", i+1)); err != nil {
			return err
		}
	}
	if len(v.used) != len(v.signers) {
		return refuse(BadForm, "bundle", errors.New("it has a certificate chain of nobody who has signed in it"))
	}
	for i := range v.b.Witnesses {
		if err := v.witness(i, fmt.Sprintf("witness %d", i+1)); err != nil {
			return err
		}
	}
	return v.enough()
}

func (v *verifier) openSigners() error {
	v.used = map[[32]byte]bool{}
	for i, der := range v.b.Signers {
		part := fmt.Sprintf("signer %d", i+1)
		var certs []*x509.Certificate
		for _, d := range der {
			c, err := x509.ParseCertificate(d)
			if err != nil {
				return refuse(BadCertificate, part, err)
			}
			certs = append(certs, c)
		}
		sum := sha256.Sum256(certs[0].Raw)
		if v.signers[sum] != nil {
			return refuse(BadForm, part, errors.New("it is there twice"))
		}
		v.signers[sum] = certs
	}
	return nil
}

// theReading verifies the reading by itself: its device, its window, the card.
func (v *verifier) theReading() error {
	p, err := proof.OpenInclusion(v.b.Reading)
	if err == nil {
		err = p.Verify(v.trust)
	}
	if err != nil {
		return refuse(codeOf(err), "reading", err)
	}
	v.reading = p
	v.report.Reading = readingOf(p)
	return nil
}

// check verifies one check up to its block.
func (v *verifier) check(i int, part string) error {
	w := &v.b.Checks[i]
	c, err := proof.OpenCheck(w.Record)
	if err != nil {
		return refuse(BadForm, part, err)
	}
	if err := v.ofReading(c); err != nil {
		return refuse(BadReading, part, err)
	}
	h, err := proof.OpenLogHead(w.Head)
	if err != nil {
		return refuse(BadForm, part, err)
	}
	if slices.ContainsFunc(v.report.Checks, func(c Checked) bool { return c.Log == h.Log && c.Index == w.Index }) {
		return refuse(BadForm, part, errors.New("it is there twice"))
	}
	certs := v.signers[h.Cert]
	if certs == nil {
		return refuse(BadCertificate, part, fmt.Errorf("that of who signed the head, %x, is not in the bundle", h.Cert[:4]))
	}
	v.used[h.Cert] = true
	if err := h.Verify(certs[0]); err != nil {
		return refuse(BadSignature, part, err)
	}
	if err := claimed(w, h); err != nil {
		return refuse(BadSignature, part, err)
	}
	path := make([][32]byte, len(w.Path))
	for j := range path {
		path[j] = [32]byte(w.Path[j])
	}
	switch root, err := proof.RootFrom(proof.CheckHash(w.Record), w.Index, h.Size, path); {
	case err != nil:
		return refuse(BadRoot, part, err)
	case root != h.Root:
		return refuse(BadRoot, part, errors.New("the record is not in the log under the root that was signed"))
	}
	block, err := v.anchor(w, h)
	if err != nil {
		return refuse(codeOfAnchor(err), part, err)
	}
	until := h.At
	if block != nil && block.Time.After(until) {
		until = block.Time
	}
	id, err := v.trust.between(certs, h.At, until)
	if err != nil {
		return refuse(BadCertificate, part, fmt.Errorf("who signed the head: %w", err))
	}
	if id.Role != flow.RoleNode {
		return refuse(BadCertificate, part, fmt.Errorf("%s keeps no log of checks", id.URI))
	}
	if err := inOrder(c, h, block); err != nil {
		return refuse(BadTime, part, err)
	}
	v.heads, v.blocks = append(v.heads, h), append(v.blocks, block)
	v.report.Checks = append(v.report.Checks, checkOf(c, w.Index, h, id.URI, block))
	return nil
}

// ofReading checks that a check is of the bundle's reading, or where there is none
// that all checks are of one.
func (v *verifier) ofReading(c *proof.Check) error {
	if v.reading != nil {
		r := v.reading.Reading
		if c.Leaf != r.Leaf || c.Device != "" && (c.Device != r.Device || c.Stream != r.Stream || c.Seq != r.Seq) {
			return fmt.Errorf("it is of another reading: %x", c.Leaf[:4])
		}
		return nil
	}
	if len(v.report.Checks) > 0 && v.report.Checks[0].Leaf != fmt.Sprintf("%x", c.Leaf) {
		return fmt.Errorf("it is of another reading than check 1: %x", c.Leaf[:4])
	}
	return nil
}

// inOrder checks that what was signed last came last.
func inOrder(c *proof.Check, h *proof.SignedLogHead, block *chain.Header) error {
	switch {
	case c.At.After(h.At.Add(skew)):
		return fmt.Errorf("judged at %s, yet the log had it at %s", c.At.Format(time.RFC3339), h.At.Format(time.RFC3339))
	case block == nil:
		return nil
	case c.At.After(block.Time.Add(skew)):
		return fmt.Errorf("judged at %s, yet anchored in a block of %s", c.At.Format(time.RFC3339), block.Time.UTC().Format(time.RFC3339))
	case c.Verdict.Block > block.Number:
		return fmt.Errorf("judged by the rules of block %d, yet anchored in block %d", c.Verdict.Block, block.Number)
	}
	return nil
}

// witness verifies a node's word for one of the blocks.
func (v *verifier) witness(i int, part string) error {
	w, st, err := proof.OpenWitness(v.b.Witnesses[i])
	if err != nil {
		return refuse(codeOf(err), part, err)
	}
	id, err := v.trust.between(st.Chain, st.At, st.At)
	if err != nil {
		return refuse(BadCertificate, part, err)
	}
	if id.Role != flow.RoleNode {
		return refuse(BadCertificate, part, fmt.Errorf("%s follows no chain", id.URI))
	}
	// Who has a key that was revoked since may have said it since, and set his clock
	// back: nothing but the word itself says when. So it counts no more.
	_, err = v.trust.between(st.Chain, st.At, everAfter)
	revoked := err != nil
	found := false
	for j, b := range v.blocks {
		if b == nil || b.Number != w.Number {
			continue
		}
		if h := v.heads[j]; b.Hash != w.Hash || h.Chain != w.Chain || h.Anchor != w.Anchor {
			return refuse(BadWitness, part, fmt.Errorf("%s says that block %d of chain %d is %x, and anchors are in %s: in the bundle it is %x of chain %d, and they are in %s",
				id.URI, w.Number, w.Chain, w.Hash[:4], w.Anchor, b.Hash[:4], h.Chain, h.Anchor))
		}
		found = true
		if !revoked {
			v.report.Checks[j].vouched(id.URI)
		}
	}
	if !found {
		return refuse(BadWitness, part, fmt.Errorf("it is about block %d, which the bundle does not need", w.Number))
	}
	if !v.report.witness(w, st, id.URI, revoked) {
		return refuse(BadWitness, part, fmt.Errorf("%s says so twice", id.URI))
	}
	if st.At.Before(v.made(w.Number).Add(-skew)) {
		return refuse(BadTime, part, errors.New("it was said before the block was there"))
	}
	return nil
}

// everAfter is later than any time that is written anywhere.
var everAfter = time.Unix(1<<40, 0)

// made is when a block was made.
func (v *verifier) made(number uint64) time.Time {
	for _, b := range v.blocks {
		if b != nil && b.Number == number {
			return b.Time
		}
	}
	return time.Time{}
}

// enough checks that each check is in a block for which somebody vouches.
func (v *verifier) enough() error {
	for i, b := range v.blocks {
		part, c := fmt.Sprintf("check %d", i+1), &v.report.Checks[i]
		if b == nil {
			return refuse(NotProved, part, fmt.Errorf("its log's head is in no block: only %s says that it was judged", c.Node))
		}
		if slices.Contains(v.o.Blocks, b.Hash) {
			c.Known = true
			continue
		}
		others := len(slices.DeleteFunc(slices.Clone(c.Witnesses), func(uri string) bool { return uri == c.Node }))
		switch {
		case len(c.Witnesses) == 0:
			return refuse(NotProved, part, fmt.Errorf("nobody vouches for block %d, %s: if you know it to be the hospital's, say so with --block", b.Number, b.Hash))
		case others < v.o.Witnesses:
			return refuse(NotProved, part, fmt.Errorf("%d nodes other than %s vouch for block %d, you want %d: if you know %s to be the hospital's, say so with --block",
				others, c.Node, b.Number, v.o.Witnesses, b.Hash))
		}
	}
	return nil
}
