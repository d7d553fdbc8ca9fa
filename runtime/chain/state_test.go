package chain_test

import (
	"context"
	"testing"

	"github.com/wardflow/wardflow/runtime/chain"
)

// A view in this process, over our own database: no JSON, no transaction.
func BenchmarkEmbeddedState(b *testing.B) {
	dir, payer, _ := found(b)
	c := open(b, dir)
	defer closeChain(b, c)
	made, err := chain.Transact(b.Context(), c, payer, nil, store)
	if err != nil {
		b.Fatal(err)
	}
	head, err := c.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	s, err := c.State(b.Context(), head.Hash)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("call", func(b *testing.B) { calls(b, s, made.Contract) })
	b.Run("make", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.State(context.Background(), head.Hash); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRemoteState(b *testing.B) {
	f := newFar(b)
	r := f.dial(b, chain.RemoteConfig{})
	head, err := r.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	s, err := r.State(b.Context(), head.Hash)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("call", func(b *testing.B) { calls(b, s, f.at) })
	b.Run("refresh", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			f.sim.Commit()
			head, err := r.Head(context.Background())
			if err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			s, err := r.State(context.Background(), head.Hash)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := s.Call(f.at, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func calls(b *testing.B, s chain.State, to chain.Address) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Call(to, nil); err != nil {
			b.Fatal(err)
		}
	}
}
