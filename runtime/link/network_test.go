package link

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A world is one link, the two actors at its ends, and all that can go wrong
// between them: a network that loses, repeats and reorders, connections that
// break, and actors that die and start again from their last checkpoint.
type world struct {
	t    *testing.T
	rng  *rand.Rand
	seed uint64

	out *Out
	in  *In

	kept struct { // what the sender's checkpoint holds
		made, settled uint64
		outbox        []flow.Token
	}
	stored []int64 // what the receiver has committed: its effect and its place

	taken  []int64   // what the receiver has taken since its last commit
	wire   []Message // to the receiver
	back   []Message // to the sender
	given  int64
	queue  int    // the sender's own queue; 0: none
	most   uint64 // the receiver's highest place so far
	broken bool
	peace  bool // the network does no harm any more
}

// The receiver's window is the smaller, so that credit is what holds the sender.
const (
	outWindow = 29
	inWindow  = 13
)

func (w *world) check(err error) {
	// A broken connection is what the ends answer chaos with; losing track of
	// each other is what must never happen while checkpoints hold.
	if errors.Is(err, ErrOverrun) {
		w.t.Fatalf("seed %d: an honest sender went beyond its credit: %v", w.seed, err)
	}
	if err != nil {
		w.broken = true
		w.wire, w.back = nil, nil
		w.out.Closed()
	}
}

func (w *world) commitSender() {
	w.kept.made, w.kept.settled = w.out.Made(), w.out.SettledTo()
	w.kept.outbox = w.out.Since(w.out.SettledTo())
	w.out.Release(w.out.Made())
}

func (w *world) commitReceiver() {
	w.stored = append(w.stored, w.taken...)
	w.taken = nil
	if w.in.Settle(w.in.Taken()) {
		w.back = append(w.back, Message{Kind: KindSettled, Settled: w.in.SettledTo()})
	}
}

func (w *world) connect() {
	w.broken, w.wire, w.back = false, nil, nil
	w.out.Closed()
	w.check(w.out.Opened(w.in.Received(), w.in.Credit()))
	if w.broken {
		w.t.Fatalf("seed %d: the ends lost track of each other", w.seed)
	}
	w.back = append(w.back, Message{Kind: KindSettled, Settled: w.in.Taken() - uint64(len(w.taken))})
}

func (w *world) step(kind int) {
	switch kind {
	case 0:
		if _, err := w.out.Offer(flow.Token{Value: w.given + 1}); err == nil {
			w.given++
		} else if w.queue == 0 && w.out.Held() < outWindow {
			w.t.Fatalf("seed %d: full with %d tokens", w.seed, w.out.Held())
		}
	case 1:
		w.commitSender()
	case 2:
		var m Message
		if w.out.Next(&m.Frame, 1+w.rng.IntN(5)) {
			m.Kind = KindFrame
			w.wire = append(w.wire, m)
		}
	case 3: // the network delivers something, mostly the oldest
		if len(w.wire) > 0 {
			i := w.pick(len(w.wire))
			m := w.wire[i]
			if w.peace || w.rng.IntN(20) > 0 {
				w.wire = append(w.wire[:i:i], w.wire[i+1:]...)
			}
			_, err := w.in.Accept(&m.Frame)
			w.check(err)
		}
	case 4:
		if t, ok := w.in.Take(); ok {
			w.taken = append(w.taken, t.Value.(int64))
			w.most = max(w.most, w.in.Taken())
			if w.in.GrantDue() {
				w.back = append(w.back, Message{Kind: KindCredit, Credit: w.in.Credit()})
			}
		}
	case 5:
		w.commitReceiver()
	case 6:
		if len(w.back) > 0 {
			i := w.pick(len(w.back))
			m := w.back[i]
			w.back = append(w.back[:i:i], w.back[i+1:]...)
			if m.Kind == KindCredit {
				w.out.Credit(m.Credit)
			} else {
				_, err := w.out.Settled(m.Settled)
				w.check(err)
			}
		}
	}
}

func (w *world) pick(n int) int {
	if w.peace || w.rng.IntN(10) > 0 {
		return 0
	}
	return w.rng.IntN(n)
}

// misfortune does what the seven steps above don't.
func (w *world) misfortune() {
	switch w.rng.IntN(6) {
	case 0: // a frame is lost
		if len(w.wire) > 0 {
			w.wire = w.wire[1:]
		}
	case 1:
		w.connect()
	case 2: // the sender dies: what it gave since its checkpoint never happened
		out, err := RestoreOut("l", outWindow, w.kept.made, w.kept.settled, w.kept.outbox)
		if err != nil {
			w.t.Fatalf("seed %d: %v", w.seed, err)
		}
		w.out, w.given = out, int64(w.kept.made)
		w.out.Queue(w.queue)
		w.connect()
	case 3: // the receiver dies
		w.in, w.taken = RestoreIn("l", inWindow, uint64(len(w.stored))), nil
		w.connect()
	case 4: // the sender falls back to its checkpoint, and the connection stays
		w.out.Withdraw(w.kept.made)
		w.given = int64(w.kept.made)
	case 5: // so does the receiver
		w.in.Rewind(uint64(len(w.stored)))
		w.taken = nil
	}
}

// Whatever the network drops, repeats or reorders, and whoever dies when, the
// receiver stores each token once and in order, no end holds more than its
// window or its queue, and when the trouble is over everything arrives and is
// settled.
func TestLossyNetwork(t *testing.T) {
	for seed := range uint64(1500) {
		w := &world{t: t, rng: rand.New(rand.NewPCG(seed, 0)), seed: seed,
			out: NewOut("l", outWindow), in: NewIn("l", inWindow)}
		if seed%2 == 1 {
			w.queue = 1 + w.rng.IntN(6)
			w.out.Queue(w.queue)
		}
		w.connect()
		trouble := 5 + w.rng.IntN(60)
		for range 600 {
			if w.rng.IntN(trouble) == 0 {
				w.misfortune()
			}
			w.step(w.rng.IntN(7))
			if back := int(w.most - w.in.Taken()); w.out.Held() > outWindow || w.in.Len() > inWindow+back {
				t.Fatalf("seed %d: %d tokens held, %d wait; the windows are %d and %d", seed, w.out.Held(), w.in.Len(), outWindow, inWindow)
			}
			if ahead := int(w.out.Made()) - int(w.most); w.queue > 0 && ahead > w.queue+inWindow {
				t.Fatalf("seed %d: %d tokens are not taken; the queues are %d and %d", seed, ahead, w.queue, inWindow)
			}
		}
		w.connect()
		w.peace = true
		for range 5 * outWindow {
			for kind := 1; kind < 7; kind++ {
				w.step(kind)
			}
		}
		if int64(len(w.stored)) != w.given || w.out.Held() != 0 {
			t.Fatalf("seed %d: %d of %d tokens stored, %d not settled", seed, len(w.stored), w.given, w.out.Held())
		}
		for i, v := range w.stored {
			if v != int64(i+1) {
				t.Fatalf("seed %d: token %d stands at place %d", seed, v, i+1)
			}
		}
	}
}
