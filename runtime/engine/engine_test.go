package engine_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A register keeps checkpoints in memory as the real one does: steps are
// appended, what is settled is trimmed, a repeated step does no harm.
type register struct {
	mu    sync.Mutex
	whole map[flow.ActorID]flow.Checkpoint
	epoch map[flow.ActorID]uint64
	err   error         // what Commit answers while set
	block chan struct{} // Commit waits for it while set
	steps int
}

func newRegister() *register {
	return &register{whole: map[flow.ActorID]flow.Checkpoint{}, epoch: map[flow.ActorID]uint64{}}
}

func (r *register) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

func (r *register) Commit(ctx context.Context, steps []flow.Checkpoint) (stale []flow.ActorID, err error) {
	r.mu.Lock()
	block := r.block
	r.mu.Unlock()
	if block != nil {
		select {
		case <-block:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return nil, r.err
	}
	for _, s := range steps {
		if s.Epoch < r.epoch[s.Actor] {
			stale = append(stale, s.Actor)
			continue
		}
		r.steps++
		r.whole[s.Actor] = grow(r.whole[s.Actor], s)
	}
	return stale, nil
}

func grow(old, step flow.Checkpoint) flow.Checkpoint {
	out := slices.Clone(old.Out)
	for _, t := range step.Out {
		if t.Token.Seq > old.Made[t.Link] {
			out = append(out, t)
		}
	}
	step.Taken, step.Made, step.Settled = maps.Clone(step.Taken), maps.Clone(step.Made), maps.Clone(step.Settled)
	step.Out = slices.DeleteFunc(out, func(t flow.OutToken) bool { return t.Token.Seq <= step.Settled[t.Link] })
	return step
}

// claim grants the next epoch and gives the whole checkpoint.
func (r *register) claim(id flow.ActorID) (uint64, flow.Checkpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.epoch[id]++
	return r.epoch[id], r.whole[id]
}

// In a synctest bubble time is virtual: a minute passes when nothing more can
// happen without it, so sleeping here waits for no clock.

// The actors of these tests.

// source gives 1, 2, 3, … up to limit.
type source struct{ next, limit int64 }

func (s *source) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"out"}, Guard: func() bool { return s.next < s.limit },
		Fire: func(f *flow.Firing) error {
			s.next++
			f.Give(0, s.next)
			return nil
		}}}
}

func (s *source) Save() ([]byte, error) { return fmt.Appendf(nil, "%d", s.next), nil }
func (s *source) Restore(_ int, b []byte) error {
	_, err := fmt.Sscanf(string(b), "%d", &s.next)
	return err
}

// running adds up what it gets.
type running struct {
	sum  int64
	fail func(n int64) error
}

func (s *running) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		n := f.In[0].Value.(int64)
		if s.fail != nil {
			if err := s.fail(n); err != nil {
				return err
			}
		}
		s.sum += n
		f.Give(0, s.sum)
		return nil
	}}}
}

func (s *running) Save() ([]byte, error) { return fmt.Appendf(nil, "%d", s.sum), nil }
func (s *running) Restore(_ int, b []byte) error {
	_, err := fmt.Sscanf(string(b), "%d", &s.sum)
	return err
}

// disk is what a storing actor keeps: it survives the engine.
type disk struct {
	mu     sync.Mutex
	values []int64
	newest flow.Checkpoint
	full   error
	wrote  chan struct{} // told after each commit; holds one
}

func newDisk() *disk { return &disk{wrote: make(chan struct{}, 1)} }

func (d *disk) have() []int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.values)
}

// await waits until the disk holds n values.
func (d *disk) await(t *testing.T, n int) []int64 {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		if v := d.have(); len(v) >= n {
			return v
		}
		select {
		case <-d.wrote:
		case <-deadline:
			t.Fatalf("after 20 s the store has %d values, want %d", len(d.have()), n)
		}
	}
}

// storing writes what it gets to its disk, with its checkpoint.
type storing struct {
	d    *disk
	left []int64
}

func (s *storing) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Fire: func(f *flow.Firing) error {
		s.left = append(s.left, f.In[0].Value.(int64))
		return nil
	}}}
}

func (s *storing) Commit(_ context.Context, c flow.Checkpoint) error {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	if s.d.full != nil {
		return s.d.full
	}
	if c.Epoch < s.d.newest.Epoch {
		return flow.ErrStale
	}
	s.d.values = append(s.d.values, s.left...)
	s.d.newest = c
	s.left = nil
	select {
	case s.d.wrote <- struct{}{}:
	default:
	}
	return nil
}

func (s *storing) Newest(context.Context) (flow.Checkpoint, error) {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	return s.d.newest, nil
}

// A bench is a chain a.out > b.in, b.out > c.in of source, running sum and
// store on one engine.
type bench struct {
	t     *testing.T
	reg   *register
	disk  *disk
	limit int64
	fail  func(int64) error
	judge func(flow.Link) error
	eng   *engine.Engine

	mu     sync.Mutex
	events []engine.Event
}

var chain = []flow.Link{
	{From: flow.Endpoint{Actor: "app:a", Port: "out"}, To: flow.Endpoint{Actor: "app:b", Port: "in"}},
	{From: flow.Endpoint{Actor: "app:b", Port: "out"}, To: flow.Endpoint{Actor: "app:c", Port: "in"}},
}

func (b *bench) start() {
	b.t.Helper()
	types := flow.Types{
		"test.Source": {New: func(map[string]flow.Value) (flow.Actor, error) { return &source{limit: b.limit}, nil }},
		"test.Sum":    {Spec: flow.Spec{Fault: flow.FaultRetry}, New: func(map[string]flow.Value) (flow.Actor, error) { return &running{fail: b.fail}, nil }},
		"test.Store":  {New: func(map[string]flow.Value) (flow.Actor, error) { return &storing{d: b.disk}, nil }},
	}
	eng, err := engine.New(engine.Config{Types: types, Checkpoints: b.reg, Window: 32,
		Judge: func(l flow.Link, _, _ flow.Signer) (from, to flow.Identity, err error) {
			if b.judge != nil {
				err = b.judge(l)
			}
			return flow.Identity{URI: "spiffe://test/" + string(l.From.Actor)}, flow.Identity{URI: "spiffe://test/" + string(l.To.Actor)}, err
		},
		Event: func(e engine.Event) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.events = append(b.events, e)
		}})
	if err != nil {
		b.t.Fatal(err)
	}
	b.eng = eng
	b.activate("app:a", "test.Source", nil, chain[:1])
	b.activate("app:b", "test.Sum", chain[:1], chain[1:])
	b.activate("app:c", "test.Store", chain[1:], nil)
}

func (b *bench) activate(id flow.ActorID, typ string, in, out []flow.Link) {
	b.t.Helper()
	epoch, ck := b.reg.claim(id)
	err := b.eng.Start(b.t.Context(), engine.Activation{Actor: flow.Node{ID: id, Type: typ}, Epoch: epoch, Checkpoint: ck, In: in, Out: out})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) saw(what string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.events, func(e engine.Event) bool { return e.What == what })
}

// sums are the first n running sums.
func sums(n int) []int64 {
	var v []int64
	for i := range int64(n) {
		v = append(v, (i+1)*(i+2)/2)
	}
	return v
}

func TestTokensReachTheStoreInOrder(t *testing.T) {
	b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 500}
	b.start()
	got := b.disk.await(t, 500)
	if err := b.eng.Close(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, sums(500)) {
		t.Fatalf("the store has %v …, want the running sums in order", got[:min(len(got), 12)])
	}
}

// Without a register nothing leaves an actor, and nothing is lost when it is
// there again.
func TestNothingIsReleasedBeforeItsCheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 100}
		b.reg.fail(errors.New("no leader"))
		b.start()
		time.Sleep(time.Minute) // virtual: everything that could move has moved
		synctest.Wait()
		if got := b.disk.have(); len(got) != 0 {
			t.Fatalf("the store has %v although no checkpoint was kept", got)
		}
		b.reg.fail(nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := b.disk.have(); !slices.Equal(got, sums(100)) {
			t.Fatalf("after the register came back the store has %d values, want 100 in order", len(got))
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// A full disk holds tokens up, through the windows, back to the source.
func TestBackpressureReachesTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 10_000}
		b.start()
		b.disk.mu.Lock()
		b.disk.full = errors.New("disk full")
		b.disk.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		_, links := b.eng.Stats()
		for _, l := range links {
			if l.Held > l.Window {
				t.Errorf("link %s holds %d tokens, its window is %d", l.ID, l.Held, l.Window)
			}
		}
		b.disk.mu.Lock()
		b.disk.full = nil
		b.disk.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := len(b.disk.have()); got != 10_000 {
			t.Errorf("with room again the store has %d values, want 10000", got)
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// However often the engine dies, each token takes effect at the store once and
// in order: a crash is an engine that is left behind, cut off from its register
// and its disk by the next epoch.
func TestCrashesLoseAndRepeatNothing(t *testing.T) {
	for crashes := range 6 {
		t.Run(fmt.Sprint(crashes), func(t *testing.T) {
			b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 2000}
			for i := range crashes {
				b.start()
				b.disk.await(t, (i+1)*200)
				left := b.eng
				t.Cleanup(func() { left.Close() })
			}
			b.start()
			got := b.disk.await(t, 2000)
			if err := b.eng.Close(); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, sums(2000)) {
				t.Fatalf("after %d crashes the store has %d values, want the 2000 running sums in order", crashes, len(got))
			}
		})
	}
}

// A firing that fails has not happened: its token waits and is offered again.
func TestAFaultKeepsTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := 0
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 20}
		b.fail = func(n int64) error {
			if n == 7 && failed < 3 {
				failed++
				if failed == 2 {
					panic("a bug in the actor")
				}
				return errors.New("seven is unlucky")
			}
			return nil
		}
		b.start()
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := b.disk.have(); !slices.Equal(got, sums(20)) {
			t.Fatalf("the store has %v, want all 20 running sums", got)
		}
		actors, _ := b.eng.Stats()
		for _, a := range actors {
			if a.ID == "app:b" && (a.Errors != 3 || a.State != engine.Running) {
				t.Errorf("b has %d errors and is %s, want 3 and running", a.Errors, a.State)
			}
		}
		if !b.saw("faulted") {
			t.Error("no event told of the fault")
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// ErrLater is no fault: the token waits for what is missing.
func TestLaterIsNoFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ready atomic.Bool
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 5}
		b.fail = func(int64) error {
			if !ready.Load() {
				return fmt.Errorf("the rules are not known: %w", flow.ErrLater)
			}
			return nil
		}
		b.start()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		actors, _ := b.eng.Stats()
		if actors[1].State != engine.Waiting || actors[1].Errors != 0 {
			t.Errorf("b is %s with %d errors, want waiting with none", actors[1].State, actors[1].Errors)
		}
		ready.Store(true)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := b.disk.have(); !slices.Equal(got, sums(5)) {
			t.Errorf("the store has %v, want 5 running sums", got)
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestARefusedLinkCarriesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 5}
		b.judge = func(l flow.Link) error {
			if l == chain[0] {
				return errors.New("certificate of another root")
			}
			return nil
		}
		b.start()
		time.Sleep(time.Second)
		synctest.Wait()
		if got := b.disk.have(); len(got) != 0 {
			t.Errorf("the store has %v over a refused link", got)
		}
		_, links := b.eng.Stats()
		for _, l := range links {
			if l.ID == chain[0].ID() && (l.Up || l.Refused != "certificate of another root") {
				t.Errorf("link %s: up %v, refused %q", l.ID, l.Up, l.Refused)
			}
		}
		if !b.saw("link refused") {
			t.Error("no event told of the refusal")
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// A source is settled only when what it caused is stored.
func TestSettledMeansStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, reg: newRegister(), disk: newDisk(), limit: 10}
		b.start()
		time.Sleep(time.Second)
		synctest.Wait()
		_, links := b.eng.Stats()
		for _, l := range links {
			if l.Held != 0 {
				t.Errorf("link %s (sender %v) still holds %d tokens although all are stored", l.ID, l.Out, l.Held)
			}
		}
		if err := b.eng.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestLoops(t *testing.T) {
	link := func(from, to string) flow.Link {
		return flow.Link{From: flow.Endpoint{Actor: flow.ActorID(from), Port: "o"}, To: flow.Endpoint{Actor: flow.ActorID(to), Port: "i"}}
	}
	g := &flow.Graph{Actors: []flow.Node{{ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "d"}},
		Links: []flow.Link{link("a", "b"), link("b", "c"), link("c", "b"), link("c", "d"), link("d", "d")}}
	got := slices.Sorted(maps.Keys(engine.Loops(g)))
	want := []flow.LinkID{"b.o > c.i", "c.o > b.i", "d.o > d.i"}
	if !slices.Equal(got, want) {
		t.Fatalf("Loops = %v, want %v", got, want)
	}
}
