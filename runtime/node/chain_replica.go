package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// Every node that has a folder for the chain holds a replica of it. The register
// decides on the blocks; the leader makes them if it holds the chain, or else the
// first by name of the voters that do.

// askChain is the question by which replicas talk to each other.
const askChain = "node.chain"

// A heldChain is what this node has of the chain.
type heldChain struct {
	replica atomic.Pointer[chain.Replica] // nil: none
	agreed  agreedHead                    // without one: what others have agreed on
	holders holders
}

// openReplica opens the chain in this node's folder.
func (n *Node) openReplica(manager chain.Address) (*chain.Replica, error) {
	r, err := chain.OpenReplica(chain.ReplicaConfig{Dir: n.cfg.Chain.Dir, Self: n.cfg.Node, Log: n.log,
		Ledger: ledger{n.register}, Peers: chainPeers{n}, Manager: manager, Alarm: n.chainAlarm})
	if err != nil {
		return nil, err
	}
	n.held.replica.Store(r)
	return r, nil
}

func (n *Node) chainAlarm(problem string) {
	n.events.add(control.ChainStands, "", "", problem)
	n.audit(flow.AuditEvent{Kind: flow.AuditRegister, Who: n.signer().ID.URI, Proven: true, What: "the chain of the rules", Why: problem})
}

// answerChain answers another node's replica.
func (n *Node) answerChain(ctx context.Context, peer flow.Identity, question []byte) ([]byte, error) {
	if r := n.held.replica.Load(); r != nil {
		return r.Answer(ctx, peer, question)
	}
	return chain.NoReplica(), nil
}

// announced are the capabilities that others are told of: the chain only when it
// is here.
func (n *Node) announced() []string {
	names := n.offer.names()
	if n.cfg.Chain == nil || n.cfg.Chain.Dir == "" {
		return names
	}
	if _, err := os.Stat(filepath.Join(n.cfg.Chain.Dir, chain.GenesisFile)); err == nil {
		return names
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == capChain })
}

// announceChain tells the others once the chain was fetched.
func (n *Node) announceChain(ctx context.Context) {
	r := n.held.replica.Load()
	if r == nil || slices.Contains(n.members.Self().Capabilities, capChain) {
		return
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		if s := r.Status(); s.Open && s.Agreed > 0 && s.Number >= s.Agreed {
			info := n.members.Self()
			info.Capabilities = n.offer.names()
			if err := n.members.Update(info); err == nil {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// checkBlock judges a block that another node wants agreed on, while this one
// leads: only voters make blocks, as long as one of them holds the chain.
func (n *Node) checkBlock(maker flow.NodeID, b register.Block) error {
	if !n.votes(maker) && !slices.Contains(n.chainMakers(), maker) {
		return fmt.Errorf("node %s has no vote, and a voter holds the chain: the voters make its blocks", maker)
	}
	block, err := chain.CheckBlock(b.Body, b.Number, b.Parent, b.Hash)
	if err != nil {
		return err
	}
	if r := n.held.replica.Load(); r != nil {
		return r.Check(b.Genesis, block)
	}
	return nil
}

// chainHolders are the nodes that hold the chain and are up, by name; this one is
// among them if it does.
func (n *Node) chainHolders() []flow.NodeID {
	if !n.met.Load() {
		return nil
	}
	h := &n.held.holders
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.at) < holdersFor {
		select {
		case <-h.changed:
		default:
			return slices.Clone(h.ids)
		}
	}
	h.at, h.changed, h.ids = time.Now(), n.members.Changed(), nil
	for _, m := range n.members.All() {
		if m.Up && m.Offers(capChain) {
			h.ids = append(h.ids, m.ID)
		}
	}
	slices.Sort(h.ids)
	return slices.Clone(h.ids)
}

// holdersFor is how long the holders are remembered though no member changes: who
// makes blocks is asked ten times a second, and there may be many members.
const holdersFor = time.Second

// holders are those that were found last.
type holders struct {
	mu      sync.Mutex // guards what follows
	at      time.Time
	changed <-chan struct{}
	ids     []flow.NodeID
}

// chainMakers are those of the holders that make blocks: the voters, or all when
// none of them has a vote.
func (n *Node) chainMakers() []flow.NodeID {
	holders := n.chainHolders()
	voters := slices.DeleteFunc(slices.Clone(holders), func(id flow.NodeID) bool { return !n.votes(id) })
	if len(voters) > 0 {
		return voters
	}
	return holders
}

// chainPeers are the nodes as a replica sees them.
type chainPeers struct{ n *Node }

func (p chainPeers) Turn() flow.NodeID {
	leader, ok := p.n.register.Leader()
	makers := p.n.chainMakers()
	switch {
	case !ok || len(makers) == 0:
		return ""
	case slices.Contains(makers, leader):
		return leader
	}
	return makers[0]
}

func (p chainPeers) Holders() []flow.NodeID { return p.others(p.n.chainHolders()) }

func (p chainPeers) Makers() []flow.NodeID {
	ids := p.n.chainMakers()
	for _, v := range p.n.register.Voters() {
		ids = append(ids, v.ID)
	}
	slices.Sort(ids)
	return p.others(slices.Compact(ids))
}

func (p chainPeers) others(ids []flow.NodeID) []flow.NodeID {
	return slices.DeleteFunc(ids, func(id flow.NodeID) bool { return id == p.n.cfg.Node })
}

func (p chainPeers) Ask(ctx context.Context, node flow.NodeID, question []byte) ([]byte, error) {
	return p.n.door.Ask(ctx, node, askChain, question)
}

// A ledger is the register as a replica sees it.
type ledger struct{ r *register.Register }

func (l ledger) Put(ctx context.Context, genesis chain.Hash, b chain.Block) error {
	err := l.r.PutBlock(ctx, register.Block{Genesis: genesis, Number: b.Number, Parent: b.Parent, Hash: b.Hash, Body: b.RLP})
	switch {
	case errors.Is(err, register.ErrOvertaken):
		return fmt.Errorf("%w: %w", chain.ErrOvertaken, err)
	case errors.Is(err, register.ErrOtherChain):
		return fmt.Errorf("%w: %w", chain.ErrOtherChain, err)
	}
	return err
}

func (l ledger) Now(ctx context.Context) (chain.Agreed, bool, error) {
	head, known, err := l.r.Chain(ctx)
	return chain.Agreed{Genesis: head.Genesis, Number: head.Number, Hash: head.Hash}, known, err
}

func (l ledger) Next(ctx context.Context, after uint64) (chain.Agreed, *chain.Block, bool, error) {
	head, next, known, err := l.r.NextBlock(ctx, after)
	at := chain.Agreed{Genesis: head.Genesis, Number: head.Number, Hash: head.Hash}
	if err != nil || !known || next == nil {
		return at, nil, known, err
	}
	b, err := chain.CheckBlock(next.Body, next.Number, next.Parent, next.Hash)
	if err != nil {
		return at, nil, known, fmt.Errorf("block %d of the register: %w", next.Number, err)
	}
	return at, &b, true, nil
}

// An agreedHead follows the newest block for a node that holds no replica, so that
// whom it asks can't choose the block.
type agreedHead struct{ at atomic.Pointer[chain.Agreed] }

func (a *agreedHead) get() (uint64, chain.Hash, bool) {
	at := a.at.Load()
	if at == nil {
		return 0, chain.Hash{}, false
	}
	return at.Number, at.Hash, true
}

// run follows the register until ctx ends.
func (a *agreedHead) run(ctx context.Context, l ledger) {
	for ctx.Err() == nil {
		after := uint64(0)
		if at := a.at.Load(); at != nil {
			after = at.Number
		}
		at, _, known, err := l.Next(ctx, after)
		if err == nil && known && at.Number >= after {
			a.at.Store(&at)
			continue
		}
		select { // no voter to be reached, or none that knows more
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// followChain does for the chain what goes on by itself.
func (n *Node) followChain(ctx context.Context) {
	switch {
	case n.ruling == nil:
	case n.ruling.replica != nil:
		n.announceChain(ctx)
	case n.cfg.Chain.RPC == "":
		n.held.agreed.run(ctx, ledger{n.register})
	}
}
