package engine_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
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
	deadline := time.After(5 * time.Minute)
	for {
		if v := d.have(); len(v) >= n {
			return v
		}
		select {
		case <-d.wrote:
		case <-deadline:
			t.Fatalf("after five minutes the store has %d values, want %d", len(d.have()), n)
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

func (s *storing) Fence(_ context.Context, epoch uint64) (flow.Checkpoint, error) {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	if epoch < s.d.newest.Epoch {
		return flow.Checkpoint{}, flow.ErrStale
	}
	s.d.newest.Epoch = epoch
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
