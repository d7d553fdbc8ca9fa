package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/evidence"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// How bundles are made from folders, when no node runs any more.

// A checksFolder is what a node keeps of its checks: DIR/log and DIR/heads.
type checksFolder struct {
	dir   string
	log   *tlog.Log
	heads *anchor.Heads
	is    string // the log's account; "": none of its heads was ever signed
}

// openChecksFolder opens a node's folder of checks to be read, also while the node
// runs.
func openChecksFolder(dir string) (*checksFolder, error) {
	c := &checksFolder{dir: dir}
	var err error
	if c.log, err = tlog.OpenReadOnly(filepath.Join(dir, "log")); err != nil {
		return nil, fmt.Errorf("%s: want a node's folder of checks, which is checks in the dir of its node.yaml: %w", dir, err)
	}
	if c.heads, err = anchor.OpenHeads(filepath.Join(dir, "heads")); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: want a node's folder of checks, which is checks in the dir of its node.yaml: %w", dir, err), c.log.Close())
	}
	if err := c.identify(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, err), c.close())
	}
	return c, nil
}

// identify finds the log's account in a head that its node has signed.
func (c *checksFolder) identify() error {
	kept, ok, err := c.heads.Covering(0)
	if err != nil || !ok {
		return err
	}
	h, err := proof.OpenLogHead(kept.Signed)
	if err == nil {
		c.is = h.Log
	}
	return err
}

func (c *checksFolder) close() error { return errors.Join(c.log.Close(), c.heads.Close()) }

// account is the log's, which a head in the folder says.
func (c *checksFolder) account() (chain.Address, error) {
	if c.is == "" {
		return chain.Address{}, fmt.Errorf("%s: no head of this log was ever signed by its node, so nobody can tell whose account it is", c.dir)
	}
	return chain.ParseAddress(c.is)
}

// book is the folder as a part of bundles.
func (c *checksFolder) book() evidence.Book {
	return evidence.Book{Log: c.log, Account: c.is, Covering: func(_ context.Context, i uint64) (anchor.Kept, error) {
		k, ok, err := c.heads.Covering(i)
		if err == nil && !ok {
			err = fmt.Errorf("%s: %w: its node has signed no anchored head over check %d", c.dir, anchor.ErrNotAnchored, i)
		}
		return k, err
	}}
}

// proveDirs are the folders that a bundle is made from.
type proveDirs struct {
	checks    []string
	store     string
	witnesses []string
	lists     []string
}

func (p *proveDirs) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&p.checks, "checks", nil, "without a node: `DIR` checks of a node's folder; may be given again")
	f.StringVar(&p.store, "store", "", "without a node: the store's `FILE`")
	f.StringArrayVar(&p.witnesses, "witness", nil, "without a node: `DIR` with the certificate of a node that vouches for the block; may be given again")
	f.StringArrayVar(&p.lists, "crl", nil, "without a node: `FILE` with a list of revocations to put in; may be given again")
}

func (p *proveDirs) given() bool { return len(p.checks) > 0 }

// bundle makes a bundle from folders and the chain that o is.
func (p *proveDirs) bundle(ctx context.Context, q control.ProveQuery, o *opened) (text []byte, err error) {
	of, err := evidence.ParseQuery(q.Of)
	if err != nil {
		return nil, usageError{err}
	}
	h := evidence.Holder{Chain: o.chain}
	for _, dir := range p.checks {
		c, err := openChecksFolder(dir)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, c.close()) }()
		h.Books = append(h.Books, c.book())
	}
	if p.store != "" {
		st, err := sqlite.OpenReadOnly(p.store)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, st.Close()) }()
		h.Reading = func(ctx context.Context, s proof.Stream, seq uint64) (*evidence.Stored, error) {
			k, err := st.Reading(ctx, s, seq)
			if err != nil || k.Reading == nil {
				return nil, err
			}
			return &evidence.Stored{Reading: k.Reading, Window: k.Sealed, Index: k.Index}, nil
		}
	}
	signers, err := p.signers()
	if err != nil {
		return nil, err
	}
	lists, err := readFiles(p.lists)
	if err != nil {
		return nil, err
	}
	g := evidence.Gatherer{Early: q.Early, Lists: func() [][]byte { return lists },
		Ask: func(ctx context.Context, q evidence.Query) ([]*evidence.Parts, error) {
			part, err := h.Parts(ctx, q)
			return []*evidence.Parts{part}, err
		},
		Witness: func(ctx context.Context, number uint64, hash chain.Hash) (all [][]byte) {
			for _, by := range signers {
				if w, err := vouchFor(ctx, o, by, number, hash); err == nil {
					all = append(all, w)
				}
			}
			return all
		}}
	b, err := g.Gather(ctx, of)
	if err != nil {
		return nil, err
	}
	return b.Encode()
}

func (p *proveDirs) signers() (all []flow.Signer, err error) {
	for _, dir := range p.witnesses {
		s, err := pki.LoadSigner(dir)
		if err != nil {
			return nil, fmt.Errorf("--witness: %w", err)
		}
		all = append(all, s)
	}
	return all, nil
}

// vouchFor says with a node's key that a chain in a folder here has a block.
func vouchFor(ctx context.Context, o *opened, by flow.Signer, number uint64, hash chain.Hash) ([]byte, error) {
	c, err := anchor.Of(ctx, o.chain, o.manager)
	if err != nil {
		return nil, err
	}
	w, err := evidence.WitnessOf(ctx, c, o.manager, number, hash)
	if err != nil {
		return nil, err
	}
	w.Replica = true
	return proof.SignWitness(by, w, time.Now())
}
