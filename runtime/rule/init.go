package rule

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/wardflow/wardflow/runtime/chain"
)

// The key files that Init makes in the chain's directory.
const (
	AdminKeyFile     = "admin.key"     // may give roles, and change rules
	CollectorKeyFile = "collector.key" // may pay for transactions, nothing more
)

// Init makes a new chain in dir: genesis, an account of the admin and one of
// the collectors, a rule manager, and the rules in it. An admin key that
// exists is used, else made; the default is dir/admin.key. Passphrase, if not
// empty, encrypts the keys. What nodes must know is returned, and kept in
// dir/chain.json. An Init that was interrupted can be done again.
func Init(ctx context.Context, dir, adminKey, passphrase string, rules []Rule, log *slog.Logger) (chain.Info, error) {
	info, err := initChain(ctx, dir, adminKey, passphrase, rules, log)
	if err != nil {
		return chain.Info{}, fmt.Errorf("init chain: %w", err)
	}
	return info, nil
}

func initChain(ctx context.Context, dir, adminKey, passphrase string, rules []Rule, log *slog.Logger) (chain.Info, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return chain.Info{}, err
	}
	if adminKey == "" {
		adminKey = filepath.Join(dir, AdminKeyFile)
	}
	admin, err := keyAt(adminKey, passphrase)
	if err != nil {
		return chain.Info{}, err
	}
	collector, err := keyAt(filepath.Join(dir, CollectorKeyFile), passphrase)
	if err != nil {
		return chain.Info{}, err
	}
	// The chain is made beside, and put in its place when it is whole.
	if _, err := os.Stat(filepath.Join(dir, chain.GenesisFile)); err == nil {
		return chain.Info{}, fmt.Errorf("there is a chain in %s already: it is made once; choose another directory", dir)
	}
	part := filepath.Join(dir, "unfinished")
	if err := os.RemoveAll(part); err != nil {
		return chain.Info{}, err
	}
	info, err := chain.Init(part, admin.Address(), collector.Address())
	if err != nil {
		return chain.Info{}, err
	}
	if info.Manager, err = fill(ctx, part, admin, rules, log); err != nil {
		return chain.Info{}, err
	}
	if err := chain.WriteInfo(part, info); err != nil {
		return chain.Info{}, err
	}
	return info, chain.Move(part, dir)
}

// fill deploys the manager on a new chain and sets the rules.
func fill(ctx context.Context, dir string, admin *chain.Key, rules []Rule, log *slog.Logger) (manager chain.Address, err error) {
	c, err := chain.Open(chain.Config{Dir: dir, Log: log})
	if err != nil {
		return manager, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if manager, err = Deploy(ctx, c, admin, admin.Address(), admin.Address()); err != nil {
		return manager, err
	}
	if len(rules) > 0 {
		a := Admin{Chain: c, Manager: manager, Key: admin}
		_, err = a.Set(ctx, rules...)
	}
	return manager, err
}

// keyAt is the key in a file, made if there is none.
func keyAt(file, passphrase string) (*chain.Key, error) {
	k, err := chain.LoadKey(file, passphrase)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if k, err = chain.NewKey(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	return k, k.Save(file, passphrase)
}
