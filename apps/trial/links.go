package trial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/remote/bare"
)

// LinksConfig says how links are measured.
type LinksConfig struct {
	Exe    string   // what to start the other process with
	Args   []string // so that it calls [Away]
	Tokens int      // of each transfer; 1,000,000
	Rounds int      // of each kind; 5
	Window int      // tokens of the link that may be unsettled; the engine's default

	Progress func(string) // told what has been measured; may be nil
}

func (c *LinksConfig) setDefaults() {
	if c.Tokens == 0 {
		c.Tokens = 1_000_000
	}
	if c.Rounds == 0 {
		c.Rounds = 5
	}
	if c.Progress == nil {
		c.Progress = func(string) {}
	}
}

// LinksResult is how fast links are: medians over the rounds. The kinds take
// turns within each round, so that what else goes on meets all of them.
type LinksResult struct {
	TokensPerS         float64 `json:"tokens_per_s"`           // a link between two processes: numbered, sealed, settled
	BareTokensPerS     float64 `json:"bare_grpc_tokens_per_s"` // the same tokens in equal batches on a gRPC stream with mutual TLS
	Ratio              float64 `json:"ratio"`                  // of the first to the second; the median over the rounds
	UnsealedTokensPerS float64 `json:"unsealed_tokens_per_s"`  // the link without its seals, over the same mutual TLS
	Overhead           float64 `json:"overhead"`               // what the seals cost: 1 less the first by the one above
	LocalHopNS         float64 `json:"local_hop_ns"`           // from actor to actor on one node, wall time a token

	// For people only.
	CPU         map[string]time.Duration `json:"-"` // of both processes a token, by kind
	RawPerS     float64                  `json:"-"` // batches made once and not read
	PacketBytes int                      `json:"-"` // of a packet of the link, on average
	BatchTokens int                      `json:"-"` // in it
}

// The kinds of transfers.
const (
	kindSealed   = "sealed"
	kindUnsealed = "unsealed"
	kindBare     = "bare"
	kindRaw      = "raw"
	kindLocal    = "local"
)

// Links measures links between two processes on this host.
func Links(ctx context.Context, cfg LinksConfig) (res LinksResult, err error) {
	cfg.setDefaults()
	dir, err := os.MkdirTemp("", "wardflow-links-")
	if err != nil {
		return res, err
	}
	defer os.RemoveAll(dir)
	if err := enrol(dir); err != nil {
		return res, err
	}
	t := &linkTrial{cfg: cfg, rates: map[string][]float64{}, cpus: map[string][]time.Duration{}}
	if t.st, err = newStation(dir, near, cfg.Window); err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, t.st.close()) }()
	if t.away, err = spawn(cfg.Exe, cfg.Args...); err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, t.away.end()) }()
	var listens told
	if err := t.away.ask(ctx, wish{Begin: &begin{dir, cfg.Window}}, &listens); err != nil {
		return res, err
	}
	t.st.mu.Lock()
	t.st.addrs = listens.Addrs
	t.st.mu.Unlock()
	for t.round = range cfg.Rounds {
		if err := t.all(ctx); err != nil {
			return res, err
		}
	}
	return t.result(), nil
}

// enrol makes certificates for the two nodes.
func enrol(dir string) error {
	ca, err := pki.NewAuthority("trial.example", time.Now())
	if err != nil {
		return err
	}
	for _, n := range []flow.NodeID{near, away} {
		s, err := ca.Enroll(pki.Request{Role: flow.RoleNode, Name: string(n)}, time.Now())
		if err != nil {
			return err
		}
		if err := pki.SaveSigner(filepath.Join(dir, string(n)), s); err != nil {
			return err
		}
	}
	return pki.SaveTrust(filepath.Join(dir, "trust.pem"), ca.Trust())
}

type linkTrial struct {
	cfg    LinksConfig
	st     *station
	away   *child
	round  int
	packet int // bytes of a packet of the last sealed transfer, on average
	batch  int // tokens in it

	rates  map[string][]float64 // tokens/s by kind, round by round
	ratios []float64
	cpus   map[string][]time.Duration
}

// A kind is one of the kinds and how it is measured.
type kind struct {
	name     string
	transfer func(context.Context, run) (time.Duration, error)
}

// all is one round.
func (t *linkTrial) all(ctx context.Context) error {
	kinds := []kind{{kindSealed, t.linked}, {kindUnsealed, t.linked}, {kindBare, t.bare}, {kindRaw, t.bare}}
	if t.round%2 == 1 { // each of the two first in turn: what comes first meets a colder processor
		kinds[0], kinds[1] = kinds[1], kinds[0]
	}
	for _, k := range kinds {
		r := run{Name: fmt.Sprintf("%s%d", k.name, t.round), Kind: k.name, Tokens: t.cfg.Tokens}
		var before, after told
		if err := t.away.ask(ctx, wish{Sink: &r}, &before); err != nil {
			return fmt.Errorf("%s transfer: %w", k.name, err)
		}
		own := cpu()
		took, err := k.transfer(ctx, r)
		if err == nil {
			err = t.away.ask(ctx, wish{Count: r.Name}, &after)
		}
		if err != nil {
			return fmt.Errorf("%s transfer: %w", k.name, err)
		}
		t.note(k.name, took, cpu()-own+after.CPU-before.CPU, r.Tokens)
	}
	sealed, bare := t.rates[kindSealed], t.rates[kindBare]
	t.ratios = append(t.ratios, sealed[len(sealed)-1]/bare[len(bare)-1])
	own := cpu()
	took, err := t.local(ctx)
	t.note(kindLocal, took, cpu()-own, t.cfg.Tokens*localHops)
	return err
}

func (t *linkTrial) note(kind string, took, cpu time.Duration, tokens int) {
	rate := float64(tokens) / took.Seconds()
	t.rates[kind] = append(t.rates[kind], rate)
	t.cpus[kind] = append(t.cpus[kind], cpu/time.Duration(tokens))
	t.cfg.Progress(fmt.Sprintf("round %d: %s: %.0f tokens/s", t.round+1, kind, rate))
}

// linked sends tokens over a link; it is over when the last one is settled here.
func (t *linkTrial) linked(ctx context.Context, r run) (time.Duration, error) {
	l, terms := lane(r.Name)
	src, door := newSource(r.Tokens), t.st.doors[r.Kind]
	if err := t.st.start(ctx, l.From.Actor, src, nil, []flow.Link{l}); err != nil {
		return 0, err
	}
	defer t.st.eng.Stop(ctx, l.From.Actor)
	if err := door.OpenLink(linkEnd(terms, t.st.own)); err != nil {
		return 0, err
	}
	defer door.CloseLink(l.ID())
	if err := t.st.until(ctx, l.ID(), func(s linkStat) bool { return s.Up }); err != nil {
		return 0, err
	}
	before, begun := door.Sent(), time.Now()
	src.open()
	err := t.st.until(ctx, l.ID(), func(s linkStat) bool { return s.Tokens == uint64(r.Tokens) && s.Held == 0 })
	took := time.Since(begun)
	if after := door.Sent(); r.Kind == kindSealed {
		packets := max(1, after.Packets-before.Packets)
		t.packet = int((after.Bytes - before.Bytes) / packets)
		t.batch = max(1, r.Tokens/int(packets))
	}
	return took, err
}

// bare sends the same tokens on a bare stream, as many in a batch as the link
// had in a packet. It is over when the other side has said so.
func (t *linkTrial) bare(ctx context.Context, r run) (time.Duration, error) {
	t.st.mu.Lock()
	addr := t.st.addrs[kindBare]
	t.st.mu.Unlock()
	c, err := bare.Dial(ctx, addr, t.st.own, t.st.verifier)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	l, _ := lane(r.Name)
	b := newBatches(l.From.Actor, t.batch)
	begun := time.Now()
	for left := r.Tokens; left > 0; left -= len(b.tokens) {
		if left < len(b.tokens) {
			b.tokens, b.bytes = b.tokens[:left], nil
		}
		if err := c.Send(b.next(r.Kind == kindRaw)); err != nil {
			return 0, err
		}
	}
	err = c.Finish()
	return time.Since(begun), err
}

// batches makes the batches of a bare stream.
type batches struct {
	tokens []flow.Token
	value  flow.Value
	bytes  []byte
	seq    uint64
}

func newBatches(from flow.ActorID, size int) *batches {
	b := &batches{tokens: make([]flow.Token, size), value: sample()}
	for i := range b.tokens {
		b.tokens[i].Source = from
	}
	return b
}

// next is the bytes of the next batch; when again they may be those of the last.
func (b *batches) next(again bool) []byte {
	if again && b.bytes != nil {
		return b.bytes
	}
	now := time.Now()
	for i := range b.tokens {
		b.seq++
		b.tokens[i].Seq, b.tokens[i].Made, b.tokens[i].Value = b.seq, now, b.value
	}
	out, n, err := flow.AppendRun(b.bytes[:0], b.tokens, 1<<20)
	if err != nil || n != len(b.tokens) {
		panic(fmt.Sprintf("trial: %d of %d tokens in a batch: %v", n, len(b.tokens), err)) // they are ours
	}
	b.bytes = out
	return out
}

func (t *linkTrial) result() LinksResult {
	sealed, unsealed := median(t.rates[kindSealed]), median(t.rates[kindUnsealed])
	res := LinksResult{Overhead: 1 - sealed/unsealed, TokensPerS: sealed, BareTokensPerS: median(t.rates[kindBare]), Ratio: median(t.ratios),
		UnsealedTokensPerS: unsealed, LocalHopNS: 1e9 / median(t.rates[kindLocal]),
		RawPerS: median(t.rates[kindRaw]), PacketBytes: t.packet, BatchTokens: t.batch, CPU: map[string]time.Duration{}}
	for kind, all := range t.cpus {
		res.CPU[kind] = median(all)
	}
	return res
}

// median is the middle one, or the upper of the two; all must have one.
func median[N ~int64 | ~float64](all []N) N {
	all = slices.Clone(all)
	slices.Sort(all)
	return all[len(all)/2]
}
