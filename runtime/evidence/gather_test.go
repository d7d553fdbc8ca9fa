package evidence_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/evidence"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/tlog"
)

func TestParseQuery(t *testing.T) {
	t.Parallel()
	hash := "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for _, tt := range []struct {
		text string
		want evidence.Query
	}{
		{"3474257bf400000000000065/hr/12", evidence.Query{Device: "3474257BF400000000000065", Stream: "hr", Seq: 12}},
		{"3474257BF400000000000065/hr", evidence.Query{Device: "3474257BF400000000000065", Stream: "hr"}},
		{"3474257BF400000000000065/ecg/MLII", evidence.Query{Device: "3474257BF400000000000065", Stream: "ecg/MLII"}},
		{"3474257BF400000000000065/ecg/MLII/7", evidence.Query{Device: "3474257BF400000000000065", Stream: "ecg/MLII", Seq: 7}},
		{hash, evidence.Query{Leaf: hash}},
		{"0x52908400098527886E0F7030069857D2E4169EE7/0", evidence.Query{Log: "0x52908400098527886e0f7030069857d2e4169ee7"}},
		{"0x52908400098527886E0F7030069857D2E4169EE7/17", evidence.Query{Log: "0x52908400098527886e0f7030069857d2e4169ee7", Index: 17}},
	} {
		if got, err := evidence.ParseQuery(tt.text); err != nil || got != tt.want {
			t.Errorf("ParseQuery(%q) = %+v, %v; want %+v", tt.text, got, err, tt.want)
		}
	}
	for _, text := range []string{"", "/", "bed-1", "hr/12", hash[:63], hash + "0", "0x52908400098527886E0F7030069857D2E4169EE7", "0x5290/1",
		"0x52908400098527886E0F7030069857D2E4169EE7/-1", "3474257BF400000000000065", "3474257BF400000000000065/"} {
		if got, err := evidence.ParseQuery(text); err == nil {
			t.Errorf("ParseQuery(%q) = %+v, want an error", text, got)
		}
	}
}

// oneBlock is a chain whose receipts are those of a scene.
type oneBlock struct {
	chain.Reader
	proofs map[chain.Hash]*chain.ReceiptProof
}

func (o *oneBlock) ReceiptProof(_ context.Context, tx chain.Hash) (*chain.ReceiptProof, error) {
	if p := o.proofs[tx]; p != nil {
		return p, nil
	}
	return nil, errors.New("no such transaction")
}

// kept is a log of checks in a folder, in which the reading was judged a while
// after others, and the head over it.
type kept struct {
	log      *tlog.Log
	node     flow.Signer
	anchored bool
	tx       chain.Hash
	proof    *chain.ReceiptProof
	head     anchor.Kept
}

// keep writes a log of n checks, with that of the reading at place i.
func (s *scene) keep(t *testing.T, node flow.Signer, place proof.Place, n, i int, block uint64) *kept {
	t.Helper()
	k := &kept{node: node, anchored: true, tx: chain.Hash{byte(block)}}
	var err error
	k.log, err = tlog.Open(tlog.Config{Dir: t.TempDir()})
	must(t, err)
	t.Cleanup(func() { k.log.Close() })
	for j := range n {
		c := s.record(place)
		c.At = s.now.Add(time.Duration(j-i) * 20 * time.Minute)
		if j != i {
			c.Leaf, c.Seq = [32]byte{byte(j), 1}, uint64(100+j)
		}
		b, err := c.Encode()
		must(t, err)
		_, err = k.log.Append(b)
		must(t, err)
	}
	_, err = k.log.Sync()
	must(t, err)
	root, err := k.log.Root(uint64(n))
	must(t, err)
	now := s.now
	s.now = s.now.Add(time.Duration(n) * 20 * time.Minute)
	h := &proof.LogHead{Chain: 77, Anchor: lower(anchorAt), Log: lower(accountOf(node)), Size: uint64(n), Root: root, Epoch: 7, At: s.now}
	signed, err := proof.SignLogHead(node, h)
	must(t, err)
	a := s.anchor(t, h, block)
	s.now = now
	k.proof = &chain.ReceiptProof{Header: a.Header, Index: a.Index, Nodes: a.Nodes}
	k.head = anchor.Kept{Size: h.Size, Signed: signed, Claim: claim(t, logKey(node), 77, anchorAt, node), Tx: k.tx, Chain: raw(node.Chain)}
	return k
}

func (k *kept) book() evidence.Book {
	return evidence.Book{Log: k.log, Account: lower(accountOf(k.node)), Covering: func(context.Context, uint64) (anchor.Kept, error) {
		if !k.anchored {
			return anchor.Kept{}, anchor.ErrNotAnchored
		}
		return k.head, nil
	}}
}

// A cluster is three nodes as holders: one judged at the collector, one stored and
// judged, the third has nothing.
type cluster struct {
	*scene
	at, stored *kept
	holders    []*evidence.Holder
	lies       func(p *evidence.Parts) // of the first node
	asked      int
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	s := newScene(t, false)
	c := &cluster{scene: s}
	c.at, c.stored = s.keep(t, s.collector, proof.AtCollector, 40, 31, 11), s.keep(t, s.storage, proof.AtStorage, 12, 2, 12)
	oneChain := &oneBlock{proofs: map[chain.Hash]*chain.ReceiptProof{c.at.tx: c.at.proof, c.stored.tx: c.stored.proof}}
	in, err := proof.OpenInclusion(s.bundle.Reading)
	must(t, err)
	c.holders = []*evidence.Holder{{Books: []evidence.Book{c.at.book()}, Chain: oneChain},
		{Books: []evidence.Book{c.stored.book()}, Chain: oneChain, Reading: func(_ context.Context, of proof.Stream, seq uint64) (*evidence.Stored, error) {
			if of != in.Reading.Of() || seq != 0 && seq != in.Reading.Seq {
				return nil, nil
			}
			return &evidence.Stored{Reading: in.Reading, Window: s.window, Index: in.Index}, nil
		}}, {Chain: oneChain}}
	return c
}

func (c *cluster) gather(t *testing.T, of string) (*evidence.Bundle, error) {
	t.Helper()
	q, err := evidence.ParseQuery(of)
	must(t, err)
	g := c.gatherer()
	return g.Gather(t.Context(), q)
}

func (c *cluster) gatherer() *evidence.Gatherer {
	return &evidence.Gatherer{
		Ask: func(ctx context.Context, q evidence.Query) ([]*evidence.Parts, error) {
			var all []*evidence.Parts
			c.asked++
			for i, h := range c.holders {
				p, err := h.Parts(ctx, q)
				if err != nil {
					continue // as a node that refuses
				}
				if i == 0 && c.lies != nil {
					c.lies(p)
				}
				if p.Holds(c.options()) == nil {
					all = append(all, p)
				}
			}
			return all, nil
		},
		Witness: func(_ context.Context, number uint64, hash chain.Hash) (all [][]byte) {
			if p := c.holders[0].Chain.(*oneBlock).proofs[chain.Hash{byte(number)}]; p == nil || !known(p, hash) {
				return nil // it follows the chain
			}
			w := proof.Witness{Chain: 77, Genesis: genesis, Manager: managerAt, Anchor: lower(anchorAt), Number: number, Hash: hash}
			if b, err := proof.SignWitness(c.third, w, c.now.Add(24*time.Hour).Add(-time.Minute)); err == nil {
				all = append(all, b)
			}
			return all
		}}
}

func known(p *chain.ReceiptProof, hash chain.Hash) bool {
	h, err := chain.ParseHeader(p.Header)
	return err == nil && h.Hash == hash
}

func TestGather(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	name := fmt.Sprintf("%s/%s", c.device, c.stream)
	for _, of := range []string{fmt.Sprintf("%s/%d", name, c.seq), name, fmt.Sprintf("%x", c.leaf), lower(accountOf(c.collector)) + "/31", lower(accountOf(c.storage)) + "/2"} {
		b, err := c.gather(t, of)
		if err != nil {
			t.Errorf("%s: %v", of, err)
			continue
		}
		if r, err := b.Verify(evidence.Options{Trust: c.options().Trust}); err != nil || r.Reading == nil || len(r.Checks) != 2 {
			t.Errorf("%s: %v, %+v", of, err, r)
		}
	}
	for _, of := range []string{name + "/99", "3474257BF400000000000065/hr/1", fmt.Sprintf("%064d", 7), lower(accountOf(c.third)) + "/0"} {
		if _, err := c.gather(t, of); !errors.Is(err, evidence.ErrNothing) {
			t.Errorf("%s: %v, want ErrNothing", of, err)
		}
	}
}

// A node that lies spoils nothing: what it says is left out.
func TestGatherLies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		lie  func(c *cluster, p *evidence.Parts)
	}{
		{"another verdict", func(c *cluster, p *evidence.Parts) { p.Checks[0].Record[len(p.Checks[0].Record)-1] ^= 1 }},
		{"another place", func(c *cluster, p *evidence.Parts) { p.Checks[0].Index++ }},
		{"another's certificate", func(c *cluster, p *evidence.Parts) { p.Signers[0] = raw(c.third.Chain) }},
		{"a made-up block", func(c *cluster, p *evidence.Parts) {
			p.Checks[0].Anchor.Header = slices.Clone(p.Checks[0].Anchor.Header)
			p.Checks[0].Anchor.Header[40] ^= 1
		}},
		{"another reading's check", func(c *cluster, p *evidence.Parts) { p.Leaf = fmt.Sprintf("%064d", 1) }},
		{"no claim", func(c *cluster, p *evidence.Parts) { p.Checks[0].Claim = nil }},
		{"no bytes", func(c *cluster, p *evidence.Parts) { p.Checks[0] = evidence.Check{Anchor: &evidence.Anchor{}} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCluster(t)
			c.lies = func(p *evidence.Parts) {
				if len(p.Checks) > 0 {
					tt.lie(c, p)
				}
			}
			b, err := c.gather(t, fmt.Sprintf("%s/%s/%d", c.device, c.stream, c.seq))
			if err != nil {
				t.Fatal(err)
			}
			r, err := b.Verify(evidence.Options{Trust: c.options().Trust})
			if err != nil || len(r.Checks) != 1 || r.Checks[0].Place != "storage" {
				t.Errorf("%v, %+v", err, r)
			}
		})
	}
}

// What is on its way is waited for, and taken without it if one may not wait longer.
func TestGatherWaits(t *testing.T) {
	c := newCluster(t)
	c.at.anchored = false
	of := fmt.Sprintf("%s/%s/%d", c.device, c.stream, c.seq)
	q, err := evidence.ParseQuery(of)
	must(t, err)
	g := c.gatherer()
	if _, err := g.Gather(t.Context(), q); !errors.Is(err, evidence.ErrNotYet) {
		t.Errorf("at once: %v, want ErrNotYet", err)
	}
	g.Early = true
	if b, err := g.Gather(t.Context(), q); err != nil || len(b.Checks) != 1 {
		t.Errorf("early: %+v, %v; want one check", b, err)
	}
	synctest.Test(t, func(t *testing.T) {
		g := c.gatherer()
		g.Wait, c.asked = 10*time.Second, 0
		ask := g.Ask
		g.Ask = func(ctx context.Context, q evidence.Query) ([]*evidence.Parts, error) {
			c.at.anchored = c.asked > 8
			return ask(ctx, q)
		}
		if b, err := g.Gather(t.Context(), q); err != nil || len(b.Checks) != 2 {
			t.Errorf("later: %+v, %v; want two checks", b, err)
		}
	})
}

// A check is found by the number of its reading, however large that is.
func TestFindNumbers(t *testing.T) {
	t.Parallel()
	s := newScene(t, false)
	l, err := tlog.Open(tlog.Config{Dir: t.TempDir()})
	must(t, err)
	defer l.Close()
	seqs := []uint64{1, 23, 24, 255, 256, 65535, 65536, 1<<32 - 1, 1 << 32, 1<<63 - 1}
	for _, seq := range seqs {
		c := s.record(proof.AtCollector)
		c.Seq, c.Stream = seq, "a stream with a name of some length"
		b, err := c.Encode()
		must(t, err)
		_, err = l.Append(b)
		must(t, err)
	}
	_, err = l.Sync()
	must(t, err)
	for i, seq := range seqs {
		q := evidence.Query{Device: s.device, Stream: "a stream with a name of some length", Seq: seq}
		if found, err := evidence.Find(t.Context(), l, q, 1); err != nil || len(found) != 1 || found[0] != uint64(i) {
			t.Errorf("number %d is found at %v, %v; want %d", seq, found, err, i)
		}
	}
}

func TestVouches(t *testing.T) {
	t.Parallel()
	s := newScene(t, false)
	h := s.block(t, 0)
	o := s.options()
	if err := evidence.Vouches(s.witness(t, s.third, 0), o, h.Number, h.Hash); err != nil {
		t.Error(err)
	}
	for name, b := range map[string][]byte{
		"another block": s.witness(t, s.third, 1), "a device": s.witness(t, s.h.Device("urn:epc:id:giai:0614141.98", group), 0),
		"a stranger": s.witness(t, s.h.Rogue().Node("bedside"), 0), "nothing": nil,
	} {
		if err := evidence.Vouches(b, o, h.Number, h.Hash); err == nil {
			t.Errorf("the word of %s counts", name)
		}
	}
}
