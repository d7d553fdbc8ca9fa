package rule

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/eip712"
)

// CollectorKeyFile is the key that Init makes in the chain's directory. Its
// account can pay for transactions, nothing more.
const CollectorKeyFile = "collector.key"

// A Founding says what a new chain of rules begins with.
type Founding struct {
	Admins     []crypto.PublicKey // who may change rules: P-256 keys of certificates, as many as Approvals at least
	Registrars []crypto.PublicKey // who may write the registry of devices: P-256 keys of the authorities; may be none
	Approvals  int                // how many admins a change takes, at least 2; default 2
	Rules      []Rule             // may be none
	Passphrase string             // encrypts CollectorKeyFile; "": it is in plain
	Log        *slog.Logger
}

// Init makes a new chain in dir: genesis, an account that pays, the contracts,
// and the first rules. What nodes must know is returned, and kept in
// dir/chain.json. An Init that was interrupted can be done again.
func Init(ctx context.Context, dir string, f Founding) (chain.Info, error) {
	info, err := f.init(ctx, dir)
	if err != nil {
		return chain.Info{}, fmt.Errorf("init chain: %w", err)
	}
	return info, nil
}

func (f *Founding) init(ctx context.Context, dir string) (chain.Info, error) {
	if err := f.setDefaults(); err != nil {
		return chain.Info{}, err
	}
	// The chain is made beside, and put in its place when it is whole.
	if _, err := os.Stat(filepath.Join(dir, chain.GenesisFile)); err == nil {
		return chain.Info{}, fmt.Errorf("there is a chain in %s already: it is made once; choose another directory", dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return chain.Info{}, err
	}
	payer, err := keyAt(filepath.Join(dir, CollectorKeyFile), f.Passphrase)
	if err != nil {
		return chain.Info{}, err
	}
	part := filepath.Join(dir, "unfinished")
	if err := os.RemoveAll(part); err != nil {
		return chain.Info{}, err
	}
	info, err := chain.Init(part, payer.Address())
	if err != nil {
		return chain.Info{}, err
	}
	if info.Manager, err = f.fill(ctx, part, payer); err != nil {
		return chain.Info{}, err
	}
	if err := chain.WriteInfo(part, info); err != nil {
		return chain.Info{}, err
	}
	return info, chain.Move(part, dir)
}

func (f *Founding) setDefaults() error {
	if f.Approvals == 0 {
		f.Approvals = 2
	}
	if f.Approvals < 2 || len(f.Admins) < f.Approvals {
		return fmt.Errorf("%d rule admins where a change takes %d: want at least two, and as many as a change takes", len(f.Admins), f.Approvals)
	}
	if f.Log == nil {
		f.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}

// fill deploys the contracts on a new chain.
func (f *Founding) fill(ctx context.Context, dir string, payer *chain.Key) (manager chain.Address, err error) {
	c, err := chain.Open(chain.Config{Dir: dir, Log: f.Log})
	if err != nil {
		return manager, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	p := chain.NewPayer(c, payer, f.Log)
	defer func() { err = errors.Join(err, p.Close()) }()
	return Deploy(ctx, c, p, *f)
}

// Deploy makes the contracts of a founding on a chain that is there, and returns
// the manager's address.
func Deploy(ctx context.Context, c chain.Reader, relay chain.Relay, f Founding) (manager chain.Address, err error) {
	if err := f.setDefaults(); err != nil {
		return manager, fmt.Errorf("deploy rule manager: %w", err)
	}
	if manager, err = f.deploy(ctx, c, relay); err != nil {
		return manager, fmt.Errorf("deploy rule manager: %w", refusal(err))
	}
	return manager, nil
}

func (f *Founding) deploy(ctx context.Context, c chain.Reader, relay chain.Relay) (manager chain.Address, err error) {
	admins, err := keyAddresses(f.Admins)
	if err != nil {
		return manager, err
	}
	registrars, err := keyAddresses(f.Registrars)
	if err != nil {
		return manager, err
	}
	m := &maker{chain: c, relay: relay, have: map[chain.Hash]Part{}}
	var anchor, registry chain.Address
	err = together(
		func() error { return m.ready(ctx, f.Rules) },
		func() (err error) { anchor, err = made(ctx, relay, build.AuditAnchorMetaData.Bin); return err },
		func() (err error) { registry, err = made(ctx, relay, build.DeviceRegistryMetaData.Bin); return err })
	if err != nil {
		return manager, err
	}
	first, err := f.entries(ctx, m)
	if err != nil {
		return manager, err
	}
	r, err := relay.Pay(ctx, nil, append(common.FromHex(build.RuleManagerMetaData.Bin),
		managerABI().PackConstructor(admins, registrars, uint8(f.Approvals), first, anchor, registry)...))
	return r.Contract, err
}

// made makes a contract that takes no parameters.
func made(ctx context.Context, relay chain.Relay, bin string) (chain.Address, error) {
	r, err := relay.Pay(ctx, nil, common.FromHex(bin))
	return r.Contract, err
}

// entries are the first rules.
func (f *Founding) entries(ctx context.Context, m *maker) (first []build.Draft, err error) {
	for _, r := range f.Rules {
		if r.Parts, err = m.parts(ctx, &r); err != nil {
			return nil, err
		}
		change, err := Change{Op: OpSet, Rule: r}.packed()
		if err != nil {
			return nil, err
		}
		first = append(first, build.Draft{Device: change.Device, Group: change.Group, Mode: change.Mode, Parts: change.Parts})
	}
	return first, nil
}

func keyAddresses(keys []crypto.PublicKey) (all []chain.Address, err error) {
	for i, key := range keys {
		a, err := eip712.KeyAddress(key)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", i+1, err)
		}
		all = append(all, a)
	}
	return all, nil
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
	return k, k.Save(file, passphrase)
}
