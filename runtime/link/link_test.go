package link_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

func ExampleOut_Offer() {
	out := link.NewOut("ecg.out > alarm.in", 1)
	n, _ := out.Offer(flow.Token{Value: int64(72)})
	_, err := out.Offer(flow.Token{Value: int64(73)})
	fmt.Println(n, err)
	// Output: 1 link window is full
}

// The two ends joined by hand, as the engine does for actors of one node.
func Example() {
	out, in := link.NewOut("ecg.out > alarm.in", 4), link.NewIn("ecg.out > alarm.in", 4)
	out.Opened(in.Received(), in.Credit())

	out.Offer(flow.Token{Value: int64(72)})
	out.Release(out.Made()) // once the sender's checkpoint is committed

	var f link.Frame
	for out.Next(&f, 64) {
		in.Accept(&f)
	}
	tok, _ := in.Take()
	in.Settle(in.Taken()) // once the receiver's checkpoint is committed
	freed, _ := out.Settled(in.SettledTo())
	fmt.Println(tok.Seq, tok.Value, freed)
	// Output: 1 72 1
}

func TestOutSendsOnlyWhatItMay(t *testing.T) {
	out := link.NewOut("l", 8)
	var f link.Frame
	for i := range 6 {
		out.Offer(flow.Token{Value: int64(i)})
	}
	if out.Next(&f, 64) {
		t.Fatalf("sent %d tokens before the link was open", len(f.Tokens))
	}
	out.Opened(0, 3)
	if out.Next(&f, 64) {
		t.Fatalf("sent %d tokens before they were released", len(f.Tokens))
	}
	out.Release(5)
	for _, want := range []struct {
		most, n int
		first   uint64
	}{{2, 2, 1}, {2, 1, 3}} {
		if !out.Next(&f, want.most) || len(f.Tokens) != want.n || f.First != want.first {
			t.Fatalf("frame of %d tokens from %d, want %d from %d", len(f.Tokens), f.First, want.n, want.first)
		}
	}
	if out.Next(&f, 64) {
		t.Fatalf("sent token %d beyond the credit", f.First)
	}
	out.Credit(100)
	if !out.Next(&f, 64) || f.First != 4 || len(f.Tokens) != 2 {
		t.Fatalf("frame of %d tokens from %d, want the 2 released ones from 4", len(f.Tokens), f.First)
	}
	out.Closed()
	out.Release(6)
	if out.Next(&f, 64) {
		t.Fatal("sent on a closed link")
	}
	if ts := out.Since(4); len(ts) != 2 || ts[0].Seq != 5 {
		t.Fatalf("Since(4) = %v, want tokens 5 and 6", ts)
	}
}

// Calvin's two queues: a link with n on its out-port and m on its in-port holds
// at most n+m tokens that the receiver has not taken.
func TestQueuesOfBothPorts(t *testing.T) {
	for _, tt := range []struct{ out, in, want int }{{4, 4, 8}, {2, 3, 5}, {1, 1, 2}, {0, 3, 64}} {
		out, in := link.NewOut("l", 64), link.NewIn("l", tt.in)
		out.Queue(tt.out)
		out.Opened(in.Received(), in.Credit())
		fill := func() (n int) {
			var f link.Frame
			for out.Room() > 0 {
				if _, err := out.Offer(flow.Token{}); err != nil {
					t.Fatal(err)
				}
				n++
			}
			out.Release(out.Made())
			for out.Next(&f, 64) {
				in.Accept(&f)
			}
			return n
		}
		if n := fill(); n != tt.want || in.Len() != tt.in {
			t.Errorf("queues %d and %d took %d tokens with %d at the receiver, want %d and %d", tt.out, tt.in, n, in.Len(), tt.want, tt.in)
		}
		in.Take()
		out.Credit(in.Credit())
		if n := fill(); tt.out > 0 && n != 1 {
			t.Errorf("queues %d and %d took %d tokens after one was taken, want 1", tt.out, tt.in, n)
		}
	}
}

// What was taken since the last checkpoint can be given back, and what was
// given since then taken back.
func TestFallingBack(t *testing.T) {
	out, in := link.NewOut("l", 8), link.NewIn("l", 8)
	out.Opened(in.Received(), in.Credit())
	for i := range 5 {
		out.Offer(flow.Token{Value: int64(i + 1)})
	}
	out.Release(3)
	out.Withdraw(3)
	if n, _ := out.Offer(flow.Token{Value: int64(40)}); n != 4 || out.Held() != 4 {
		t.Fatalf("after Withdraw(3) the next token is number %d of %d held, want 4 of 4", n, out.Held())
	}
	var f link.Frame
	out.Next(&f, 64)
	in.Accept(&f)
	in.Take()
	in.Forget(in.Taken())
	in.TakeAll(2)
	if in.Len() != 0 || in.Waiting() != nil {
		t.Fatalf("%d tokens wait, want none", in.Len())
	}
	in.Rewind(1)
	if w := in.Waiting(); in.Len() != 2 || len(w) != 2 || w[0].Value != int64(2) {
		t.Fatalf("after Rewind(1) %v wait, want tokens 2 and 3", w)
	}
}

func TestOpenedAstray(t *testing.T) {
	out := link.NewOut("l", 8)
	for range 4 {
		out.Offer(flow.Token{})
	}
	out.Release(3)
	if err := out.Opened(4, 9); !errors.Is(err, link.ErrAstray) {
		t.Fatalf("the receiver has what was not released: %v, want ErrAstray", err)
	}
	if err := out.Opened(3, 9); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Settled(4); !errors.Is(err, link.ErrAstray) {
		t.Fatalf("the receiver settles what was not sent: %v, want ErrAstray", err)
	}
	if n, err := out.Settled(2); n != 2 || err != nil {
		t.Fatalf("Settled(2) = %d, %v", n, err)
	}
	if err := out.Opened(1, 9); !errors.Is(err, link.ErrAstray) {
		t.Fatalf("the receiver has forgotten what it settled: %v, want ErrAstray", err)
	}
	var f link.Frame
	if out.Next(&f, 1) {
		t.Fatal("sent on a link that is astray")
	}
}

func TestAcceptRefuses(t *testing.T) {
	ts := func(n int) []flow.Token { return make([]flow.Token, n) }
	for _, tt := range []struct {
		name  string
		frame link.Frame
		want  error
	}{
		{"a gap", link.Frame{Link: "l", First: 4, Tokens: ts(1)}, link.ErrGap},
		{"number 0", link.Frame{Link: "l", First: 0, Tokens: ts(3)}, link.ErrGap},
		{"numbers that wrap around", link.Frame{Link: "l", First: 1<<64 - 1, Tokens: ts(3)}, link.ErrGap},
		{"more than granted", link.Frame{Link: "l", First: 3, Tokens: ts(5)}, link.ErrOverrun},
		{"another link's frame", link.Frame{Link: "m", First: 3, Tokens: ts(1)}, link.ErrAstray},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := link.NewIn("l", 6)
			in.Credit()
			if n, err := in.Accept(&link.Frame{Link: "l", First: 1, Tokens: ts(2)}); n != 2 || err != nil {
				t.Fatalf("Accept = %d, %v", n, err)
			}
			if n, err := in.Accept(&tt.frame); n != 0 || !errors.Is(err, tt.want) {
				t.Fatalf("Accept = %d, %v; want %v", n, err, tt.want)
			}
			if in.Len() != 2 || in.Received() != 2 {
				t.Fatalf("%d tokens wait, %d received; want the 2 from before", in.Len(), in.Received())
			}
		})
	}
}

func TestAcceptDropsWhatItHas(t *testing.T) {
	in := link.NewIn("l", 6)
	in.Credit()
	in.Accept(&link.Frame{Link: "l", First: 1, Tokens: []flow.Token{{Value: int64(1)}, {Value: int64(2)}}})
	n, err := in.Accept(&link.Frame{Link: "l", First: 2, Tokens: []flow.Token{{Value: int64(2)}, {Value: int64(3)}}})
	if n != 1 || err != nil {
		t.Fatalf("Accept = %d, %v; want the one new token", n, err)
	}
	for want := int64(1); want <= 3; want++ {
		if tok, ok := in.Take(); !ok || tok.Value != want || tok.Seq != uint64(want) {
			t.Fatalf("Take = %v, %v; want %d", tok, ok, want)
		}
	}
	if !in.GrantDue() {
		t.Fatal("half the window is taken, but no grant is due")
	}
	if in.Credit() != 9 || in.GrantDue() {
		t.Fatalf("credit is not 9, or still due once granted")
	}
}

func TestRestoreOutRefuses(t *testing.T) {
	for _, tt := range []struct {
		name          string
		made, settled uint64
		outbox        []flow.Token
	}{
		{"settled beyond made", 2, 3, nil},
		{"a token short", 5, 3, []flow.Token{{Seq: 4}}},
		{"wrong numbers", 5, 3, []flow.Token{{Seq: 4}, {Seq: 6}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := link.RestoreOut("l", 8, tt.made, tt.settled, tt.outbox); err == nil {
				t.Fatal("restored a broken checkpoint")
			}
		})
	}
	out, err := link.RestoreOut("l", 1, 5, 3, []flow.Token{{Seq: 4}, {Seq: 5}})
	if err != nil || out.Room() != 0 {
		t.Fatalf("RestoreOut beyond the window: room %d, %v; want it taken, with no room", out.Room(), err)
	}
}

// One token through both ends: offer, release, frame, take, settle.
func BenchmarkHop(b *testing.B) {
	out, in := link.NewOut("l", 1024), link.NewIn("l", 1024)
	out.Opened(0, in.Credit())
	tok := flow.Token{Source: "a:b", Value: "72"}
	var f link.Frame
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		out.Offer(tok)
		if i%64 != 63 {
			continue
		}
		out.Release(out.Made())
		for out.Next(&f, 64) {
			in.Accept(&f)
		}
		for in.Len() > 0 {
			in.Take()
		}
		if in.GrantDue() {
			out.Credit(in.Credit())
		}
		in.Settle(in.Taken())
		out.Settled(in.Taken())
	}
}
