package node_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/porttest"
	"github.com/wardflow/wardflow/runtime/register"
)

// chained is a cluster that has a chain, which a founded. Those in hold keep a
// copy, which they have to fetch; others ask them.
func chained(t *testing.T, hold ...flow.NodeID) (*cluster, *chain.Key) {
	t.Helper()
	c := newCluster(t, "a", "b", "c")
	payer, err := chain.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chain.Init(filepath.Join(c.dir, "a", "chain"), payer.Address()); err != nil {
		t.Fatal(err)
	}
	c.edit = func(cfg *node.Config) {
		cfg.Control, cfg.Gossip = porttest.Address(t), "local"
		cfg.Chain = &node.ChainConfig{Manager: chain.Address{1}.Hex()}
		for _, n := range hold {
			if n == cfg.Node {
				cfg.Chain.Dir = filepath.Join(cfg.Dir, "chain")
			}
		}
	}
	return c, payer
}

// pays is a transaction handed to a node, and its receipt there.
func (c *cluster) pays(at flow.NodeID, payer *chain.Key) chain.Receipt {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 5*time.Minute)
	defer cancel()
	r, err := chain.Transact(ctx, c.nodes[at].Chain(), payer, &chain.Address{2}, nil)
	if err != nil {
		c.t.Fatalf("a transaction at %s: %v", at, err)
	}
	return r
}

// holds waits until a node has the whole chain.
func (c *cluster) holds(at flow.NodeID, block uint64) {
	c.t.Helper()
	c.until(at, fmt.Sprintf("%s has block %d", at, block), func(*control.Snapshot) bool {
		s := c.nodes[at].Replica().Status()
		return s.Open && s.Number >= block && s.Problem == ""
	})
}

// A chain that nodes hold together goes on when the one that makes its blocks is
// gone, with all that was final, and takes in who was away.
func TestChainOutlivesItsMaker(t *testing.T) {
	t.Parallel()
	c, payer := chained(t, "a", "b", "c")
	c.startAll()
	c.until("a", "blocks are made", func(*control.Snapshot) bool { return c.nodes["a"].Replica().Status().Agreed > 0 })
	var final []chain.Receipt
	for _, n := range c.names {
		c.holds(n, 1)
		final = append(final, c.pays(n, payer))
	}
	maker := c.nodes["a"].Replica().Status().Maker
	if err := c.nodes[maker].Close(); err != nil {
		t.Fatal(err)
	}
	for _, n := range c.names {
		if n == maker {
			continue
		}
		for _, want := range final {
			if got, err := c.nodes[n].Chain().Receipt(t.Context(), want.Tx); err != nil || got != want {
				t.Errorf("%s: Receipt = %+v, %v; was %+v", n, got, err, want)
			}
		}
		final = append(final, c.pays(n, payer))
	}
	c.start(maker)
	for _, n := range c.names {
		c.holds(n, final[len(final)-1].Block)
	}
}

// A node without a copy reads by way of those that have one, at the block that
// was agreed on, and hands transactions to them.
func TestChainOfOthers(t *testing.T) {
	t.Parallel()
	c, payer := chained(t, "b")
	if err := os.Rename(filepath.Join(c.dir, "a", "chain"), filepath.Join(c.dir, "b", "chain")); err != nil {
		t.Fatal(err)
	}
	c.startAll()
	c.until("a", "the chain is offered", func(s *control.Snapshot) bool {
		_, err := c.nodes["a"].Chain().ID(t.Context())
		return err == nil
	})
	r := c.pays("a", payer)
	for _, n := range []flow.NodeID{"a", "c"} {
		c.until(n, "the receipt", func(*control.Snapshot) bool {
			h, err := c.nodes[n].Chain().Head(t.Context())
			return err == nil && h.Number >= r.Block
		})
	}
	if got := c.nodes["b"].Replica().Status(); got.Maker != "b" {
		t.Errorf("the only one that holds the chain: %+v", got)
	}
}

// Another chain in a node's folder is not taken for the cluster's.
func TestAnotherChainInTheFolder(t *testing.T) {
	t.Parallel()
	c, payer := chained(t, "a", "b")
	if _, err := chain.Init(filepath.Join(c.dir, "b", "chain"), payer.Address()); err != nil {
		t.Fatal(err)
	}
	c.edit = func(edit func(*node.Config)) func(*node.Config) {
		return func(cfg *node.Config) {
			edit(cfg)
			if cfg.Node == "b" { // a founds
				c.until("a", "blocks are made", func(*control.Snapshot) bool { return c.nodes["a"].Replica().Status().Agreed > 0 })
			}
		}
	}(c.edit)
	c.names = []flow.NodeID{"a", "b"}
	c.startAll()
	c.until("b", "an event says so", func(s *control.Snapshot) bool {
		for _, e := range s.Events {
			if e.Kind == control.ChainStands {
				return true
			}
		}
		return false
	})
}

// A node without a vote makes no blocks while a voter holds the chain, and a voter
// none that no replica could take in.
func TestWhoMakesBlocks(t *testing.T) {
	t.Parallel()
	c, payer := chained(t, "a", "b")
	c.names = []flow.NodeID{"a", "b"} // a alone votes
	c.startAll()
	c.holds("b", 1)
	r := c.pays("b", payer)
	c.holds("b", r.Block)
	last, err := c.nodes["b"].Chain().Header(t.Context(), r.Block)
	if err != nil {
		t.Fatal(err)
	}
	first, err := c.nodes["b"].Chain().Header(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	next := register.Block{Genesis: first.Hash, Number: last.Number + 1, Parent: last.Hash, Hash: chain.Hash{9}, Body: []byte{0xc0}}
	if err := c.nodes["b"].Register().PutBlock(t.Context(), next); err == nil || !strings.Contains(err.Error(), "has no vote") {
		t.Errorf("a block of a node without a vote: %v", err)
	}
	if err := c.nodes["a"].CheckBlock("a", next); err == nil {
		t.Error("a block that is none passes")
	}
}
