package rule

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A Bench is a chain in a temporary directory, for trying rules before they go
// live: it is their contracts that judge, as they will on the real one. It is an
// actors' Rules, for one goroutine. Any time will do: a case is judged by its
// own clock.
type Bench struct {
	dir string
	c   *chain.Embedded
	st  chain.State
	set *Set
}

// NewBench puts rules on a chain of their own. Close throws it away.
func NewBench(ctx context.Context, rules []Rule) (b *Bench, err error) {
	f := Founding{Rules: rules}
	for range 2 { // whose keys nobody needs
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		f.Admins = append(f.Admins, crypto.PublicKey(key.Public()))
	}
	b = &Bench{}
	if b.dir, err = os.MkdirTemp("", "wardflow-try-"); err != nil {
		return nil, err
	}
	if err := b.open(ctx, f); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *Bench) open(ctx context.Context, f Founding) error {
	dir := filepath.Join(b.dir, "chain")
	info, err := Init(ctx, dir, f)
	if err != nil {
		return err
	}
	if b.c, err = chain.Open(chain.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)}); err != nil {
		return err
	}
	head, err := b.c.Head(ctx)
	if err != nil {
		return err
	}
	if b.st, err = b.c.State(ctx, head.Hash); err != nil {
		return err
	}
	b.set, err = LoadState(b.st, info.Manager)
	return err
}

// Judge judges a case.
func (b *Bench) Judge(c *flow.Case) (flow.Verdict, error) { return b.set.Judge(b.st, c) }

// Remember says what the rules look at beside a reading of a kind.
func (b *Bench) Remember(kind string) (past int, beside []string) { return b.set.Remember(kind) }

// Still says what the rules take for the same value of a kind.
func (b *Bench) Still(kind string) (within int64, asked bool) { return b.set.Still(kind) }

// Notify never calls: the rules do not change.
func (b *Bench) Notify(func()) (cancel func()) { return func() {} }

// Close throws the chain away.
func (b *Bench) Close() error {
	var err error
	if b.c != nil {
		err = b.c.Close()
	}
	return errors.Join(err, os.RemoveAll(b.dir))
}
