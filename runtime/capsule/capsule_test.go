package capsule_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/wardflow/wardflow/runtime/capsule"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// receiving is a receiving end that notes what it settles.
type receiving struct {
	capsule.In
	settled uint64
}

func (r *receiving) Settle(upto uint64) {
	if r.In.Settle(upto) {
		r.settled = upto
	}
}

// A bed is one actor's capsule with one in-link and two out-links, the second
// of which may lie in a loop.
type bed struct {
	in   receiving
	outs [2]capsule.Out
	c    *capsule.Capsule
	sent int // tokens that in was offered
}

func newBed(t *testing.T, ck flow.Checkpoint, loop, whole bool) *bed {
	t.Helper()
	b := &bed{}
	from := capsule.Read(ck)
	b.in.In = from.In("x.out > a.in", capsule.Key("x.out > a.in", 1), 100)
	for n := range b.outs {
		var err error
		id := flow.LinkID(fmt.Sprintf("a.out > y%d.in", n))
		if b.outs[n], err = from.Out(id, capsule.Key(id, 1), 100); err != nil {
			t.Fatal(err)
		}
	}
	b.sent = int(b.in.Received())
	b.c = capsule.New(capsule.Config{Actor: "a", Epoch: ck.Epoch + 1, Whole: whole, In: []capsule.InEnd{&b.in},
		Out: []capsule.OutEnd{&b.outs[0], &b.outs[1]}, Loop: []bool{false, loop}, Start: from})
	for n := range b.outs {
		if err := b.outs[n].Opened(b.outs[n].Made(), 1000); err != nil {
			t.Fatal(err)
		}
	}
	b.c.Settle()
	return b
}

// fire takes n tokens and gives each on both out-links.
func (b *bed) fire(t *testing.T, n int) {
	t.Helper()
	b.in.Credit()
	for range n {
		b.sent++
		f := link.Frame{Link: "x.out > a.in", First: uint64(b.sent), Tokens: []flow.Token{{Value: int64(b.sent)}}}
		if _, err := b.in.Accept(&f); err != nil {
			t.Fatal(err)
		}
		tok, _ := b.in.Take()
		for o := range b.outs {
			if _, err := b.outs[o].Offer(tok); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// step makes a step that must be possible.
func (b *bed) step(t *testing.T) flow.Checkpoint {
	t.Helper()
	if !b.c.Begin() {
		t.Fatal("no step can be made")
	}
	return *b.c.Step(nil)
}

func (b *bed) land() {
	b.c.Landed()
	b.c.Land()
}

// settle is what the far end of out-link n answers.
func (b *bed) settle(t *testing.T, n int, upto uint64) {
	t.Helper()
	var f link.Frame
	for b.outs[n].Next(&f, 100) {
	}
	if _, err := b.outs[n].Settled(upto); err != nil {
		t.Fatal(err)
	}
	b.c.Settled(&b.outs[n], upto)
}

func TestNothingIsReleasedBeforeItIsKept(t *testing.T) {
	b := newBed(t, flow.Checkpoint{}, false, false)
	b.fire(t, 3)
	ck := b.step(t)
	b.fire(t, 2) // after the step: not covered
	if len(ck.Out) != 6 || ck.Taken["x.out > a.in #1"] != 3 {
		t.Errorf("the step has %d tokens and took %v, want 6 tokens of 3 firings", len(ck.Out), ck.Taken)
	}
	if got := b.outs[0].Released(); got != 0 {
		t.Errorf("%d tokens are released while the step is on its way, want none", got)
	}
	if b.c.Begin() {
		t.Error("a second step set out while the first was on its way")
	}
	b.land()
	if got := b.outs[0].Released(); got != 3 {
		t.Errorf("%d tokens are released, want the 3 that the step covers", got)
	}
}

func TestInLinksAreSettledWhenWhatTheyCausedIs(t *testing.T) {
	for _, loop := range []bool{false, true} {
		b := newBed(t, flow.Checkpoint{}, loop, false)
		for range 2 {
			b.fire(t, 2)
			b.step(t)
			b.land()
		}
		if b.in.settled != 0 {
			t.Errorf("loop %v: %d tokens are settled although nothing they caused is", loop, b.in.settled)
		}
		b.settle(t, 0, 3)
		want := map[bool]uint64{true: 2, false: 0}[loop]
		if b.in.settled != want {
			t.Errorf("loop %v: %d tokens are settled with out-link 0 at 3, want %d", loop, b.in.settled, want)
		}
		b.settle(t, 1, 4)
		if b.in.settled != 2 {
			t.Errorf("loop %v: %d tokens are settled with out-links at 3 and 4, want 2", loop, b.in.settled)
		}
		b.settle(t, 0, 4)
		if b.in.settled != 4 || b.c.Unsettled() != 0 {
			t.Errorf("loop %v: %d tokens are settled in the end, want all 4", loop, b.in.settled)
		}
	}
}

func TestUndoGoesBackToTheLastStep(t *testing.T) {
	b := newBed(t, flow.Checkpoint{}, false, false)
	b.fire(t, 2)
	b.step(t)
	b.fire(t, 3)
	b.c.Undo() // while the step is on its way
	b.land()
	if got := [3]uint64{b.in.Taken(), b.outs[0].Made(), b.outs[1].Released()}; got != [3]uint64{2, 2, 2} {
		t.Errorf("after undo: taken, made, released = %v, want 2 each", got)
	}
	if b.in.Len() != 3 {
		t.Errorf("%d tokens wait again, want 3", b.in.Len())
	}
}

func TestClosedCapsulesMakeNoSteps(t *testing.T) {
	b := newBed(t, flow.Checkpoint{}, false, false)
	b.c.Close()
	if b.c.Begin() || b.c.Flying() || !b.c.Closed() {
		t.Error("a closed capsule goes on")
	}
}

// However an actor's firings, steps, settlements, faults and restarts follow
// each other, its places agree with a model that only counts.
func TestPlacesAgreeWithCounting(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 0))
		whole, loop := rng.IntN(2) == 0, rng.IntN(2) == 0
		var kept flow.Checkpoint // whole, as a keeper has it
		b := newBed(t, kept, loop, whole)
		fired, stepped, landed := uint64(0), uint64(0), uint64(0)
		settled := [2]uint64{}
		var flying *flow.Checkpoint
		for range 60 {
			switch rng.IntN(6) {
			case 0, 1:
				if n := rng.IntN(4); fired+uint64(n)-min(settled[0], settled[1]) < 100 && b.in.Received() == b.in.Taken() {
					b.fire(t, n)
					fired += uint64(n)
				}
			case 2:
				if flying == nil {
					ck := b.step(t)
					ck.Out = slices.Clone(ck.Out)
					flying, stepped = &ck, fired
				}
			case 3:
				if flying != nil {
					kept = keep(kept, *flying)
					b.land()
					flying, landed = nil, stepped
				}
			case 4:
				n := rng.IntN(2)
				if landed > settled[n] {
					settled[n] += 1 + rng.Uint64N(landed-settled[n])
					b.settle(t, n, settled[n])
				}
			case 5: // a crash: the step may be kept or not
				if flying != nil && rng.IntN(2) == 0 {
					kept = keep(kept, *flying)
					landed = stepped
				}
				b = newBed(t, kept, loop, whole)
				fired, stepped, flying = landed, landed, nil
				for n := range settled {
					settled[n] = b.outs[n].SettledTo()
				}
			}
			if b.in.Taken() != fired || b.outs[0].Made() != fired || b.outs[1].Released() != landed {
				t.Fatalf("seed %d: taken %d, made %d, released %d; want %d, %d, %d", seed, b.in.Taken(), b.outs[0].Made(), b.outs[1].Released(), fired, fired, landed)
			}
			if b.in.settled > settled[0] || !loop && b.in.settled > settled[1] || b.in.settled > landed {
				t.Fatalf("seed %d: in-link settled to %d with out-links at %v and %d kept", seed, b.in.settled, settled, landed)
			}
			if m := min(settled[0], settled[1]); m == landed && b.in.settled < m && landed > 0 {
				t.Fatalf("seed %d: in-link settled to %d although all %d are", seed, b.in.settled, m)
			}
		}
	}
}

// keep is what a keeper of checkpoints does with a step.
func keep(old, step flow.Checkpoint) flow.Checkpoint {
	have := map[flow.LinkID]uint64{}
	for l, n := range old.Made {
		have[l] = n
	}
	all := slices.Clone(old.Out)
	for _, o := range step.Out {
		if o.Token.Seq > have[o.Link] {
			all = append(all, o)
		}
	}
	whole := flow.Checkpoint{Actor: step.Actor, Epoch: step.Epoch, Taken: map[flow.LinkID]uint64{}, Made: map[flow.LinkID]uint64{}, Settled: map[flow.LinkID]uint64{}}
	for l, n := range step.Taken {
		whole.Taken[l] = n
	}
	for l, n := range step.Made {
		whole.Made[l] = n
	}
	for l, n := range step.Settled {
		whole.Settled[l] = n
	}
	for _, o := range all {
		if o.Token.Seq > whole.Settled[o.Link] {
			whole.Out = append(whole.Out, o)
		}
	}
	return whole
}

// Ends may come and go between two steps: numbers stay with their ends, and an
// end that is gone holds up nothing.
func TestRewireMovesNumbersWithTheirEnds(t *testing.T) {
	b := newBed(t, flow.Checkpoint{}, false, false)
	b.fire(t, 4)
	b.step(t)
	b.land()
	b.settle(t, 1, 4)
	if b.in.settled != 0 {
		t.Fatal("settled before out-link 0 is")
	}
	third := capsule.Read(flow.Checkpoint{})
	out, err := third.Out("a.out > z.in", capsule.Key("a.out > z.in", 2), 100)
	if err != nil {
		t.Fatal(err)
	}
	b.c.Rewire([]capsule.InEnd{&b.in}, []capsule.OutEnd{&out, &b.outs[1]}, []bool{false, false})
	if b.in.settled != 4 {
		t.Errorf("%d tokens are settled without out-link 0, want 4", b.in.settled)
	}
	ck := b.step(t)
	if _, old := ck.Made["a.out > y0.in #1"]; old || ck.Made["a.out > y1.in #1"] != 4 {
		t.Errorf("the next step has made %v, want 4 on y1 and nothing of y0", ck.Made)
	}
	b.land()
	b.c.Settled(&b.outs[0], 100) // late, and of no importance
}
