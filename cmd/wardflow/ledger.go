package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/rule"
)

// How a command finds the chain and the rule manager on it: through any node
// of a running cluster, at an endpoint of JSON-RPC, or in a directory.

// ledgerPatience bounds one command. A block is made within a second.
const ledgerPatience = 30 * time.Second

// A ledger says where the chain is, and who changes its rules.
type ledger struct {
	reach
	dir, rpc, manager   string
	key, passphraseFile string
}

// flags adds what says where the chain is.
func (l *ledger) flags(cmd *cobra.Command) {
	l.reach.flags(cmd)
	f := cmd.PersistentFlags()
	f.StringVar(&l.rpc, "rpc", "", "address of JSON-RPC, such as https://HOST:PORT/chain/rpc of the node with the chain (default: ask --node where it is)")
	f.StringVar(&l.dir, "dir", "", "directory of the chain, while no node has it open")
	f.StringVar(&l.manager, "manager", "", "address of the rule manager (default: that of --node or --dir)")
}

// keyFlags adds what says who signs.
func (l *ledger) keyFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.key, "key", "", "key file of a rule admin")
	cmd.Flags().StringVar(&l.passphraseFile, "passphrase-file", "", "file whose first line opens the key")
}

// opened is a chain, ready to be asked.
type opened struct {
	chain   chain.Chain
	manager chain.Address // zero: nobody has said
	close   func() error
}

// do runs a command with the chain.
func (l *ledger) do(do func(ctx context.Context, o *opened, cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		ctx, cancel := context.WithTimeout(cmd.Context(), ledgerPatience)
		defer cancel()
		o, err := l.open(ctx)
		if err != nil {
			return err
		}
		return errors.Join(mendChain(do(ctx, o, cmd, args)), o.close())
	}
}

// administer runs a command with the manager and, unless keyless, an admin's key.
func (l *ledger) administer(keyless bool, do func(ctx context.Context, a *rule.Admin, cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return l.do(func(ctx context.Context, o *opened, cmd *cobra.Command, args []string) error {
		if o.manager == (chain.Address{}) {
			return usageError{errNoManager}
		}
		a := &rule.Admin{Chain: o.chain, Manager: o.manager}
		if !keyless {
			file := l.key
			if file == "" && l.dir != "" {
				file = filepath.Join(l.dir, rule.AdminKeyFile)
			}
			if file == "" {
				return usageError{errors.New("who changes the rules? Give --key FILE, a rule admin's")}
			}
			passphrase, err := chain.Passphrase(l.passphraseFile)
			if err != nil {
				return err
			}
			if a.Key, err = chain.LoadKey(file, passphrase); err != nil {
				return err
			}
		}
		return do(ctx, a, cmd, args)
	})
}

func (l *ledger) open(ctx context.Context) (*opened, error) {
	var o *opened
	var err error
	switch {
	case l.dir != "" && l.rpc != "":
		return nil, usageError{errors.New("--dir and --rpc are two places: give one")}
	case l.dir != "":
		o, err = l.openDir()
	case l.rpc != "":
		o, err = l.openRPC(l.rpc)
	default:
		o, err = l.openNode(ctx)
	}
	if err != nil {
		return nil, err
	}
	if l.manager != "" {
		if o.manager, err = chain.ParseAddress(l.manager); err != nil {
			return nil, errors.Join(usageError{fmt.Errorf("--manager: %w", err)}, o.close())
		}
	}
	return o, nil
}

func (l *ledger) openDir() (*opened, error) {
	info, err := chain.ReadInfo(l.dir)
	if err != nil {
		return nil, err
	}
	c, err := chain.Open(chain.Config{Dir: l.dir, Log: slog.New(slog.DiscardHandler)})
	if errors.Is(err, chain.ErrInUse) {
		return nil, fmt.Errorf("%w\n  a node runs it: ask any node with --node, or that one with --rpc", err)
	}
	if err != nil {
		return nil, err
	}
	return &opened{c, info.Manager, c.Close}, nil
}

func (l *ledger) openRPC(address string) (*opened, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, usageError{fmt.Errorf("--rpc: %w", err)}
	}
	client := &http.Client{Timeout: ledgerPatience}
	if u.Scheme == "https" {
		at := l.reach
		at.Node = "https://" + u.Host
		if client.Transport, err = at.transport(); err != nil {
			return nil, err
		}
	}
	c, err := chain.Dial(address, client)
	if err != nil {
		return nil, usageError{fmt.Errorf("--rpc: %w", err)}
	}
	return &opened{chain: c, close: c.Close}, nil
}

// transport shows the certificate and judges the node's.
func (r *reach) transport() (*http.Transport, error) {
	at, err := r.complete()
	if err != nil {
		return nil, err
	}
	conf, err := at.tls()
	if err != nil {
		return nil, err
	}
	conf.NextProtos = []string{"http/1.1", control.ClientProto} // we want the node, not what it shows to browsers
	return &http.Transport{TLSClientConfig: conf, TLSHandshakeTimeout: 5 * time.Second}, nil
}

// openNode asks a node which one has the chain, and who manages the rules.
func (l *ledger) openNode(ctx context.Context) (*opened, error) {
	c, err := l.client()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	s, err := c.Snapshot(ctx)
	if err != nil {
		return nil, mend(err)
	}
	if s.Chain == nil {
		return nil, fmt.Errorf("node %s follows no rules: ask another with --node", s.Node)
	}
	for _, n := range s.Nodes {
		if n.ID != s.Chain.Node || n.Control == "" {
			continue
		}
		o, err := l.openRPC("https://" + n.Control + "/chain/rpc")
		if err != nil {
			return nil, err
		}
		if o.manager, err = chain.ParseAddress(s.Chain.Manager); err != nil {
			return nil, errors.Join(err, o.close())
		}
		return o, nil
	}
	return nil, fmt.Errorf("node %s knows no node with the chain that is up: give its address with --rpc https://HOST:PORT/chain/rpc", s.Node)
}

// mendChain adds to an error what can be done about it.
func mendChain(err error) error {
	switch {
	case errors.Is(err, chain.ErrNoContract):
		return fmt.Errorf("%w\n  compare --manager with the address that wardflow chain init printed", err)
	case errors.As(err, new(*url.Error)):
		return fmt.Errorf("%w\n  is the node that has the chain running? --rpc names its address", err)
	}
	return err
}
