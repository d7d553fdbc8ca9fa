package trial

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/rule"
)

// ChainConfig says how a chain that nodes hold together is tried.
type ChainConfig struct {
	Exe   string   // what to start nodes with
	Args  []string // so that it calls [Host]
	Kills int      // hosts killed, in turn: the one that makes blocks, and one that does not; 20

	Progress func(string) // told how it goes; may be nil
}

// ChainResult is what failing hosts do to the chain. A transaction counts as
// acknowledged when a node has given its receipt.
type ChainResult struct {
	Kills        int     `json:"kills"`
	Acknowledged int     `json:"acknowledged"` // transactions
	Lost         int     `json:"lost"`         // of these, not on each node in the end
	GapMedian    float64 `json:"gap_s_median"` // from a kill to the next receipt
	GapMax       float64 `json:"gap_s_max"`
	BlindMax     float64 `json:"blind_s_max"` // the longest that a node which ran did not know the rules
	Blocks       uint64  `json:"blocks"`
	Refetch      float64 `json:"refetch_s"` // until a host that lost its folder had the whole chain, its start included
}

// Chain kills hosts that hold a chain together, while transactions are sent, and
// compares what was acknowledged with what there is in the end.
func Chain(ctx context.Context, cfg ChainConfig) (res ChainResult, err error) {
	if cfg.Kills == 0 {
		cfg.Kills = 20
	}
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	t := &chainTrial{cfg: cfg, up: map[flow.NodeID]time.Time{}, seen: make(chan struct{})}
	if t.c, err = newCluster(cfg.Exe, cfg.Args, failoverNodes, len(failoverNodes), nil); err != nil {
		return res, err
	}
	defer func() { err = t.c.stop(err) }()
	if err := t.prepare(ctx); err != nil {
		return res, err
	}
	within, cancel := context.WithCancelCause(ctx)
	var busy sync.WaitGroup
	busy.Go(func() { t.send(within) })
	busy.Go(func() { t.watch(within) })
	err = t.kills(within, &res)
	cancel(errors.New("the trial is over"))
	busy.Wait()
	if err != nil {
		return res, err
	}
	return res, t.finish(ctx, &res)
}

type chainTrial struct {
	cfg     ChainConfig
	c       *cluster
	keys    map[flow.NodeID]*chain.Key // of an account for each node, so that their numbers don't meet
	remotes map[flow.NodeID]*chain.Remote

	mu    sync.Mutex // guards what follows
	up    map[flow.NodeID]time.Time
	acks  []landed
	seen  chan struct{} // closed with each ack
	blind time.Duration
}

// A landed is a receipt that was given.
type landed struct {
	receipt chain.Receipt
	at      time.Time
}

// prepare makes a chain on the first node, which the others have to fetch, and
// takes the key away that pays: else a node would send by it, too.
func (t *chainTrial) prepare(ctx context.Context) error {
	manager, err := t.c.rules(ctx, t.c.names[0])
	if err != nil {
		return err
	}
	key := t.c.file("authority", rule.CollectorKeyFile)
	if err := os.Rename(t.c.file(string(t.c.names[0]), "chain", rule.CollectorKeyFile), key); err != nil {
		return err
	}
	payer, err := chain.LoadKey(key, "")
	if err != nil {
		return err
	}
	t.remotes = map[flow.NodeID]*chain.Remote{}
	for _, name := range t.c.names {
		t.c.configs[name].Chain = &node.ChainConfig{Dir: t.c.file(string(name), "chain"), Manager: manager}
		if t.remotes[name], err = t.dial(name); err != nil {
			return err
		}
		if _, err := t.c.client(name); err != nil { // from now on they are only read
			return err
		}
	}
	if err := t.c.startAll(ctx); err != nil {
		return err
	}
	for _, name := range t.c.names {
		if err := t.level(ctx, name); err != nil {
			return err
		}
	}
	return t.fund(ctx, payer)
}

// fund gives each node's account what its transactions cost.
func (t *chainTrial) fund(ctx context.Context, payer *chain.Key) (err error) {
	p := chain.NewPayer(t.remotes[t.c.names[0]], payer, slog.New(slog.DiscardHandler))
	defer func() { err = errors.Join(err, p.Close()) }()
	t.keys = map[flow.NodeID]*chain.Key{}
	for _, name := range t.c.names {
		key, err := chain.NewKey()
		if err != nil {
			return err
		}
		to := key.Address()
		if _, err := p.Send(ctx, chain.Call{To: &to, Wei: 1e18}); err != nil {
			return err
		}
		t.keys[name] = key
	}
	return nil
}

func (t *chainTrial) dial(name flow.NodeID) (*chain.Remote, error) {
	trust, err := pki.LoadTrust(t.c.file("trust.pem"))
	if err != nil {
		return nil, err
	}
	conf := pki.ClientTLS(func() flow.Signer { return t.c.staff }, pki.NewVerifier(trust), pki.Only(flow.RoleNode))
	conf.NextProtos = []string{"http/1.1", control.ClientProto}
	return chain.Connect(chain.RemoteConfig{Endpoint: "https://" + t.c.configs[name].Control + "/chain/rpc",
		HTTP: &http.Client{Transport: &http.Transport{TLSClientConfig: conf}, Timeout: 5 * time.Second}})
}

// level waits until a node has the chain and knows the rules, and notes that it is up.
func (t *chainTrial) level(ctx context.Context, name flow.NodeID) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	newest := uint64(0)
	for other := range t.running() {
		if h, err := t.remotes[other].Head(ctx); err == nil {
			newest = max(newest, h.Number)
		}
	}
	err := t.c.until(ctx, name, fmt.Sprintf("node %s has block %d", name, newest), func(s *control.Snapshot) string {
		switch {
		case s.Chain == nil || !s.Chain.Ready:
			return "it does not know the rules"
		case s.Chain.Finalized < newest:
			return fmt.Sprintf("it is at block %d", s.Chain.Finalized)
		}
		return ""
	})
	if err == nil {
		t.mu.Lock()
		t.up[name] = time.Now()
		t.mu.Unlock()
	}
	return err
}

// running are the nodes that are up, with since when.
func (t *chainTrial) running() map[flow.NodeID]time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make(map[flow.NodeID]time.Time, len(t.up))
	for n, since := range t.up {
		all[n] = since
	}
	return all
}

// send sends one transaction after the other, by way of one node after the other.
func (t *chainTrial) send(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		name := t.c.names[n%len(t.c.names)]
		if _, up := t.running()[name]; !up {
			continue
		}
		one, cancel := context.WithTimeout(ctx, 8*time.Second)
		r, err := chain.Transact(one, t.remotes[name], t.keys[name], &chain.Address{2}, []byte{byte(n), byte(n >> 8)})
		cancel()
		if err != nil {
			continue // its node was killed
		}
		t.mu.Lock()
		t.acks = append(t.acks, landed{r, time.Now()})
		close(t.seen)
		t.seen = make(chan struct{})
		t.mu.Unlock()
	}
}

// watch looks how long a node that is up does not know the rules.
func (t *chainTrial) watch(ctx context.Context) {
	since := map[flow.NodeID]time.Time{}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		up := t.running()
		for _, name := range t.c.names {
			cl, err := t.c.client(name)
			if _, is := up[name]; !is || err != nil {
				delete(since, name)
				continue
			}
			s, err := cl.Snapshot(ctx)
			if err == nil && s.Chain != nil && s.Chain.Ready || err != nil {
				delete(since, name)
				continue
			}
			if since[name].IsZero() {
				since[name] = time.Now()
			}
			t.mu.Lock()
			t.blind = max(t.blind, time.Since(since[name]))
			t.mu.Unlock()
		}
	}
}

// next waits for a receipt that was given after a moment.
func (t *chainTrial) next(ctx context.Context, after time.Time) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		t.mu.Lock()
		seen := t.seen
		if n := len(t.acks); n > 0 && t.acks[n-1].at.After(after) {
			i := slices.IndexFunc(t.acks, func(a landed) bool { return a.at.After(after) })
			gap := t.acks[i].at.Sub(after)
			t.mu.Unlock()
			return gap, nil
		}
		t.mu.Unlock()
		select {
		case <-seen:
		case <-ctx.Done():
			return 0, fmt.Errorf("no transaction is in a block: %w", context.Cause(ctx))
		}
	}
}

func (t *chainTrial) kills(ctx context.Context, res *ChainResult) error {
	var gaps []time.Duration
	for n := range t.cfg.Kills {
		if _, err := t.next(ctx, time.Now()); err != nil { // all is well before
			return err
		}
		name, err := t.victim(ctx, n)
		if err != nil {
			return err
		}
		t.mu.Lock()
		delete(t.up, name)
		t.mu.Unlock()
		t.c.kill(name)
		gap, err := t.next(ctx, time.Now())
		if err != nil {
			return fmt.Errorf("after node %s was killed: %w", name, err)
		}
		gaps = append(gaps, gap)
		if err := t.c.start(ctx, name); err != nil {
			return err
		}
		if err := t.level(ctx, name); err != nil {
			return err
		}
		t.cfg.Progress(fmt.Sprintf("kill %d of %d: node %s, the next receipt after %.1f s", n+1, t.cfg.Kills, name, gap.Seconds()))
	}
	slices.Sort(gaps)
	res.Kills, res.GapMedian, res.GapMax = len(gaps), gaps[len(gaps)/2].Seconds(), gaps[len(gaps)-1].Seconds()
	return nil
}

// victim is the node that makes the blocks, or each other time another one.
func (t *chainTrial) victim(ctx context.Context, n int) (flow.NodeID, error) {
	cl, err := t.c.client(t.c.names[0])
	if err != nil {
		return "", err
	}
	s, err := cl.Snapshot(ctx)
	if err != nil {
		return "", err
	}
	i := slices.Index(t.c.names, s.Chain.Node)
	if i < 0 {
		return "", fmt.Errorf("nobody makes blocks: %+v", s.Chain)
	}
	return t.c.names[(i+n%2)%len(t.c.names)], nil
}

// finish takes the folder of one node away and compares all.
func (t *chainTrial) finish(ctx context.Context, res *ChainResult) error {
	last := t.c.names[len(t.c.names)-1]
	t.c.kill(last)
	if err := os.RemoveAll(filepath.Join(t.c.file(string(last)), "chain")); err != nil {
		return err
	}
	began := time.Now()
	if err := t.c.start(ctx, last); err != nil {
		return err
	}
	if err := t.level(ctx, last); err != nil {
		return err
	}
	res.Refetch = time.Since(began).Seconds()
	res.Acknowledged, res.BlindMax = len(t.acks), t.blind.Seconds()
	for _, name := range t.c.names {
		for _, a := range t.acks {
			within, cancel := context.WithTimeout(ctx, 20*time.Second)
			r, err := t.remotes[name].Receipt(within, a.receipt.Tx)
			cancel()
			if err != nil || r != a.receipt {
				res.Lost++
			}
		}
		h, err := t.remotes[name].Head(ctx)
		if err != nil {
			return err
		}
		res.Blocks = h.Number
	}
	for _, r := range t.remotes {
		if err := r.Close(); err != nil {
			return err
		}
	}
	return nil
}
