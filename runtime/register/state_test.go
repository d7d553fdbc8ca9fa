package register

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An instance is an actor as it runs on one node, as the engine would have it.
type instance struct {
	actor flow.ActorID
	node  flow.NodeID
	epoch uint64
	made  uint64           // given so far
	safe  uint64           // of these, told to be committed
	vals  map[uint64]int64 // what was given under each number
	done  uint64           // settled
	dead  bool             // told to be stale
}

// Nodes claim actors and commit, requests and answers are lost, old requests
// come late, plans move actors, the voter restarts from a snapshot. Whatever
// happens: under one number of a link there is one content for ever, no number
// is missing, what a node was told is kept stays, and only the newest activation
// commits.
func TestFencing(t *testing.T) {
	for seed := range uint64(60) {
		w := newHistory(t, seed)
		for range 400 {
			w.event()
			w.check()
		}
		if t.Failed() {
			return
		}
	}
}

type history struct {
	t    *testing.T
	seed uint64
	rng  *rand.Rand
	s    *state
	at   uint64 // index
	seq  map[flow.NodeID]uint64

	live  []*instance
	sent  [][]byte                          // commits and claims, to come late
	ever  map[flow.ActorID]map[uint64]int64 // by number: the content first kept
	acked map[flow.ActorID]uint64
	high  map[flow.ActorID]uint64 // epoch
}

var (
	someActors = []flow.ActorID{"ward:sum", "ward:log"}
	someNodes  = []flow.NodeID{"a", "b", "c"}
)

func newHistory(t *testing.T, seed uint64) *history {
	w := &history{t: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 0)), s: newState(), seq: map[flow.NodeID]uint64{},
		ever: map[flow.ActorID]map[uint64]int64{}, acked: map[flow.ActorID]uint64{}, high: map[flow.ActorID]uint64{}}
	for _, a := range someActors {
		w.ever[a] = map[uint64]int64{}
	}
	w.do(putApp{ward("source")})
	w.plan()
	return w
}

func (w *history) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("seed %d, entry %d: %s", w.seed, w.at, fmt.Sprintf(format, args...))
}

// do carries a command out the way of the log: as bytes.
func (w *history) do(c command) result {
	b, err := encodeCommand(c)
	if err != nil {
		w.t.Fatal(err)
	}
	switch c.(type) {
	case commit, claim:
		w.sent = append(w.sent, b)
	}
	return w.replay(b)
}

func (w *history) replay(b []byte) result {
	c, err := decodeCommand(b)
	if err != nil {
		w.t.Fatal(err)
	}
	w.at++
	return w.s.apply(w.at, c)
}

func (w *history) plan() {
	p := putPlan{App: "ward"}
	for _, a := range someActors {
		p.Placements = append(p.Placements, flow.Placement{Actor: a, Node: someNodes[w.rng.IntN(3)]})
	}
	w.do(p)
}

func (w *history) event() {
	switch n := w.rng.IntN(20); {
	case n == 0:
		w.plan()
	case n == 1:
		var b bytes.Buffer
		if err := w.s.writeTo(&b); err != nil {
			w.t.Fatal(err)
		}
		first := slices.Clone(b.Bytes())
		s, err := readState(&b)
		if err != nil {
			w.t.Fatal(err)
		}
		var again bytes.Buffer
		s.writeTo(&again)
		if !bytes.Equal(first, again.Bytes()) {
			w.fail("a snapshot of what a snapshot was restored to differs")
		}
		w.s = s
	case n == 2 && len(w.sent) > 0:
		w.replay(w.sent[w.rng.IntN(len(w.sent))])
	case n < 6:
		w.claim()
	case len(w.live) > 0:
		w.commit(w.live[w.rng.IntN(len(w.live))])
	}
}

func (w *history) claim() {
	actor, node := someActors[w.rng.IntN(2)], someNodes[w.rng.IntN(3)]
	before := w.s.actors[actor].place
	seen := before.Epoch
	if w.rng.IntN(4) == 0 && seen > 0 {
		seen-- // a View that lags
	}
	r := w.do(claim{Actor: actor, Node: node, Seen: seen, Nonce: w.rng.Uint64()})
	if (r.Fault == faultNone) != (before.Node == node && before.Epoch == seen) {
		w.fail("claim of %s by %s at epoch %d of %+v: %+v", actor, node, seen, before, r)
	}
	if r.Fault != faultNone || w.rng.IntN(3) == 0 { // the answer may be lost
		return
	}
	c, _, err := flow.ReadCheckpoint(r.Checkpoint)
	if err != nil || c.Epoch != r.Epoch {
		w.fail("claim answered with epoch %d, %v, want %d", c.Epoch, err, r.Epoch)
	}
	in := &instance{actor: actor, node: node, epoch: c.Epoch, made: c.Made[link], safe: c.Made[link],
		done: c.Settled[link], vals: map[uint64]int64{}}
	for _, o := range c.Out {
		in.vals[o.Token.Seq] = o.Token.Value.(int64)
	}
	w.live = append(w.live, in)
}

func (w *history) commit(in *instance) {
	for range w.rng.IntN(3) {
		in.made++
		in.vals[in.made] = w.rng.Int64() // never the same twice: actors need not be deterministic
	}
	if w.rng.IntN(2) == 0 && in.safe > in.done {
		in.done += w.rng.Uint64N(in.safe - in.done + 1)
	}
	step := stepOf(in.actor, in.epoch, in.safe+1, in.made, in.done)
	for i := range step.Out {
		step.Out[i].Token.Value = in.vals[step.Out[i].Token.Seq]
	}
	w.seq[in.node]++
	newest := w.s.actors[in.actor]
	if w.rng.IntN(6) == 0 { // the request is lost, or comes later
		b, _ := encodeCommand(commit{Node: in.node, Seq: w.seq[in.node], Steps: []flow.Checkpoint{step}})
		w.sent = append(w.sent, b)
		return
	}
	r := w.do(commit{Node: in.node, Seq: w.seq[in.node], Steps: []flow.Checkpoint{step}})
	stale := slices.Contains(r.Stale, in.actor)
	if wrong := newest.place.Epoch != in.epoch || newest.holder != in.node; wrong && !stale {
		w.fail("commit of %s at epoch %d kept, the newest is %d", in.actor, in.epoch, newest.place.Epoch)
	}
	if w.rng.IntN(6) == 0 { // the answer is lost: the next step repeats the tokens
		return
	}
	if stale {
		in.dead = true
		w.live = slices.DeleteFunc(w.live, func(x *instance) bool { return x.dead })
		return
	}
	if got := w.s.actors[in.actor].whole; got.made[link] != in.made || string(got.state) != string(step.State) {
		w.fail("%s was told that %d and %q are kept; the register has %d and %q", in.actor, in.made, step.State, got.made[link], got.state)
	}
	in.safe = in.made
	w.acked[in.actor] = max(w.acked[in.actor], in.made)
}

func (w *history) check() {
	for _, a := range someActors {
		act := w.s.actors[a]
		if act.place.Epoch < w.high[a] {
			w.fail("epoch of %s fell from %d to %d", a, w.high[a], act.place.Epoch)
		}
		w.high[a] = act.place.Epoch
		next := act.whole.settled[link] + 1
		for _, tok := range act.whole.out[link] {
			if tok.Seq != next {
				w.fail("%s: token %d follows %d", a, tok.Seq, next-1)
			}
			next++
			val := tok.Value.(int64)
			if first, ok := w.ever[a][tok.Seq]; ok && first != val {
				w.fail("%s: number %d held %d and now %d", a, tok.Seq, first, val)
			}
			w.ever[a][tok.Seq] = val
		}
		if made := act.whole.made[link]; made+1 != next || made < w.acked[a] {
			w.fail("%s: made %d, tokens up to %d, acknowledged %d", a, made, next-1, w.acked[a])
		}
	}
}

// An application that goes and comes again does not start over: its old
// instances stay fenced.
func TestEpochsOutliveApps(t *testing.T) {
	s := newState()
	s.apply(1, putApp{ward("source")})
	plan := putPlan{App: "ward", Placements: []flow.Placement{{Actor: "ward:sum", Node: "a"}}}
	s.apply(2, plan)
	s.apply(3, claim{Actor: "ward:sum", Node: "a", Nonce: 1})
	s.apply(4, commit{Node: "a", Seq: 1, Steps: []flow.Checkpoint{stepOf("ward:sum", 1, 1, 2, 0)}})
	s.apply(5, removeApp{"ward"})
	if len(s.actors) != 0 || len(s.apps) != 0 {
		t.Fatalf("left after the removal: %v, %v", s.apps, s.actors)
	}
	s.apply(6, putApp{ward("source")})
	s.apply(7, plan)
	r := s.apply(8, claim{Actor: "ward:sum", Node: "a", Nonce: 2})
	if c, _, err := flow.ReadCheckpoint(r.Checkpoint); err != nil || r.Epoch != 2 || len(c.Out) != 0 {
		t.Errorf("claim after coming again = %+v, want epoch 2 and no checkpoint", r)
	}
}

func TestPlans(t *testing.T) {
	s := newState()
	place := func(ids ...flow.ActorID) (ps []flow.Placement) {
		for _, id := range ids {
			ps = append(ps, flow.Placement{Actor: id, Node: "a"})
		}
		return ps
	}
	version := s.apply(3, putApp{ward("source")}).App.Version
	tests := []struct {
		name string
		c    command
		want fault
	}{
		{"application not deployed", putPlan{App: "other"}, faultUnknown},
		{"another version", putPlan{App: "ward", Version: version + 1}, faultVersion},
		{"actor of another application", putPlan{App: "ward", Placements: place("other:sum")}, faultBad},
		{"actor named twice", putPlan{App: "ward", Placements: place("ward:sum", "ward:sum")}, faultBad},
		{"graph of another application", putApp{App{Name: "x", Graph: flow.Graph{App: "y"}}}, faultBad},
		{"claim of an actor in no plan", claim{Actor: "ward:sum", Node: "a"}, faultElsewhere},
		{"as it should be", putPlan{App: "ward", Version: version, Placements: place("ward:sum", "ward:log")}, faultNone},
		{"claim by another node", claim{Actor: "ward:sum", Node: "b"}, faultElsewhere},
	}
	for i, tt := range tests {
		if r := s.apply(uint64(4+i), tt.c); r.Fault != tt.want {
			t.Errorf("%s: %+v, want fault %d", tt.name, r, tt.want)
		}
	}
	before := s.changed
	s.apply(20, putPlan{App: "ward", Placements: place("ward:sum", "ward:log")})
	s.apply(21, putApp{ward("source")})
	if s.changed != before {
		t.Errorf("the same plan and the same application again changed the View")
	}
	s.apply(22, claim{Actor: "ward:log", Node: "a", Nonce: 1})
	s.apply(23, commit{Node: "a", Seq: 1, Steps: []flow.Checkpoint{stepOf("ward:log", 1, 1, 1, 0)}})
	s.apply(24, putPlan{App: "ward", Placements: place("ward:sum")})
	if len(s.actors) != 1 {
		t.Errorf("actors after one left the plan: %v", s.actors)
	}
}

// One actor's stale epoch does not stop the others of the batch.
func TestCommitPerActor(t *testing.T) {
	s := newState()
	s.apply(1, putApp{ward("source")})
	s.apply(2, putPlan{App: "ward", Placements: []flow.Placement{{Actor: "ward:sum", Node: "a"}, {Actor: "ward:log", Node: "a"}}})
	s.apply(3, claim{Actor: "ward:sum", Node: "a", Nonce: 1})
	s.apply(4, claim{Actor: "ward:log", Node: "a", Nonce: 2})
	s.apply(5, claim{Actor: "ward:sum", Node: "a", Seen: 1, Nonce: 3})
	r := s.apply(6, commit{Node: "a", Seq: 1, Steps: []flow.Checkpoint{stepOf("ward:sum", 1, 1, 1, 0), stepOf("ward:log", 1, 1, 1, 0)}})
	if !slices.Equal(r.Stale, []flow.ActorID{"ward:sum"}) || s.actors["ward:log"].whole.made[link] != 1 || s.actors["ward:sum"].whole.made[link] != 0 {
		t.Errorf("commit = %+v, state %+v, want ward:sum refused and ward:log kept", r, s.actors)
	}
	if r := s.apply(7, commit{Node: "b", Seq: 1, Steps: []flow.Checkpoint{stepOf("ward:log", 1, 2, 2, 0)}}); len(r.Stale) != 1 {
		t.Errorf("commit by a node that holds nothing = %+v, want it refused", r)
	}
	if r := s.apply(8, commit{Node: "a", Seq: 2, Steps: []flow.Checkpoint{stepOf("ward:log", 1, 3, 3, 0)}}); len(r.Stale) != 1 {
		t.Errorf("commit that leaves out token 2 = %+v, want it refused", r)
	}
}

// What can be read is written again as a command that is read the same.
func FuzzDecodeCommand(f *testing.F) {
	for _, c := range []command{putApp{ward("source")}, removeApp{"ward"}, syncUp{}, putCertificate{[]byte{1}},
		putPlan{App: "ward", Version: 3, Placements: []flow.Placement{{Actor: "ward:sum", Node: "a", Why: []string{"x"}}}},
		claim{Actor: "ward:sum", Node: "a", Seen: 3, Nonce: 1}, putSetting{"k", []byte("v")},
		forgetCertificates{[][]byte{make([]byte, 32)}}, forgetCertificates{[][]byte{{1}}},
		once{7, putPlanAt{App: "ward"}}, putAppPlan{App: ward("source"), Base: 3}, adopt{"a", 1, []byte{1}},
		claimAll{Node: "a", Nonce: 1, Actors: []flow.ActorID{"ward:sum"}, Seen: []uint64{0}},
		commitPart{Node: "a", Seq: 1, Part: 0, Parts: 2, Bytes: []byte{1}},
		putBlock{blockOn(ChainHead{Genesis: ourChain}, "x")}, putBlock{Block{Body: make([]byte, packFrom)}},
		commit{Node: "a", Seq: 2, Steps: []flow.Checkpoint{stepOf("ward:sum", 1, 1, 2, 0)}}} {
		b, err := encodeCommand(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := decodeCommand(b)
		if err != nil {
			return
		}
		again, err := encodeCommand(c)
		if err != nil {
			t.Fatalf("%x was read as %+v, which can't be written: %v", b, c, err)
		}
		d, err := decodeCommand(again)
		if err != nil || reflect.TypeOf(c) != reflect.TypeOf(d) {
			t.Fatalf("%x: written again as %x: %v", b, again, err)
		}
		third, _ := encodeCommand(d)
		if !bytes.Equal(again, third) {
			t.Fatalf("%x: written again as %x and then as %x", b, again, third)
		}
		newState().apply(1, c)
	})
}

func FuzzReadState(f *testing.F) {
	w := &bytes.Buffer{}
	s := newState()
	s.apply(1, putApp{ward("source")})
	s.apply(2, putPlan{App: "ward", Placements: []flow.Placement{{Actor: "ward:sum", Node: "a"}}})
	s.apply(3, claim{Actor: "ward:sum", Node: "a", Nonce: 1})
	s.apply(4, commit{Node: "a", Seq: 1, Steps: []flow.Checkpoint{stepOf("ward:sum", 1, 1, 2, 0)}})
	s.apply(5, putCertificate{[]byte("der")})
	s.apply(6, putBlock{blockOn(ChainHead{Genesis: ourChain}, "x")})
	if err := s.writeTo(w); err != nil {
		f.Fatal(err)
	}
	f.Add(w.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := readState(bytes.NewReader(b)); err == nil {
			s.view()
		}
	})
}
