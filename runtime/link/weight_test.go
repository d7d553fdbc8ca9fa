package link_test

import (
	"errors"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// some are n tokens with nothing in them, and what they weigh each.
func some(n int, weight int32) (ts []flow.Token, weights []int32) {
	for range n {
		ts, weights = append(ts, flow.Token{}), append(weights, weight)
	}
	return ts, weights
}

// A sender has no room once what it holds has reached the limit of bytes, and
// has it again when enough of that is settled or withdrawn.
func TestSendersAreBoundByBytes(t *testing.T) {
	out := link.NewOut("a.out > b.in", 1000)
	out.Limit(100)
	out.OfferAll(some(9, 11)) // 99 bytes
	if out.Room() == 0 || out.Bytes() != 99 {
		t.Fatalf("with %d of 100 bytes held there is room for %d tokens", out.Bytes(), out.Room())
	}
	out.OfferAll(some(5, 30)) // the caller has seen room
	if _, err := out.Offer(flow.Token{}); out.Room() != 0 || !errors.Is(err, link.ErrFull) {
		t.Errorf("with %d bytes held there is room for %d, and Offer says %v", out.Bytes(), out.Room(), err)
	}
	out.Release(9)
	out.Withdraw(10)
	if out.Bytes() != 129 {
		t.Errorf("with four tokens of 30 bytes withdrawn %d bytes are held, want 129", out.Bytes())
	}
	if err := out.Opened(0, 9); err != nil {
		t.Fatal(err)
	}
	var f link.Frame
	out.Next(&f, 100)
	if _, err := out.Settled(9); err != nil {
		t.Fatal(err)
	}
	if out.Bytes() != 30 || out.Room() != 999 {
		t.Errorf("with nine settled %d bytes are held with room for %d, want 30 and 999", out.Bytes(), out.Room())
	}
}

// What a restored sender holds weighs what it weighs in a checkpoint, about.
func TestRestoredTokensWeigh(t *testing.T) {
	out, err := link.RestoreOut("a.out > b.in", 10, 1, 0, []flow.Token{{Seq: 1, Value: string(make([]byte, 1000))}})
	if err != nil {
		t.Fatal(err)
	}
	if out.Bytes() < 1000 || out.Bytes() > 1100 {
		t.Errorf("a token of 1000 bytes weighs %d", out.Bytes())
	}
}

// A receiver takes no more bytes than it has bound itself to, whatever credit
// in tokens it gave.
func TestReceiversAreBoundByBytes(t *testing.T) {
	in := link.NewIn("a.out > b.in", 1000)
	in.Limit(100)
	in.Credit()
	accept := func(n int, weight int32) error {
		ts, weights := some(n, weight)
		_, err := in.AcceptOf(&link.Frame{Link: in.ID(), First: in.Received() + 1, Tokens: ts}, weights)
		return err
	}
	if _, err := in.Accept(&link.Frame{Link: in.ID(), First: 1, Tokens: make([]flow.Token, 7)}); err != nil {
		t.Fatal(err) // of this node: not weighed
	}
	if err := accept(10, 10); err != nil {
		t.Fatal(err)
	}
	if err := accept(1, 1); !errors.Is(err, link.ErrOverrun) || in.Received() != 17 {
		t.Errorf("beyond the limit: %v with %d tokens here, want %v and 17", err, in.Received(), link.ErrOverrun)
	}
	in.TakeAll(17)
	in.Forget(8)
	if err := accept(2, 10); !errors.Is(err, link.ErrOverrun) {
		t.Errorf("with one weighed token forgotten: %v, want %v for two", err, link.ErrOverrun)
	}
	if err := accept(1, 10); err != nil {
		t.Error(err)
	}
	in.Forget(17)
	if err := accept(9, 10); err != nil {
		t.Error(err)
	}
}

// A window may be widened and narrowed; what was granted stays granted.
func TestWiden(t *testing.T) {
	in := link.NewIn("a.out > b.in", 4)
	if got := in.Credit(); got != 4 {
		t.Fatalf("credit %d, want 4", got)
	}
	in.Widen(100)
	if got := in.Credit(); got != 100 {
		t.Errorf("credit %d with a window of 100", got)
	}
	in.Widen(4)
	if got := in.Credit(); got != 100 {
		t.Errorf("credit %d, but 100 were granted", got)
	}
}
