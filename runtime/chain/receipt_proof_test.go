package chain_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
)

// noted is a proof that a transaction wrote a log; the block has it alone.
func noted(t testing.TB) *chain.ReceiptProof {
	t.Helper()
	sim, payer := chaintest.NewSim(t, time.Now)
	made, err := chain.Transact(t.Context(), sim, payer, nil, chaintest.Logger())
	if err != nil {
		t.Fatal(err)
	}
	r, err := chain.Transact(t.Context(), sim, payer, &made.Contract, []byte("noted"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := sim.ReceiptProof(t.Context(), r.Tx)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func cloneProof(p *chain.ReceiptProof) *chain.ReceiptProof {
	out := &chain.ReceiptProof{Header: slices.Clone(p.Header), Index: p.Index}
	for _, n := range p.Nodes {
		out.Nodes = append(out.Nodes, slices.Clone(n))
	}
	return out
}

// A proof of which any bit is another shows nothing of the block it was of.
func TestReceiptProofFlips(t *testing.T) {
	t.Parallel()
	p := noted(t)
	shown, err := p.Verify()
	if err != nil || len(shown.Logs) != 1 || string(shown.Logs[0].Data) != "noted" {
		t.Fatalf("Verify = %+v, %v", shown, err)
	}
	rng := rand.New(rand.NewPCG(2, 0))
	for i := range 2000 {
		bad := cloneProof(p)
		part := bad.Header
		if k := rng.IntN(len(bad.Nodes) + 1); k > 0 {
			part = bad.Nodes[k-1]
		}
		part[rng.IntN(len(part))] ^= 1 << rng.IntN(8)
		if got, err := bad.Verify(); err == nil && got.Header.Hash == shown.Header.Hash {
			t.Fatalf("flip %d shows %+v", i, got)
		}
	}
}

func TestReceiptProofRefuses(t *testing.T) {
	t.Parallel()
	p := noted(t)
	for _, tt := range []struct {
		name  string
		spoil func(p *chain.ReceiptProof)
	}{
		{"another transaction", func(p *chain.ReceiptProof) { p.Index++ }},
		{"a transaction far away", func(p *chain.ReceiptProof) { p.Index = 1 << 40 }},
		{"no nodes", func(p *chain.ReceiptProof) { p.Nodes = nil }},
		{"a node too many", func(p *chain.ReceiptProof) { p.Nodes = append(p.Nodes, []byte{0xc0}) }},
		{"a node twice", func(p *chain.ReceiptProof) { p.Nodes = append(p.Nodes, p.Nodes[0]) }},
		{"endless nodes", func(p *chain.ReceiptProof) { p.Nodes = slices.Repeat(p.Nodes, 100) }},
		{"no header", func(p *chain.ReceiptProof) { p.Header = nil }},
		{"a header with a tail", func(p *chain.ReceiptProof) { p.Header = append(p.Header, 0) }},
		{"a header without end", func(p *chain.ReceiptProof) { p.Header = make([]byte, 1<<20) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bad := cloneProof(p)
			tt.spoil(bad)
			if got, err := bad.Verify(); err == nil {
				t.Errorf("Verify = %+v, want an error", got)
			}
		})
	}
}

// A proof among many in one block: the path branches.
func TestReceiptProofAmongMany(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 16, 128, 129, 300} {
		header, receipts := chain.FakeBlock(t, n)
		for _, i := range []int{0, n / 2, n - 1} {
			p, err := chain.ProveReceipt(header, receipts, uint64(i))
			if err != nil {
				t.Fatalf("receipt %d of %d: %v", i, n, err)
			}
			shown, err := p.Verify()
			if err != nil || len(shown.Logs) != 1 || shown.Logs[0].Data[0] != byte(i) {
				t.Errorf("receipt %d of %d shows %+v, %v", i, n, shown, err)
			}
		}
		if p, err := chain.ProveReceipt(header, receipts, uint64(n)); err == nil {
			t.Errorf("receipt %d of %d is proved: %+v", n, n, p)
		}
		if n > 1 {
			if p, err := chain.ProveReceipt(header, receipts[1:], 0); err == nil {
				t.Errorf("with a receipt left out: %+v", p)
			}
		}
	}
}

// Nobody's bytes make Verify panic, and what it accepts hangs together.
func FuzzReceiptProof(f *testing.F) {
	p := noted(f)
	f.Add(p.Header, p.Index, p.Nodes[0], []byte{})
	f.Add(p.Header, uint64(1), p.Nodes[0], p.Nodes[0])
	header, receipts := chain.FakeBlock(f, 20)
	if q, err := chain.ProveReceipt(header, receipts, 3); err != nil {
		f.Fatal(err)
	} else {
		f.Add(q.Header, q.Index, q.Nodes[0], q.Nodes[1])
	}
	f.Fuzz(func(t *testing.T, header []byte, index uint64, first, second []byte) {
		q := chain.ReceiptProof{Header: header, Index: index, Nodes: [][]byte{first}}
		if len(second) > 0 {
			q.Nodes = append(q.Nodes, second)
		}
		shown, err := q.Verify()
		if err != nil {
			return
		}
		h, err := chain.ParseHeader(header)
		if err != nil || h.Hash != shown.Header.Hash || !bytes.Equal(h.RLP, header) {
			t.Errorf("shows the header %+v; parsed it is %+v, %v", shown.Header, h, err)
		}
	})
}
