package tap_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/tap"
)

var begin = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func token(seq uint64) flow.Token { return flow.Token{Seq: seq, Value: int64(seq)} }

// A reader, fast or slow, gets tokens in order, none twice, and is told of each
// that it does not get.
func TestReaderLearnsOfEachToken(t *testing.T) {
	hurry, cancel := context.WithCancel(t.Context())
	cancel() // what is there is given all the same
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		p := tap.New()
		now, made := begin, uint64(0)
		last, got := uint64(0), tap.Counts{}
		shown := 0
		read := func() {
			b, err := p.Next(hurry)
			if err != nil {
				return // there was nothing
			}
			for _, tok := range b.Tokens {
				if tok.Seq <= last {
					t.Fatalf("seed %d: token %d comes after %d", seed, tok.Seq, last)
				}
				last = tok.Seq
			}
			shown += len(b.Tokens)
			got.Seen, got.Thinned, got.Slow = got.Seen+b.Seen, got.Thinned+b.Thinned, got.Slow+b.Slow
		}
		for range 200 {
			now = now.Add(time.Duration(rng.IntN(300)) * time.Millisecond)
			var frame []flow.Token
			from := made
			if rng.IntN(5) == 0 { // the connection was lost: what was sent comes again
				from -= min(made, rng.Uint64N(5))
			}
			made = max(made, from+rng.Uint64N(12))
			for n := from; n < made; n++ {
				frame = append(frame, token(n+1))
			}
			p.Offer(frame, now)
			if rng.IntN(10) == 0 {
				read()
			}
		}
		p.End("over")
		read()
		if got.Seen != made || got.Seen != uint64(shown)+got.Thinned+got.Slow {
			t.Fatalf("seed %d: of %d tokens %d were shown, and the reader was told of %+v", seed, made, shown, got)
		}
	}
}

// What nobody reads takes no more room than what was promised.
func TestTapHoldsTheNewest(t *testing.T) {
	p := tap.New()
	for i := range uint64(1000) {
		p.Offer([]flow.Token{token(i + 1)}, begin.Add(time.Duration(i)*time.Second))
	}
	b, err := p.Next(t.Context())
	if err != nil || len(b.Tokens) != tap.Room || b.Tokens[tap.Room-1].Seq != 1000 || b.Slow != 1000-tap.Room {
		t.Fatalf("%d tokens up to %d with %+v, %v; want the newest %d", len(b.Tokens), b.Tokens[len(b.Tokens)-1].Seq, b.Counts, err, tap.Room)
	}
	large := flow.Token{Value: strings.Repeat("x", 500<<10)}
	for i := range uint64(30) {
		large.Seq = 1001 + i
		p.Offer([]flow.Token{large}, begin.Add(time.Duration(2000+i)*time.Second))
	}
	if b, err = p.Next(t.Context()); err != nil || len(b.Tokens) != 4 || b.Tokens[3].Seq != 1030 {
		t.Errorf("of tokens of 500 kB %d are held (%v), want 4", len(b.Tokens), err)
	}
}

// A reader waits until there is something, or it wants no more; the end comes
// after what was there before it.
func TestNextWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := tap.New()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with nothing there: %v, want to wait", err)
		}
		got := make(chan tap.Batch, 1)
		go func() {
			b, _ := p.Next(t.Context())
			got <- b
		}()
		synctest.Wait()
		p.Offer([]flow.Token{token(1)}, time.Now())
		if b := <-got; len(b.Tokens) != 1 || b.Ended != "" {
			t.Errorf("the waiting reader got %+v", b)
		}
		p.Offer([]flow.Token{token(2)}, time.Now())
		p.End("its actor has gone")
		p.End("something else")
		p.Offer([]flow.Token{token(3)}, time.Now())
		if b, err := p.Next(t.Context()); err != nil || len(b.Tokens) != 1 || b.Ended != "its actor has gone" {
			t.Errorf("at the end: %+v, %v", b, err)
		}
	})
}
