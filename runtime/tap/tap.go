package tap

import (
	"context"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The limits of a tap.
const (
	// Room is how many tokens wait for a reader, and roomBytes about how much
	// they may weigh: the oldest go for new ones.
	Room      = 2 * PerSecond
	roomBytes = 2 << 20

	// For is how long a tap lasts; whoever wants more begins another, which is
	// on record again.
	For = 15 * time.Minute
)

// A Tap keeps some of the tokens that a link sends. Its methods may be called
// by any goroutine.
type Tap struct {
	mu     sync.Mutex // guards what follows
	sample sampler
	seq    uint64 // of the newest token that went by
	wait   []seen // oldest first
	weight int    // of wait, about
	since  Counts // since the last Next
	ended  string // why nothing more comes; "" while it may

	news chan struct{} // room for one: wait or ended has changed
}

// A seen token waits for a reader.
type seen struct {
	token  flow.Token
	weight int
}

// Counts are tokens that went by.
type Counts struct {
	Seen    uint64 `json:"seen"`              // all of them
	Thinned uint64 `json:"thinned,omitempty"` // not shown, since there were more than [PerSecond]
	Slow    uint64 `json:"slow,omitempty"`    // not shown, since nobody read fast enough
}

// A Batch is what a reader gets.
type Batch struct {
	Tokens []flow.Token // oldest first
	Counts              // since the batch before
	Ended  string       // why there will be no other; "" if there may
}

// New is a tap of nothing yet.
func New() *Tap { return &Tap{news: make(chan struct{}, 1)} }

// Offer shows the tap tokens that the link sends now, in order. It keeps copies
// of some, and never waits for a reader. What the link sends again, because a
// connection was lost, has gone by already.
func (t *Tap) Offer(tokens []flow.Token, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended != "" {
		return
	}
	for i := range tokens {
		tok := &tokens[i]
		if tok.Seq <= t.seq {
			continue
		}
		t.seq = tok.Seq
		t.since.Seen++
		if !t.sample.take(now) {
			t.since.Thinned++
			continue
		}
		t.keep(tok)
	}
	t.signal()
}

// keep makes room for a token and keeps it; the lock is held.
func (t *Tap) keep(tok *flow.Token) {
	w := weigh(tok.Value, roomBytes)
	t.wait = append(t.wait, seen{*tok, w})
	t.weight += w
	drop := 0
	for len(t.wait)-drop > Room || len(t.wait)-drop > 1 && t.weight > roomBytes {
		t.weight -= t.wait[drop].weight
		drop++
	}
	if drop > 0 {
		t.since.Slow += uint64(drop)
		n := copy(t.wait, t.wait[drop:])
		clear(t.wait[n:])
		t.wait = t.wait[:n]
	}
}

// End says that nothing more will come, and why. The first reason stands.
func (t *Tap) End(why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended == "" {
		t.ended = why
	}
	t.signal()
}

func (t *Tap) signal() {
	select {
	case t.news <- struct{}{}:
	default:
	}
}

// Next waits until there is something to tell, and tells it: tokens that are
// shown, or that nothing more will come. There is one reader at a time.
func (t *Tap) Next(ctx context.Context) (Batch, error) {
	for {
		if b := t.take(); len(b.Tokens) > 0 || b.Ended != "" {
			return b, nil
		}
		select {
		case <-t.news:
		case <-ctx.Done():
			return Batch{}, ctx.Err()
		}
	}
}

// take is what there is now. Tokens that were only thinned are told of with the
// next that is shown.
func (t *Tap) take() Batch {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.wait) == 0 {
		return Batch{Counts: t.since, Ended: t.ended}
	}
	b := Batch{Counts: t.since, Ended: t.ended}
	for _, s := range t.wait {
		b.Tokens = append(b.Tokens, s.token)
	}
	clear(t.wait)
	t.wait, t.weight, t.since = t.wait[:0], 0, Counts{}
	return b
}

// weigh is about how many bytes a value holds, or most if it is more.
func weigh(v flow.Value, most int) int {
	n := 16
	switch v := v.(type) {
	case string:
		n += len(v)
	case flow.Sealed:
		n += len(v.Bytes)
	case flow.Exception:
		n += weigh(v.Value, most-n)
	case []any:
		for _, e := range v {
			if n >= most {
				return most
			}
			n += weigh(e, most-n)
		}
	case map[string]any:
		for k, e := range v {
			if n >= most {
				return most
			}
			n += len(k) + weigh(e, most-n)
		}
	}
	return min(n, max(most, 0))
}
