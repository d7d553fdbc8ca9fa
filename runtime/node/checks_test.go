package node_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/porttest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/rule"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// ruled is a cluster of a, b and c with the rules of a new chain, which a has
// founded; b holds a copy of it, c none.
func ruled(t *testing.T, rules ...rule.Rule) (*cluster, chain.Info) {
	t.Helper()
	c := newCluster(t, "a", "b", "c")
	info := founded(t, filepath.Join(c.dir, "a", "chain"), rules...)
	c.edit = func(cfg *node.Config) {
		cfg.Control, cfg.Gossip = porttest.Address(t), "local"
		cfg.Chain = &node.ChainConfig{Manager: info.Manager.Hex()}
		if cfg.Node != "c" {
			cfg.Chain.Dir = filepath.Join(cfg.Dir, "chain")
		}
	}
	c.startAll()
	for _, n := range c.names {
		c.until(n, "the rules are known", func(s *control.Snapshot) bool { return s.Chain != nil && s.Chain.Ready })
	}
	return c, info
}

// founded makes a chain in a directory, of two admins whom nobody knows.
func founded(t *testing.T, dir string, rules ...rule.Rule) chain.Info {
	t.Helper()
	var keys []crypto.PublicKey
	for range 2 {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key.Public())
	}
	info, err := rule.Init(t.Context(), dir, rule.Founding{Admins: keys, Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// judges has a node judge readings, as its actors do, and puts each judgement on
// disk.
func (c *cluster) judges(n flow.NodeID, count int) {
	c.t.Helper()
	rules := c.nodes[n].Judging("ward:check")
	for i := range count {
		now := time.Now()
		r := &flow.Reading{Device: "3074257BF7194E4000001A85", Stream: "t", Seq: uint64(i) + 1, Kind: "8310-5", Unit: "Cel", At: now, Scale: 100_000, Samples: []int64{341}}
		k := &proof.Check{Leaf: [32]byte{byte(i), byte(i >> 8)}, Device: r.Device, Stream: r.Stream, Seq: r.Seq, Place: proof.AtCollector, At: now}
		var err error
		for end := now.Add(5 * time.Minute); time.Now().Before(end); {
			if k.Verdict, err = rules.Judge(&flow.Case{Reading: r, Group: "h1/3/icu-1/thermometer", Now: now}); !errors.Is(err, flow.ErrLater) {
				break
			}
		}
		if err != nil {
			c.t.Fatalf("%s: Judge: %v", n, err)
		}
		if err := rules.Check(k); err != nil {
			c.t.Fatalf("%s: Check: %v", n, err)
		}
	}
	if err := rules.Flush(); err != nil {
		c.t.Fatalf("%s: Flush: %v", n, err)
	}
}

// anchored waits until all checks of these nodes are on the chain, as one of them
// says.
func (c *cluster) anchored(size uint64, nodes ...flow.NodeID) {
	c.t.Helper()
	c.until(nodes[0], fmt.Sprintf("%d checks are on the chain", size), func(s *control.Snapshot) bool {
		done := 0
		for _, k := range s.Checks {
			for _, n := range nodes {
				if k.Node == n && k.Size == size && k.Anchored == size && k.Problem == "" {
					done++
				}
			}
		}
		return done == len(nodes)
	})
}

// What each node judges comes to the chain, whether it holds the chain or not,
// also when the node is gone that founded it and paid for all.
func TestChecksComeToTheChain(t *testing.T) {
	t.Parallel()
	c, info := ruled(t, rule.Default()...)
	for _, n := range c.names {
		c.judges(n, 20)
	}
	c.anchored(20, "a", "b", "c")
	c.until("b", "b has an account that can pay", func(*control.Snapshot) bool { return c.nodes["b"].Pays() })
	if err := c.nodes["a"].Close(); err != nil {
		t.Fatal(err)
	}
	delete(c.nodes, "a")
	for _, n := range []flow.NodeID{"b", "c"} {
		c.judges(n, 10)
	}
	c.anchored(30, "b", "c")
	c.start("a")
	c.judges("a", 5)
	c.anchored(25, "a")

	found, err := anchor.Of(t.Context(), c.nodes["b"].Chain(), info.Manager)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range c.names {
		dir := filepath.Join(c.dir, string(n), "checks")
		key, err := chain.LoadKey(filepath.Join(dir, "log.key"), "")
		if err != nil {
			t.Fatal(err)
		}
		r, err := anchor.Verify(t.Context(), filepath.Join(dir, "log"), found, key.Address())
		if err != nil {
			t.Fatal(err)
		}
		if !r.OK() || r.Size != r.Anchored || r.Size != c.nodes[n].ChecksLog().Size() {
			t.Errorf("%s: %s", n, r)
		}
	}
	if _, err := c.nodes["c"].Relay().Pay(t.Context(), &chain.Address{9}, nil); err == nil || !strings.Contains(err.Error(), "none of our contracts") {
		t.Errorf("a stranger's contract was paid: %v", err)
	}
}

// Who waits for the chain is told when the checks of all nodes are there.
func TestConfirm(t *testing.T) {
	c, info := ruled(t, strict()...)
	for _, n := range c.names {
		c.judges(n, 3)
	}
	var confirmed atomic.Bool
	c.nodes["c"].Confirm(func() { confirmed.Store(true) })
	c.until("c", "the checks are confirmed", func(*control.Snapshot) bool { return confirmed.Load() })
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	found, err := anchor.Of(ctx, c.nodes["a"].Chain(), info.Manager)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range c.names {
		key, err := chain.LoadKey(filepath.Join(c.dir, string(n), "checks", "log.key"), "")
		if err != nil {
			t.Fatal(err)
		}
		if s, err := found.State(ctx, key.Address()); err != nil || s.Size != 3 {
			t.Errorf("%s: %+v, %v", n, s, err)
		}
	}
	logs, err := c.nodes["a"].Chain().Logs(ctx, chain.Query{Address: info.Manager})
	if err != nil {
		t.Fatal(err)
	}
	leaves := map[chain.Hash]int{}
	for _, l := range logs {
		leaves[l.Topics[min(1, len(l.Topics)-1)]]++
	}
	for _, n := range c.names {
		for b, err := range c.nodes[n].ChecksLog().Entries(0, 3) {
			if err != nil {
				t.Fatal(err)
			}
			if leaves[chain.Hash(tlog.Leaf(b))] == 0 {
				t.Errorf("a check of %s is no transaction", n)
			}
		}
	}
}

// strict are the default rules, each check a transaction.
func strict() []rule.Rule {
	rules := rule.Default()
	for i := range rules {
		rules[i].Mode = flow.PerCheck
	}
	return rules
}

// A log whose end was taken away while its node was down is told of, and not
// anchored any more.
func TestChecksTakenAway(t *testing.T) {
	t.Parallel()
	c, _ := ruled(t, rule.Default()...)
	c.judges("b", 8)
	c.anchored(8, "b")
	if err := c.nodes["b"].Close(); err != nil {
		t.Fatal(err)
	}
	delete(c.nodes, "b")
	if err := os.RemoveAll(filepath.Join(c.dir, "b", "checks", "log")); err != nil {
		t.Fatal(err)
	}
	c.start("b")
	c.judges("b", 3)
	c.until("a", "people are told", func(s *control.Snapshot) bool {
		for _, e := range s.Events {
			if e.Kind == control.ChecksBehind && e.Node == "b" && strings.Contains(e.Text, anchor.ErrHistory.Error()) {
				return true
			}
		}
		return false
	})
}
