package link

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// ErrFull reports a link whose window is full: the actor stays ready and fires
// after the next [Out.Settled].
var ErrFull = errors.New("link window is full")

// ErrAstray reports that the two ends of a link disagree on where they are: one
// has lost what the other counts on. Sending more would lose or repeat tokens,
// so the link stays closed until a person decides.
var ErrAstray = errors.New("the two ends of the link disagree on where they are")

// An Out is the sender's end of a link. It is not safe for concurrent use.
//
// Its tokens stand in a row, and five numbers move along it, each at most the
// one before: made, released, sent, settled; and the credit, beyond which none
// is sent.
type Out struct {
	id     flow.LinkID
	window int
	queue  int              // tokens held beyond the credit; 0: as many as the window has
	held   ring[flow.Token] // tokens settled+1 … made

	weights weights // of held, bytes, about
	bytes   int     // their sum
	limit   int     // that it may reach; 0: none

	made     uint64 // last number given
	released uint64 // last number that a committed checkpoint covers
	sent     uint64 // last number sent; after Opened, the last the receiver has
	settled  uint64 // last number that took effect for good
	credit   uint64 // last number the receiver has room for
	again    uint64 // tokens that were sent before and are to be sent anew
	open     bool
}

// NewOut makes the sending end of a new link that holds at most window tokens
// (a count, not bytes; at least 1).
func NewOut(id flow.LinkID, window int) *Out {
	if window < 1 {
		panic(fmt.Sprintf("link: window of %d tokens", window))
	}
	return &Out{id: id, window: window}
}

// RestoreOut makes the sending end of a link as a committed checkpoint left it.
// outbox holds the tokens settled+1 … made, by number; all count as released,
// since the checkpoint covers them. An outbox that does not fit the numbers is
// an error: the checkpoint is broken. It may be longer than the window.
func RestoreOut(id flow.LinkID, window int, made, settled uint64, outbox []flow.Token) (*Out, error) {
	o := NewOut(id, window)
	o.made = settled
	if settled > made || made-settled != uint64(len(outbox)) {
		return nil, fmt.Errorf("link %s: %d tokens held, but %d are made and %d settled", id, len(outbox), made, settled)
	}
	for i, t := range outbox {
		if t.Seq != settled+1+uint64(i) {
			return nil, fmt.Errorf("link %s: token %d stands where %d should", id, t.Seq, settled+1+uint64(i))
		}
		weight := int32(len(t.Source)) + 16
		if b, err := flow.AppendToken(nil, t); err == nil {
			weight = int32(len(b))
		}
		o.keep(&t, weight)
	}
	o.made, o.released, o.sent, o.settled = made, made, settled, settled
	return o, nil
}

// ID is the link's name.
func (o *Out) ID() flow.LinkID { return o.id }

// Queue bounds, besides the window, how many tokens are held that the receiver
// has no room for: with room for m there, at most n+m are not taken. That is
// Calvin's queue of an out-port. 0, as in the beginning, is no such bound.
func (o *Out) Queue(n int) {
	if n < 0 {
		panic(fmt.Sprintf("link: queue of %d tokens", n))
	}
	o.queue = n
}

// Limit bounds, besides the window, the bytes of the tokens held: with that many
// or more there is no room. What a token weighs is for [Out.OfferAll] to say.
// 0, as in the beginning, is no such bound.
func (o *Out) Limit(bytes int) {
	if bytes < 0 {
		panic(fmt.Sprintf("link: limit of %d bytes", bytes))
	}
	o.limit = bytes
}

// Bytes is about how many bytes are held.
func (o *Out) Bytes() int { return o.bytes }

// Room is how many tokens [Out.Offer] would still take, as long as they weigh
// nothing.
func (o *Out) Room() int {
	if o.limit > 0 && o.bytes >= o.limit {
		return 0
	}
	room := o.window - o.held.n
	if o.queue > 0 {
		// What is settled was taken, so there was room for it.
		if upto := max(o.credit, o.settled); upto < o.made {
			room = min(room, o.queue-int(o.made-upto))
		} else if ahead := upto - o.made; ahead < uint64(o.window) {
			room = min(room, o.queue+int(ahead))
		}
	}
	return max(0, room)
}

// Offer numbers t, holds it until it is settled, and returns its number.
// Numbers start at 1 and have no gaps. With a window of tokens already held it
// keeps nothing and returns [ErrFull], and so it does when its queue is full.
// The token is not sent before [Out.Release] covers it.
func (o *Out) Offer(t flow.Token) (uint64, error) {
	if o.Room() == 0 {
		return 0, ErrFull
	}
	o.keep(&t, 0)
	return o.made, nil
}

// OfferAll is [Out.Offer] for many tokens, which weigh about so many bytes each.
// The caller has seen room for so many, and that counts also when the first of
// them reach the limit of bytes. More than the window holds is a bug and panics.
func (o *Out) OfferAll(ts []flow.Token, weights []int32) {
	if len(ts) > o.window-o.held.n {
		panic(fmt.Sprintf("link %s: offer %d tokens with %d of %d held", o.id, len(ts), o.held.n, o.window))
	}
	one, two := o.held.pushAll(ts)
	o.number(one)
	o.number(two)
	o.weights.pushAll(weights)
	for _, w := range weights {
		o.bytes += int(w)
	}
}

// number gives the next numbers to tokens that are held.
func (o *Out) number(ts []flow.Token) {
	for i := range ts {
		o.made++
		ts[i].Seq = o.made
	}
}

func (o *Out) keep(t *flow.Token, weight int32) {
	o.made++
	at := o.held.push()
	*at = *t
	at.Seq = o.made
	*o.weights.push() = weight
	o.bytes += int(weight)
}

// Release says that a checkpoint covering all tokens up to that number is
// committed: they may be sent. It never takes back; releasing what is not made
// yet is a bug and panics.
func (o *Out) Release(upto uint64) {
	if upto > o.made {
		panic(fmt.Sprintf("link %s: release up to %d of %d tokens", o.id, upto, o.made))
	}
	o.released = max(o.released, upto)
}

// Withdraw takes the tokens after number n back, as the firings that gave them
// have not happened: their numbers are given again. Withdrawing what is
// released is a bug and panics.
func (o *Out) Withdraw(n uint64) {
	if n < o.released {
		panic(fmt.Sprintf("link %s: withdraw the tokens after %d, but those up to %d are released", o.id, n, o.released))
	}
	if n < o.made {
		back := int(o.made - n)
		o.held.pop(back)
		o.bytes -= total(o.weights.span(o.weights.n-back, back))
		o.weights.pop(back)
		o.made = n
	}
}

// Opened says that the other end is there, has the tokens up to taken, and has
// room for those up to credit. Sending goes on from taken+1. [ErrAstray] means
// that it has forgotten tokens it once settled, or claims ones never sent; then
// the link stays closed.
func (o *Out) Opened(taken, credit uint64) error {
	o.open = false
	if taken < o.settled {
		return fmt.Errorf("link %s: the receiver has %d tokens, but settled %d: %w", o.id, taken, o.settled, ErrAstray)
	}
	if taken > o.released {
		return fmt.Errorf("link %s: the receiver has %d tokens, but only %d were ever sent: %w", o.id, taken, o.released, ErrAstray)
	}
	if taken < o.sent {
		o.again += o.sent - taken
	}
	o.open, o.sent, o.credit = true, taken, credit
	return nil
}

// Closed says that the connection is lost: nothing is sent until [Out.Opened].
func (o *Out) Closed() { o.open = false }

// Next fills f with the next tokens, at most most of them, that are released,
// not sent yet, and within the receiver's credit. They count as sent; whoever
// can't send them calls [Out.Closed]. False means that there is nothing to
// send now. The room of f.Tokens is used again, so a caller that keeps f from
// one call to the next allocates nothing.
func (o *Out) Next(f *Frame, most int) bool {
	room := f.Tokens[:0]
	for len(room) < most {
		if !o.Show(f, most-len(room)) {
			break
		}
		room = append(room, f.Tokens...)
	}
	if len(room) == 0 {
		f.Tokens = room
		return false
	}
	f.First, f.Tokens = o.sent+1-uint64(len(room)), room
	return true
}

// Show is Next without a copy: the tokens of f are those that are held, in one
// piece, and so perhaps fewer. They are good until another method is called.
func (o *Out) Show(f *Frame, most int) bool {
	n := min(o.Unsent(), most)
	if n <= 0 {
		return false
	}
	ts := o.held.view(int(o.sent - o.settled))
	ts = ts[:min(n, len(ts))]
	f.Link, f.First, f.Tokens = o.id, o.sent+1, ts
	o.sent += uint64(len(ts))
	return true
}

// Unsent is how many tokens [Out.Next] could send now.
func (o *Out) Unsent() int {
	upto := min(o.released, o.credit)
	if !o.open || upto <= o.sent {
		return 0
	}
	return int(upto - o.sent)
}

// Credit says that the receiver has room for tokens up to that number, in all
// (not beyond those before). A smaller number than before changes nothing.
func (o *Out) Credit(upto uint64) { o.credit = max(o.credit, upto) }

// Settled says that the tokens up to that number have taken effect for good:
// they are no longer held. It returns how many that freed. [ErrAstray] means
// that the receiver settles what was not sent to it.
func (o *Out) Settled(upto uint64) (freed int, err error) {
	if upto <= o.settled {
		return 0, nil
	}
	if upto > o.sent {
		return 0, fmt.Errorf("link %s: the receiver settles %d tokens of %d sent: %w", o.id, upto, o.sent, ErrAstray)
	}
	freed = int(upto - o.settled)
	o.held.drop(freed)
	o.bytes -= o.weights.shed(freed)
	o.settled = upto
	return freed, nil
}

// Trim lets memory go that a burst has left behind.
func (o *Out) Trim() {
	o.held.trim()
	o.weights.trim()
}

// Made is the last number given.
func (o *Out) Made() uint64 { return o.made }

// Released is the last number that may be sent.
func (o *Out) Released() uint64 { return o.released }

// Sent is the last number sent on this connection.
func (o *Out) Sent() uint64 { return o.sent }

// SettledTo is the last number that took effect for good.
func (o *Out) SettledTo() uint64 { return o.settled }

// Held is how many tokens are not settled yet.
func (o *Out) Held() int { return o.held.n }

// Resent is how many tokens had to be sent anew since this end was made: they
// were on their way when a connection was lost.
func (o *Out) Resent() uint64 { return o.again }

// Oldest is when the oldest token that is held was made; with none, zero.
func (o *Out) Oldest() time.Time {
	if o.held.n == 0 {
		return time.Time{}
	}
	return o.held.at(0).Made
}

// After are the tokens after number n that are still held, for a step of the
// actor's checkpoint. They may be looked at until another method is called.
func (o *Out) After(n uint64) iter.Seq[*flow.Token] {
	return func(yield func(*flow.Token) bool) {
		for i := int(max(n, o.settled) - o.settled); i < o.held.n; i++ {
			if !yield(o.held.at(i)) {
				return
			}
		}
	}
}

// Since are copies of the tokens that [Out.After] shows; nil when there are none.
func (o *Out) Since(n uint64) []flow.Token {
	var ts []flow.Token
	for t := range o.After(n) {
		ts = append(ts, *t)
	}
	return ts
}
