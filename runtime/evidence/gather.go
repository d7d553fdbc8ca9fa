package evidence

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A Gatherer reaches those who have parts of bundles.
type Gatherer struct {
	// Ask asks all holders at once, and gives what came. Those that can't be
	// reached are left out; the error is for when nobody can be asked.
	Ask func(ctx context.Context, q Query) ([]*Parts, error)
	// Witness asks all nodes for their word for a block ([proof.SignWitness]), and
	// gives what came.
	Witness func(ctx context.Context, number uint64, hash chain.Hash) [][]byte
	// Lists are what is known to be revoked: lists in DER.
	Lists func() [][]byte
	// Wait is how long to wait for what is on its way to the chain; 0: not.
	Wait time.Duration
	// Early takes what is there when the time is over, rather than nothing.
	Early bool
}

// again is how often it is asked anew for what is on its way.
const again = 500 * time.Millisecond

// mostLists is how many bytes of lists of revocations go into a bundle.
const mostLists = 1 << 20

// Gather makes a bundle. What nobody has is [ErrNothing]; what is not in a block
// or under a window yet [ErrNotYet].
func (g *Gatherer) Gather(ctx context.Context, q Query) (*Bundle, error) {
	deadline := time.Now().Add(g.Wait)
	for {
		b, missing, err := g.round(ctx, q)
		switch {
		case err != nil:
			return nil, err
		case missing == nil || g.Early && !time.Now().Before(deadline):
			g.complete(ctx, b)
			return b, nil
		case !time.Now().Before(deadline):
			return nil, fmt.Errorf("%w: %w", ErrNotYet, missing)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", ErrNotYet, errors.Join(missing, ctx.Err()))
		case <-time.After(again):
		}
	}
}

// round asks everybody until nothing new is learnt; missing says what is on its way.
func (g *Gatherer) round(ctx context.Context, q Query) (b *Bundle, missing, err error) {
	var parts []*Parts
	for range 3 { // a check tells its reading, a reading the other checks
		if parts, err = g.Ask(ctx, q); err != nil {
			return nil, nil, err
		}
		was := q
		for _, p := range inOrderOf(parts) {
			q.learn(p)
		}
		if q == was {
			break
		}
	}
	b, missing = merge(parts, q)
	if len(b.Checks) == 0 && len(b.Reading) == 0 && missing == nil {
		return nil, nil, ErrNothing
	}
	return b, missing, nil
}

// inOrderOf puts who has the reading itself first: who only has checks may know
// another one of the same number.
func inOrderOf(parts []*Parts) []*Parts {
	return slices.SortedStableFunc(slices.Values(parts), func(a, b *Parts) int {
		return cmp.Compare(len(b.Reading), len(a.Reading))
	})
}

// merge puts together what is of one reading.
func merge(parts []*Parts, q Query) (b *Bundle, missing error) {
	b = &Bundle{}
	for _, p := range inOrderOf(parts) {
		if p.Leaf != q.Leaf {
			continue
		}
		if len(b.Reading) == 0 {
			b.Reading = p.Reading
		}
		if p.Waiting {
			missing = errors.New("the reading is stored, and the patient's card has not signed its window yet")
		}
		for _, c := range p.Checks {
			if c.Anchor == nil {
				missing = errors.New("a check of it is in a log, and that log's head in no block yet")
				continue
			}
			if len(b.Checks) < maxChecks && !slices.ContainsFunc(b.Checks, func(o Check) bool { return bytes.Equal(o.Record, c.Record) && bytes.Equal(o.Head, c.Head) }) {
				b.Checks = append(b.Checks, c)
			}
		}
		for _, s := range p.Signers {
			b.Signers = addSigner(b.Signers, s)
		}
	}
	if len(b.Checks) == 0 && missing == nil && len(b.Reading) > 0 {
		missing = errors.New("the reading is stored, and no log that can be reached has a check of it")
	}
	slices.SortStableFunc(b.Checks, func(x, y Check) int { return cmp.Compare(madeAt(x), madeAt(y)) })
	b.Signers = slices.DeleteFunc(b.Signers, func(s [][]byte) bool { return !signs(b, s) })
	return b, missing
}

func madeAt(c Check) int64 {
	if r, err := proof.OpenCheck(c.Record); err == nil {
		return r.At.UnixNano()
	}
	return 0
}

// signs reports whether a signer has signed a head of the bundle.
func signs(b *Bundle, signer [][]byte) bool {
	sum := sumOf(signer)
	return slices.ContainsFunc(b.Checks, func(c Check) bool {
		h, err := proof.OpenLogHead(c.Head)
		return err == nil && h.Cert == sum
	})
}

// complete adds witnesses and lists.
func (g *Gatherer) complete(ctx context.Context, b *Bundle) {
	g.vouched(ctx, b)
	if g.Lists == nil {
		return
	}
	room := mostLists
	for _, l := range g.Lists() {
		if len(l) <= room && len(b.Lists) < maxLists {
			b.Lists, room = append(b.Lists, l), room-len(l)
		}
	}
}

// vouched adds what nodes say of the blocks. Where somebody vouches for one check's
// block and nobody but whose log it is for another's, that other one is left out:
// who makes up a block is not to spoil the bundle.
func (g *Gatherer) vouched(ctx context.Context, b *Bundle) {
	if g.Witness == nil {
		return
	}
	said := map[chain.Hash][]witnessed{}
	for _, c := range b.Checks {
		h, err := chain.ParseHeader(c.Anchor.Header)
		if err == nil && said[h.Hash] == nil {
			said[h.Hash] = openEach(g.Witness(ctx, h.Number, h.Hash))
		}
	}
	good := func(c Check) bool {
		return slices.ContainsFunc(said[blockOf(c)], func(w witnessed) bool { return w.by != signerOf(c, b) })
	}
	if slices.ContainsFunc(b.Checks, good) {
		b.Checks = slices.DeleteFunc(b.Checks, func(c Check) bool { return !good(c) })
		b.Signers = slices.DeleteFunc(b.Signers, func(s [][]byte) bool { return !signs(b, s) })
	}
	seen := map[chain.Hash]bool{}
	for _, c := range b.Checks {
		of := blockOf(c)
		if seen[of] {
			continue
		}
		seen[of] = true
		for _, w := range said[of] {
			if len(b.Witnesses) < maxWitnesses {
				b.Witnesses = append(b.Witnesses, w.bytes)
			}
		}
	}
}

// A witnessed is a witness' word with the subject of its certificate.
type witnessed struct {
	bytes []byte
	by    string
}

func openEach(all [][]byte) []witnessed {
	out := make([]witnessed, 0, len(all))
	for _, b := range all {
		if _, st, err := proof.OpenWitness(b); err == nil {
			out = append(out, witnessed{b, nameOf(st.Chain[0])})
		}
	}
	return out
}

func nameOf(c *x509.Certificate) string {
	if len(c.URIs) == 1 {
		return c.URIs[0].String()
	}
	return ""
}

// blockOf is the block that a check is in; zero: none.
func blockOf(c Check) chain.Hash {
	h, err := chain.ParseHeader(c.Anchor.Header)
	if err != nil {
		return chain.Hash{}
	}
	return h.Hash
}

// signerOf is who has signed a check's head, by its certificate in the bundle.
func signerOf(c Check, b *Bundle) string {
	h, err := proof.OpenLogHead(c.Head)
	if err != nil {
		return ""
	}
	for _, s := range b.Signers {
		if sumOf(s) == h.Cert {
			if cert, err := x509.ParseCertificate(s[0]); err == nil {
				return nameOf(cert)
			}
		}
	}
	return ""
}
