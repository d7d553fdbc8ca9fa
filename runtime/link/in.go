package link

import (
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// ErrGap reports a frame that leaves out tokens. The connection is broken:
// close it, and the sender resumes at the right place.
var ErrGap = errors.New("tokens are missing")

// ErrOverrun reports a frame beyond the granted credit: the sender breaks the
// protocol. Close the connection.
var ErrOverrun = errors.New("more tokens than were granted")

// An In is the receiver's end of a link. It is not safe for concurrent use.
type In struct {
	id     flow.LinkID
	window int
	queue  ring[flow.Token] // tokens forgotten+1 … received

	weights weights // of the oldest tokens of queue, as far as they were weighed
	bytes   int     // their sum
	limit   int     // that it may not exceed; 0: none

	forgotten uint64 // last number that is not kept any more
	taken     uint64 // last number the actor has taken
	granted   uint64 // last number the sender may send
	settled   uint64 // last number that took effect for good
}

// NewIn makes the receiving end of a new link, with room for window tokens
// (a count, not bytes; at least 1).
func NewIn(id flow.LinkID, window int) *In { return RestoreIn(id, window, 0) }

// RestoreIn makes the receiving end of a link as a committed checkpoint left
// it: the actor has taken the tokens up to that number, and none waits.
func RestoreIn(id flow.LinkID, window int, taken uint64) *In {
	if window < 1 {
		panic(fmt.Sprintf("link: window of %d tokens", window))
	}
	return &In{id: id, window: window, forgotten: taken, taken: taken, granted: taken}
}

// Widen sets the window for the grants to come. What was granted is not taken
// back.
func (in *In) Widen(window int) {
	if window < 1 {
		panic(fmt.Sprintf("link: window of %d tokens", window))
	}
	in.window = window
}

// ID is the link's name.
func (in *In) ID() flow.LinkID { return in.id }

// Limit bounds the bytes of tokens that were weighed and are not forgotten: it is
// for senders of other nodes, which are to hold less ([Out.Limit]), and might not
// keep to it. 0, as in the beginning, is no bound.
func (in *In) Limit(bytes int) { in.limit = bytes }

// Accept queues the tokens of f that come next, copying them, and returns how
// many those are. Tokens seen before are dropped. A frame that leaves some out
// ([ErrGap]) or goes beyond the credit ([ErrOverrun]) queues nothing.
func (in *In) Accept(f *Frame) (n int, err error) { return in.AcceptOf(f, nil) }

// AcceptOf is [In.Accept] with what the tokens of f weigh, one number of bytes
// each; nil: nothing. A frame that goes beyond the limit is [ErrOverrun].
func (in *In) AcceptOf(f *Frame, weights []int32) (n int, err error) {
	received := in.Received()
	last := f.First + uint64(len(f.Tokens)) - 1
	switch {
	case f.Link != in.id:
		return 0, fmt.Errorf("link %s: a frame of link %s: %w", in.id, f.Link, ErrAstray)
	case len(f.Tokens) == 0:
		return 0, nil
	case f.First == 0 || last < f.First:
		return 0, fmt.Errorf("link %s: %d tokens from number %d: %w", in.id, len(f.Tokens), f.First, ErrGap)
	case f.First > received+1:
		return 0, fmt.Errorf("link %s: token %d after %d: %w", in.id, f.First, received, ErrGap)
	case last > in.granted:
		return 0, fmt.Errorf("link %s: token %d, room up to %d: %w", in.id, last, in.granted, ErrOverrun)
	}
	if last <= received {
		return 0, nil
	}
	fresh := f.Tokens[received+1-f.First:]
	if weights != nil {
		if err := in.weigh(weights[received+1-f.First:]); err != nil {
			return 0, err
		}
	}
	one, two := in.queue.pushAll(fresh)
	for i := range one {
		one[i].Seq = received + 1 + uint64(i)
	}
	for i := range two {
		two[i].Seq = received + 1 + uint64(len(one)+i)
	}
	return len(fresh), nil
}

// weigh adds the weights of tokens that come next.
func (in *In) weigh(weights []int32) error {
	sum := 0
	for _, w := range weights {
		sum += int(w)
	}
	if in.limit > 0 && in.bytes+sum > in.limit {
		return fmt.Errorf("link %s: %d bytes of tokens, at most %d may be here: %w", in.id, in.bytes+sum, in.limit, ErrOverrun)
	}
	for in.weights.n < in.queue.n {
		in.weights.push() // 0: those came without
	}
	in.weights.pushAll(weights)
	in.bytes += sum
	return nil
}

// Trim lets memory go that a burst has left behind.
func (in *In) Trim() {
	in.queue.trim()
	in.weights.trim()
}

// Len is how many tokens wait.
func (in *In) Len() int { return in.queue.n - in.undo() }

// undo is how many tokens are taken, but not forgotten.
func (in *In) undo() int { return int(in.taken - in.forgotten) }

// Peek is the oldest token that waits, if there is one.
func (in *In) Peek() (flow.Token, bool) {
	if in.Len() == 0 {
		return flow.Token{}, false
	}
	return *in.queue.at(in.undo()), true
}

// Waiting are the oldest tokens that wait, perhaps not all: nil when none does.
// They may be read, also without the lock that guards In, until they are
// forgotten; so an actor looks once and takes many.
func (in *In) Waiting() []flow.Token { return in.queue.view(in.undo()) }

// Take is Peek that takes the token.
func (in *In) Take() (flow.Token, bool) {
	t, ok := in.Peek()
	if ok {
		in.taken++
	}
	return t, ok
}

// TakeAll takes the n oldest tokens. Taking more than wait is a bug and panics.
func (in *In) TakeAll(n int) {
	if n > in.Len() {
		panic(fmt.Sprintf("link %s: take %d tokens of %d", in.id, n, in.Len()))
	}
	in.taken += uint64(n)
}

// Forget says that the tokens taken up to that number will not be asked for
// again. Until then, or until they are settled, [In.Rewind] can.
func (in *In) Forget(upto uint64) {
	if upto = min(upto, in.taken); upto > in.forgotten {
		in.queue.drop(int(upto - in.forgotten))
		in.bytes -= in.weights.shed(int(upto - in.forgotten))
		in.forgotten = upto
	}
}

// Rewind gives back the tokens taken after number n, as the firings that took
// them have not happened: they wait again. Rewinding to what is forgotten is a
// bug and panics.
func (in *In) Rewind(n uint64) {
	if n < in.forgotten || n > in.taken {
		panic(fmt.Sprintf("link %s: rewind to %d with %d taken and those up to %d forgotten", in.id, n, in.taken, in.forgotten))
	}
	in.taken = n
}

// Taken is the last number the actor has taken: its place, for a checkpoint.
func (in *In) Taken() uint64 { return in.taken }

// Received is the last number that is here, taken or waiting: where a sender
// that opens the link again goes on.
func (in *In) Received() uint64 { return in.forgotten + uint64(in.queue.n) }

// Credit is what to grant now, the number of the last token there is room for.
// Whoever calls it sends it: it counts as granted, and is not taken back.
func (in *In) Credit() uint64 {
	in.granted = max(in.granted, in.taken+uint64(in.window))
	return in.granted
}

// GrantDue reports whether a quarter of the window has been taken since the
// last grant, so that a new one is worth a message.
func (in *In) GrantDue() bool {
	return in.taken+uint64(in.window) >= in.granted+uint64(max(1, in.window/4))
}

// Settle says that the tokens up to that number have taken effect for good. It
// reports whether that is news, and so a message to the sender. Settling what
// was not taken is a bug and panics.
func (in *In) Settle(upto uint64) bool {
	if upto > in.taken {
		panic(fmt.Sprintf("link %s: settle %d tokens of %d taken", in.id, upto, in.taken))
	}
	if upto <= in.settled {
		return false
	}
	in.settled = upto
	in.Forget(upto)
	return true
}

// SettledTo is the last number settled since the actor was made or restored.
func (in *In) SettledTo() uint64 { return in.settled }
