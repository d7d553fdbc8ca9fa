package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/evidence"
	"github.com/wardflow/wardflow/runtime/proof"
)

// How a store is held against the anchored logs of those who judged.

// trust is the file of whom to believe: as given, or as a context says.
func (o *verifyOptions) trust() (string, error) {
	if o.at.Trust != "" {
		return o.at.Trust, nil
	}
	at, err := o.at.complete()
	return at.Trust, err
}

func (o *verifyOptions) collate(ctx context.Context, src proof.Source) (_ *evidence.Collation, err error) {
	var folders []evidence.Folder
	for _, dir := range o.checks {
		account, err := checksAccount(dir, "")
		if err != nil {
			return nil, err
		}
		folders = append(folders, evidence.Folder{Dir: filepath.Join(dir, "log"), Account: account})
	}
	at, err := o.at.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(mendChain(err), at.close()) }()
	if at.manager == (chain.Address{}) {
		return nil, usageError{errNoManager}
	}
	contract, err := anchor.Of(ctx, at.chain, at.manager)
	if err != nil {
		return nil, err
	}
	return evidence.Collate(ctx, src, folders, contract)
}

// writeCollation says how the store compares with the logs; nil: it was not asked.
func writeCollation(out io.Writer, c *evidence.Collation) error {
	if c == nil {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nHELD AGAINST %d LOGS OF CHECKS:\n", len(c.Logs))
	for _, l := range c.Logs {
		fmt.Fprintf(&b, "  %s: %d checks, %d anchored", l.Account, l.Size, l.Anchored)
		if l.Bad != "" {
			fmt.Fprintf(&b, ": NOT AS ANCHORED: %s", l.Bad)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "  %d readings: %d were judged good under an anchored head", c.Readings, c.Judged)
	for _, n := range []struct {
		count int
		what  string
	}{{c.Early, "whose checks are in no block yet"}, {c.Older, "from before the logs began, which nothing but the record itself speaks for"}} {
		if n.count > 0 {
			fmt.Fprintf(&b, ", %d %s", n.count, n.what)
		}
	}
	b.WriteByte('\n')
	if c.Late > 0 {
		fmt.Fprintf(&b, "  %d checks came to the chain long after they were made; ask what held them up: %s\n", c.Late, c.FirstLate)
	}
	if len(c.Others) > 0 {
		fmt.Fprintf(&b, "  the chain knows %d more logs, which were not given: %s\n", len(c.Others), strings.Join(c.Others, ", "))
	}
	if c.OK() {
		b.WriteString("  the store has what was judged, and nothing else\n")
	} else {
		fmt.Fprintf(&b, "  DOES NOT FIT: %d bad; the first: %s\n", c.Bad, c.First)
	}
	_, err := io.WriteString(out, b.String())
	return err
}
