package stage

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A wire is a link with its two queues. It is both ends of it, as package
// firing sees them. A feed is a wire without a sender, and its in-queue has no
// limit.
type wire struct {
	stage    *Stage
	link     flow.Link
	from, to *cell
	out, in  ring
	seq      uint64 // tokens offered ever
	queued   bool   // is among the stage's busy
}

// Len is how many tokens stand in the in-queue.
func (w *wire) Len() int { return w.in.len() }

// Peek is the first token of the in-queue. It comes from nobody: links within
// one process have no certificates.
func (w *wire) Peek(t *flow.Token, _ *flow.Identity) bool {
	if w.in.len() == 0 {
		return false
	}
	*t = *w.in.at(0)
	return true
}

// Take makes room in the in-queue.
func (w *wire) Take(time.Time) {
	w.in.pop()
	if w.out.len() > 0 {
		w.stage.queue(w)
	}
}

// Room is what the out-queue has.
func (w *wire) Room() int { return w.out.limit - w.out.len() }

// Offer puts a token into the out-queue.
func (w *wire) Offer(t *flow.Token, _ int) {
	w.seq++
	c := *t
	c.Seq = w.seq
	w.out.push(c)
	w.stage.queue(w)
}

// Made is how many tokens were ever offered.
func (w *wire) Made() uint64 { return w.seq }

// do moves tokens from the out-queue to the in-queue.
func (w *wire) do(*Stage) bool {
	w.queued = false
	if w.out.len() == 0 || w.in.len() >= w.in.limit {
		return false
	}
	for w.out.len() > 0 && w.in.len() < w.in.limit {
		w.in.push(*w.out.at(0))
		w.out.pop()
	}
	w.to.rouse()
	w.from.rouse()
	return true
}

// A ring is a queue of tokens. Its limit is for others to keep.
type ring struct {
	limit   int
	tokens  []flow.Token // a power of two of them, or none
	head, n int
}

func (r *ring) len() int { return r.n }

func (r *ring) at(i int) *flow.Token { return &r.tokens[(r.head+i)&(len(r.tokens)-1)] }

func (r *ring) push(t flow.Token) {
	if r.n == len(r.tokens) {
		grown := make([]flow.Token, max(4, 2*r.n))
		for i := range r.n {
			grown[i] = *r.at(i)
		}
		r.tokens, r.head = grown, 0
	}
	r.n++
	*r.at(r.n - 1) = t
}

func (r *ring) pop() {
	r.tokens[r.head] = flow.Token{} // let its value go
	r.head = (r.head + 1) & (len(r.tokens) - 1)
	r.n--
}
