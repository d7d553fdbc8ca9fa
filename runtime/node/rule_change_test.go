package node_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/porttest"
	"github.com/wardflow/wardflow/runtime/rule"
)

// A judgment is what one node said of a reading.
type judgment struct {
	at time.Time
	v  flow.Verdict
}

// A bench has every node of a cluster judge, again and again.
type bench struct {
	t    *testing.T
	c    *cluster
	stop chan struct{}
	all  sync.WaitGroup

	mu    sync.Mutex // guards said
	said  map[flow.NodeID][]judgment
	later map[flow.NodeID]int
}

func (b *bench) judge(n flow.NodeID) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for seq := uint64(1); ; seq++ {
		now := time.Now()
		r := &flow.Reading{Device: "3074257BF7194E4000001A85", Stream: "t", Seq: seq, Kind: "8310-5", Unit: "Cel", At: now, Scale: 100_000, Samples: []int64{341}}
		v, err := b.c.nodes[n].Book().Judge(&flow.Case{Reading: r, Group: "h1/3/icu-1/thermometer", Now: now})
		b.mu.Lock()
		switch {
		case err == nil:
			b.said[n] = append(b.said[n], judgment{time.Now(), v})
		case errors.Is(err, flow.ErrLater):
			b.later[n]++ // it waits and is judged later, as the actors do
		default:
			b.t.Errorf("%s: Judge: %v", n, err)
		}
		b.mu.Unlock()
		select {
		case <-b.stop:
			return
		case <-tick.C:
		}
	}
}

// last is the newest verdict of a node.
func (b *bench) last(n flow.NodeID) (v flow.Verdict) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if all := b.said[n]; len(all) > 0 {
		v = all[len(all)-1].v
	}
	return v
}

// A change of the rules is judged by on every node of five soon after its block,
// whether a node holds the chain or reads that of others. Each verdict names the
// version that it was made by, no node falls back to an older one, and there is
// none without a version.
func TestRuleChangeOnFiveNodes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("five nodes and three chains take a while")
	}
	c := newCluster(t, "a", "b", "c", "d", "e")
	var admins [2]*ecdsa.PrivateKey
	var keys []crypto.PublicKey
	for i := range admins {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		admins[i], keys = key, append(keys, key.Public())
	}
	dir := filepath.Join(c.dir, "a", "chain")
	info, err := rule.Init(t.Context(), dir, rule.Founding{Admins: keys, Rules: rule.Default()})
	if err != nil {
		t.Fatal(err)
	}
	c.edit = func(cfg *node.Config) {
		cfg.Control, cfg.Gossip = porttest.Address(t), "local"
		cfg.Chain = &node.ChainConfig{Manager: info.Manager.Hex()}
		if cfg.Node <= "c" { // d and e ask them
			cfg.Chain.Dir = filepath.Join(cfg.Dir, "chain")
		}
	}
	c.startAll()
	for _, n := range c.names {
		c.until(n, "the rules are known", func(s *control.Snapshot) bool { return s.Chain != nil && s.Chain.Ready })
	}
	b := &bench{t: t, c: c, stop: make(chan struct{}), said: map[flow.NodeID][]judgment{}, later: map[flow.NodeID]int{}}
	for _, n := range c.names {
		b.all.Go(func() { b.judge(n) })
	}
	defer func() { close(b.stop); b.all.Wait() }()

	payer, err := chain.LoadKey(filepath.Join(dir, rule.CollectorKeyFile), "")
	if err != nil {
		t.Fatal(err)
	}
	relay := chain.NewPayer(c.nodes["a"].Chain(), payer, slog.New(slog.DiscardHandler))
	defer relay.Close()
	desk := &rule.Desk{Chain: c.nodes["a"].Chain(), Manager: info.Manager, Relay: relay}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for change := range 3 {
		rules := rule.Default()
		for i, l := range rules[0].Limits {
			if l.Kind == "8310-5" {
				rules[0].Limits[i].Min += int64(change+1) * 1000
			}
		}
		changes, err := desk.Draft(ctx, rules...)
		if err != nil {
			t.Fatal(err)
		}
		p, _, err := desk.Propose(ctx, admins[0], changes, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		done, r, err := desk.Approve(ctx, admins[1], p.ID)
		if err != nil || !done {
			t.Fatalf("Approve = %v, %v", done, err)
		}
		header, err := c.nodes["a"].Chain().Header(ctx, r.Block)
		if err != nil {
			t.Fatal(err)
		}
		version := uint64(change + 2)
		for _, n := range c.names {
			c.until(n, "the new rule is judged by", func(*control.Snapshot) bool { return b.last(n).Version == version })
			b.mu.Lock()
			for i := len(b.said[n]) - 1; i >= 0 && b.said[n][i].v.Version == version; i-- {
				if b.said[n][i].v.Block < r.Block {
					t.Errorf("%s judged by version %d at block %d, which is of block %d", n, version, b.said[n][i].v.Block, r.Block)
				}
				if i == 0 || b.said[n][i-1].v.Version != version {
					t.Logf("%s judges by version %d %v after the second of block %d", n, version, b.said[n][i].at.Sub(header.Time).Round(time.Millisecond), r.Block)
				}
			}
			b.mu.Unlock()
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for n, all := range b.said {
		var before flow.Verdict
		for _, j := range all {
			if j.v.Version == 0 || j.v.Version < before.Version || j.v.Epoch < before.Epoch || j.v.Block < before.Block || !j.v.OK() || j.v.Version != j.v.Epoch {
				t.Fatalf("%s: %+v after %+v", n, j.v, before)
			}
			before = j.v
		}
		t.Logf("%s: %d verdicts, %d told to wait", n, len(all), b.later[n])
	}
}
