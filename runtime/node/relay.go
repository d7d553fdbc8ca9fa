package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

// The questions by which a node has others bring something to the chain, since
// they have an account that can pay.
const (
	askRelay = "node.relay" // a transaction
	askFund  = "node.fund"  // something for the account of a node that holds the chain
)

// payerKeyFile is the account of a node that holds a chain which others founded.
const payerKeyFile = "payer.key"

// A nodeRelay brings transactions to the chain: with this node's own account, if
// it holds the chain and the account has something, or by way of a node that does.
type nodeRelay struct {
	n      *Node
	c      *checks
	payer  *chain.Payer     // nil: this node has no account
	gather *anchor.Gatherer // of heads that payer pays for
	rich   atomic.Bool      // payer can pay
	gas    shares           // that other nodes may have paid here
	gifts  shares           // for their accounts

	stop context.CancelFunc
	done sync.WaitGroup
}

// wallet is what a chain tells of accounts.
type wallet interface {
	Balance(ctx context.Context, account chain.Address) (*big.Int, error)
}

func (n *Node) openRelay(c *checks) (*nodeRelay, error) {
	r := &nodeRelay{n: n, c: c, gas: shares{what: "transactions that this node pays for", most: gasAtFirst, each: gasEach, atOnce: relaysAtOnce},
		gifts: shares{what: "what this node gives for accounts", most: giftsAtFirst, each: giftsEach, atOnce: 1}}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	if n.ruling.replica != nil || n.cfg.Chain.Payer != "" {
		key, err := n.payerKey()
		if err != nil {
			stop()
			return nil, fmt.Errorf("read the key of who pays for transactions: %w", err)
		}
		r.payer = chain.NewPayer(n.ruling.chain, key, n.log)
		r.gather = anchor.NewGatherer(r.payer, c.find)
		r.done.Go(func() { r.earn(ctx) })
	}
	n.door.Answer(askRelay, r.answerRelay)
	n.door.Answer(askFund, r.answerFund)
	return r, nil
}

// payerKey is the account that the configuration names, or that came with the
// chain's folder, or one of this node's own.
func (n *Node) payerKey() (*chain.Key, error) {
	passphrase, err := chain.Passphrase(n.cfg.Chain.Passphrase)
	if err != nil {
		return nil, err
	}
	if n.cfg.Chain.Payer != "" {
		return chain.LoadKey(n.cfg.Chain.Payer, passphrase)
	}
	key, err := chain.LoadKey(filepath.Join(n.cfg.Chain.Dir, rule.CollectorKeyFile), passphrase)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	return keyIn(filepath.Join(n.cfg.Dir, checksDir), payerKeyFile)
}

func (r *nodeRelay) close() error {
	r.stop()
	r.done.Wait()
	if r.payer == nil {
		return nil
	}
	return r.payer.Close()
}

// Pay implements [chain.Relay].
func (r *nodeRelay) Pay(ctx context.Context, to *chain.Address, data []byte) (chain.Receipt, error) {
	return r.send(ctx, chain.Call{To: to, Data: data})
}

func (r *nodeRelay) send(ctx context.Context, call chain.Call) (chain.Receipt, error) {
	if r.rich.Load() {
		return r.payer.Send(ctx, call)
	}
	body, err := json.Marshal(relayed{To: call.To, Data: call.Data, Gas: call.Gas})
	if err != nil {
		return chain.Receipt{}, err
	}
	reply, err := r.askOthers(ctx, askRelay, body)
	if err != nil {
		return chain.Receipt{}, fmt.Errorf("have it brought to the chain: %w", err)
	}
	var out outcomeOfRelay
	if err := json.Unmarshal(reply, &out); err != nil {
		return chain.Receipt{}, fmt.Errorf("have it brought to the chain: %w", err)
	}
	if out.Refused != "" {
		return out.Receipt, &chain.RevertError{Msg: out.Refused, Data: out.Revert}
	}
	return out.Receipt, nil
}

// Anchor implements [anchor.Sender].
func (r *nodeRelay) Anchor(ctx context.Context, s anchor.Signed) error {
	if r.rich.Load() {
		return r.gather.Anchor(ctx, s)
	}
	body, err := s.Encode()
	if err != nil {
		return err
	}
	_, err = r.askOthers(ctx, askAnchor, body)
	return err
}

var errNoPayer = errors.New("no node that is up can pay for transactions: those that hold the chain can, and one with chain.payer in its configuration")

// payers are the nodes with an account that are up.
func (r *nodeRelay) payers() []flow.NodeID {
	all := r.n.chainHolders()
	for _, m := range r.n.members.All() {
		if m.Up && m.Offers(capPayer) {
			all = append(all, m.ID)
		}
	}
	return all
}

// askOthers asks those who have an account, one after the other, until one answers.
func (r *nodeRelay) askOthers(ctx context.Context, kind string, body []byte) (reply []byte, err error) {
	err = errNoPayer
	for _, id := range r.payers() {
		if id == r.n.cfg.Node {
			continue
		}
		var failed error
		if reply, failed = r.n.door.Ask(ctx, id, kind, body); failed == nil {
			return reply, nil
		}
		if err = failed; ctx.Err() != nil {
			break
		}
	}
	return nil, err
}

// relayed is a transaction that another node wants paid.
type relayed struct {
	To   *chain.Address `json:"to,omitempty"`
	Data []byte         `json:"data"`
	Gas  uint64         `json:"gas,omitempty"`
}

// An outcomeOfRelay says what became of it.
type outcomeOfRelay struct {
	Receipt chain.Receipt `json:"receipt"`
	Refused string        `json:"refused,omitempty"` // by the contract
	Revert  []byte        `json:"revert,omitempty"`  // its error, packed
}

// What another node may have paid: calls of our contracts, which judge by
// signatures what may be done, and new contracts of our own rules.
const (
	relayMost    = 128 << 10 // bytes
	relayGasMost = 8_000_000
)

// How much one other node may have paid here. Half of each block is more than all
// checks of a busy ward, each as a transaction of its own; ten whole blocks of
// [chain] come at once. An account needs something once in its life, but what it is
// given may come too late to be seen, and be asked for again.
const (
	gasAtFirst   = 600_000_000
	gasEach      = 30_000_000 // a second
	gasLeast     = 100_000    // that anything costs: also what is refused was tried
	relaysAtOnce = 2048       // half of what a payer can have on its way
	giftsAtFirst = 10
	giftsEach    = 1.0 / 60 // a second
)

func (r *nodeRelay) answerRelay(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	var t relayed
	if err := json.Unmarshal(body, &t); err != nil {
		return nil, fmt.Errorf("read a transaction: %w", err)
	}
	if err := r.may(ctx, &t); err != nil {
		r.n.audit(flow.AuditEvent{Kind: flow.AuditRegister, Who: peer.URI, Proven: true, What: "a transaction that this node was to pay for", Why: err.Error()})
		return nil, err
	}
	if !r.rich.Load() {
		return nil, flow.ErrLater
	}
	end, err := r.share(&r.gas, peer, "a transaction that this node was to pay for")
	if err != nil {
		return nil, err
	}
	receipt, err := r.payer.Send(ctx, chain.Call{To: t.To, Data: t.Data, Gas: t.Gas})
	end(max(float64(receipt.Gas), gasLeast))
	out := outcomeOfRelay{Receipt: receipt}
	var revert *chain.RevertError
	switch {
	case errors.As(err, &revert):
		out.Refused, out.Revert = err.Error(), revert.Data
	case err != nil:
		return nil, err
	}
	return json.Marshal(out)
}

// share begins something for another node, within its share.
func (r *nodeRelay) share(of *shares, peer flow.Identity, what string) (end func(cost float64), err error) {
	if end, err = of.begin(flow.NodeID(peer.Name), time.Now()); err != nil {
		r.n.audit(flow.AuditEvent{Kind: flow.AuditRegister, Who: peer.URI, Proven: true, What: what, Why: err.Error()})
	}
	return end, err
}

func (r *nodeRelay) may(ctx context.Context, t *relayed) error {
	if len(t.Data) > relayMost || t.Gas > relayGasMost {
		return fmt.Errorf("a transaction of %d bytes and %d gas is too large", len(t.Data), t.Gas)
	}
	if t.To == nil {
		if !rule.Creates(t.Data) {
			return errors.New("it makes a contract that is none of our rules'")
		}
		return nil
	}
	ours, err := anchor.Contracts(ctx, r.n.ruling.chain, r.c.manager)
	if err != nil {
		return err
	}
	if !slices.Contains(ours, *t.To) {
		return fmt.Errorf("it calls %s, which is none of our contracts", *t.To)
	}
	return nil
}

// fundWei is what a new account gets: gas for very many transactions on our own
// chain, where it has no price.
const fundWei = 10_000_000_000_000_000_000

// enough is what an account has that needs nothing.
var enough = big.NewInt(fundWei / 100)

// earn sees to it that the account has something.
func (r *nodeRelay) earn(ctx context.Context) {
	w, ok := r.n.ruling.chain.(wallet)
	if !ok {
		return
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		short, cancel := context.WithTimeout(ctx, 5*time.Second)
		has, err := w.Balance(short, r.payer.Address())
		if err == nil {
			r.rich.Store(has.Cmp(enough) >= 0)
		}
		if err == nil && !r.rich.Load() && r.n.met.Load() {
			a := r.payer.Address()
			if _, err := r.askOthers(short, askFund, a[:]); err != nil {
				r.n.log.Debug("account that pays for transactions got nothing", "err", err)
			}
		}
		cancel()
		if r.rich.Load() {
			tick.Reset(time.Minute)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// answerFund gives something to the account of another node that holds the chain,
// if it has nothing.
func (r *nodeRelay) answerFund(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	if len(body) != 20 || !slices.Contains(r.n.chainHolders(), flow.NodeID(peer.Name)) {
		return nil, fmt.Errorf("node %s does not hold the chain, and has others pay for it", peer.Name)
	}
	w, ok := r.n.ruling.chain.(wallet)
	if !ok || !r.rich.Load() {
		return nil, flow.ErrLater
	}
	to := chain.Address(body)
	has, err := w.Balance(ctx, to)
	if err != nil {
		return nil, err
	}
	if has.Cmp(enough) >= 0 {
		return nil, nil
	}
	end, err := r.share(&r.gifts, peer, "something for an account, which this node was to give")
	if err != nil {
		return nil, err
	}
	_, err = r.payer.Send(ctx, chain.Call{To: &to, Gas: 21_000, Wei: fundWei})
	end(1)
	if err == nil {
		r.n.log.Info("account of another node that holds the chain was given something", "peer", peer.Name, "account", to)
	}
	return nil, err
}
