package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

// How a command finds the chain and the rule manager on it: through any node
// of a running cluster, at an endpoint of JSON-RPC, or in a directory.

// ledgerPatience bounds one command. A block is made within a second.
const ledgerPatience = 30 * time.Second

// A ledger says where the chain is, and who pays for what is sent there.
type ledger struct {
	reach
	dir, rpc, manager     string
	payer, passphraseFile string
}

// flags adds what says where the chain is.
func (l *ledger) flags(cmd *cobra.Command) {
	l.reach.flags(cmd)
	f := cmd.PersistentFlags()
	f.StringVar(&l.rpc, "rpc", "", "address of JSON-RPC, such as https://HOST:PORT/chain/rpc of the node with the chain (default: ask --node where it is)")
	f.StringVar(&l.dir, "dir", "", "directory of the chain, while no node has it open")
	f.StringVar(&l.manager, "manager", "", "address of the rule manager (default: that of --node or --dir)")
}

// payFlags adds what says who brings changes to the chain.
func (l *ledger) payFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.payer, "payer-key", "", "with --rpc or --dir: key file of the account that pays (default of --dir: its collector.key; a node pays by itself)")
	cmd.Flags().StringVar(&l.passphraseFile, "passphrase-file", "", "file whose first line opens the payer's key")
}

// opened is a chain, ready to be asked.
type opened struct {
	chain   chain.Chain
	manager chain.Address // zero: nobody has said
	relay   chain.Relay   // nil: what is signed can't be sent
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

// desk runs a command with the rules.
func (l *ledger) desk(do func(ctx context.Context, d *rule.Desk, cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return l.do(func(ctx context.Context, o *opened, cmd *cobra.Command, args []string) error {
		if o.manager == (chain.Address{}) {
			return usageError{errNoManager}
		}
		return do(ctx, &rule.Desk{Chain: o.chain, Manager: o.manager, Relay: o.relay}, cmd, args)
	})
}

// act runs a command with the rules and the certificate of who acts.
func (l *ledger) act(do func(ctx context.Context, d *rule.Desk, by flow.Signer, cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return l.desk(func(ctx context.Context, d *rule.Desk, cmd *cobra.Command, args []string) error {
		if d.Relay == nil {
			return usageError{errors.New("who pays for what is sent to the chain? With --rpc give --payer-key FILE; a node that --node names pays by itself")}
		}
		dir, err := l.certificate()
		if err != nil {
			return err
		}
		by, err := ownSigner(dir)
		if err != nil {
			return fmt.Errorf("your certificate: %w", err)
		}
		return do(ctx, d, by, cmd, args)
	})
}

// certificate is the folder of who acts.
func (l *ledger) certificate() (string, error) {
	if l.Cert != "" {
		return l.Cert, nil
	}
	if l.dir == "" {
		if at, err := l.complete(); err == nil {
			return at.Cert, nil
		}
	}
	return "", usageError{errors.New("who acts? Give --cert DIR, a rule admin's certificate")}
}

// pay makes the relay of a chain that this process reaches itself; none without
// a key.
func (l *ledger) pay(o *opened, file string) error {
	if l.payer != "" {
		file = l.payer
	}
	if file == "" {
		return nil
	}
	passphrase, err := chain.Passphrase(l.passphraseFile)
	if err != nil {
		return err
	}
	key, err := chain.LoadKey(file, passphrase)
	if errors.Is(err, os.ErrNotExist) && l.payer == "" {
		return nil // a replica has no key of its own
	}
	if err != nil && l.payer == "" && l.passphraseFile == "" {
		o.relay = noRelay{err} // told when it is needed
		return nil
	}
	if err != nil {
		return err
	}
	p := chain.NewPayer(o.chain, key, slog.New(slog.DiscardHandler))
	closeChain := o.close
	o.relay, o.close = p, func() error { return errors.Join(p.Close(), closeChain()) }
	return nil
}

// A noRelay says why it can't pay.
type noRelay struct{ err error }

func (n noRelay) Pay(context.Context, *chain.Address, []byte) (chain.Receipt, error) {
	return chain.Receipt{}, n.err
}

// A nodeRelay has a node pay.
type nodeRelay struct{ *control.Client }

// Pay implements chain.Relay.
func (n nodeRelay) Pay(ctx context.Context, to *chain.Address, data []byte) (chain.Receipt, error) {
	call := control.RuleCall{Data: data}
	if to != nil {
		call.To = to.Hex()
	}
	paid, err := n.RelayRule(ctx, call)
	if err != nil {
		return chain.Receipt{}, err
	}
	r := chain.Receipt{Block: paid.Block, OK: true, Gas: paid.Gas}
	if paid.Contract != "" {
		r.Contract, err = chain.ParseAddress(paid.Contract)
	}
	return r, err
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
		if o, err = l.openRPC(l.rpc); err == nil && l.manager == "" {
			err = l.complement(ctx, o)
		}
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
	o := &opened{chain: c, manager: info.Manager, close: c.Close}
	if err := l.pay(o, filepath.Join(l.dir, rule.CollectorKeyFile)); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return o, nil
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
	o := &opened{chain: c, close: c.Close}
	if err := l.pay(o, ""); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return o, nil
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
	s, err := c.Snapshot(ctx)
	if err == nil && s.Chain == nil {
		err = fmt.Errorf("node %s follows no rules: ask another with --node", s.Node)
	}
	if err != nil {
		c.Close()
		if err = mend(err); errors.Is(err, control.ErrUnreachable) {
			err = fmt.Errorf("%w; while none runs, --dir names a folder of the chain", err)
		}
		return nil, err
	}
	o, err := l.openChainOf(s)
	if err != nil {
		c.Close()
		return nil, err
	}
	closeChain := o.close
	o.relay, o.close = nodeRelay{c}, func() error { c.Close(); return closeChain() }
	return o, nil
}

// complement adds to a chain at --rpc what a node knows of it, if one answers: who
// manages the rules; and it pays, if there is no key that does.
func (l *ledger) complement(ctx context.Context, o *opened) error {
	c, err := l.client()
	if err != nil {
		return nil // no node was named
	}
	s, err := c.Snapshot(ctx)
	if err != nil || s.Chain == nil {
		c.Close()
		return nil
	}
	closeChain := o.close
	o.close = func() error { c.Close(); return closeChain() }
	if o.relay == nil {
		o.relay = nodeRelay{c}
	}
	if o.manager, err = chain.ParseAddress(s.Chain.Manager); err != nil {
		return errors.Join(err, o.close())
	}
	return nil
}

// openChainOf reaches the chain through the node that has it, as a snapshot says.
func (l *ledger) openChainOf(s *control.Snapshot) (*opened, error) {
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
	return nil, fmt.Errorf("node %s knows no node with the chain that is up: give the chain's address, as in chain.rpc of a node.yaml, with --rpc https://HOST:PORT/chain/rpc", s.Node)
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
