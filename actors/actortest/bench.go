package actortest

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// firings is how many firings a Run may take: more is an endless loop.
const firings = 1_000_000

// A Bench holds one actor.
type Bench struct {
	Env *Env
	// Room is how many tokens an out-port holds until they are taken; Start
	// makes it 16. So actors that give without end stop.
	Room int

	t       testing.TB
	typ     flow.Type
	args    map[string]flow.Value
	actor   flow.Actor
	acts    *firing.Actions
	in      map[string]*inPort
	out     map[string]*outPort
	letters []firing.Letter
	epoch   uint64
	dirty   bool // has fired since the last commit of its own
}

// New makes an actor with its arguments, the Spec's defaults filled in, as a
// test of refused arguments needs it.
func New(typ flow.Type, args map[string]flow.Value) (flow.Actor, error) {
	full := map[string]flow.Value{}
	for _, a := range typ.Spec.Args {
		if !a.Required {
			full[a.Name] = a.Default
		}
	}
	maps.Copy(full, args)
	return typ.New(full)
}

// Start makes an actor and starts it. It is stopped when the test ends.
func Start(t testing.TB, env *Env, typ flow.Type, args map[string]flow.Value) *Bench {
	t.Helper()
	for name := range args {
		if _, ok := typ.Spec.Arg(name); !ok {
			t.Fatalf("%s has no argument %s", typ.Spec.Name, name)
		}
	}
	b := &Bench{Env: env, Room: 16, t: t, typ: typ, args: args, in: map[string]*inPort{}, out: map[string]*outPort{}}
	for _, p := range typ.Spec.In {
		b.in[p.Name] = &inPort{}
	}
	for _, p := range typ.Spec.Out {
		b.out[p.Name] = &outPort{bench: b}
	}
	b.begin(0, nil)
	t.Cleanup(b.stop)
	return b
}

// Actor is the actor on the bench.
func (b *Bench) Actor() flow.Actor { return b.actor }

// begin makes the actor; state nil is a first start.
func (b *Bench) begin(version int, state []byte) {
	b.t.Helper()
	var err error
	if b.actor, err = New(b.typ, b.args); err != nil {
		b.t.Fatalf("New %s: %v", b.typ.Spec.Name, err)
	}
	b.epoch++
	if own, ok := b.actor.(flow.Committer); ok {
		b.start()
		c, err := own.Fence(context.Background(), b.epoch)
		if err != nil {
			b.t.Fatalf("Fence: %v", err)
		}
		if _, ok := b.actor.(flow.Stateful); ok && c.State != nil {
			b.restore(c.Version, c.State)
		}
	} else {
		if state != nil {
			b.restore(version, state)
		}
		b.start()
	}
	b.bind()
}

func (b *Bench) restore(version int, state []byte) {
	b.t.Helper()
	s := b.actor.(flow.Stateful)
	if err := s.Restore(version, state); err != nil {
		b.t.Fatalf("Restore: %v", err)
	}
	if again := b.save(); !bytes.Equal(again, state) {
		b.t.Fatalf("Restore and Save give other state:\n%x\n%x", state, again)
	}
	if err := s.Restore(version+1, state); err == nil {
		b.t.Fatalf("Restore takes state of the unknown version %d", version+1)
	}
}

func (b *Bench) start() {
	b.t.Helper()
	if s, ok := b.actor.(flow.Starter); ok {
		if err := s.Start(b.Env); err != nil {
			b.t.Fatalf("Start: %v", err)
		}
	}
}

func (b *Bench) stop() {
	if s, ok := b.actor.(flow.Stopper); ok {
		s.Stop()
	}
}

func (b *Bench) save() []byte {
	b.t.Helper()
	s, ok := b.actor.(flow.Stateful)
	if !ok {
		return nil
	}
	if b.typ.Spec.State == 0 {
		b.t.Fatalf("%s saves state, but its Spec gives it no version", b.typ.Spec.Name)
	}
	state, err := s.Save()
	if err != nil {
		b.t.Fatalf("Save: %v", err)
	}
	return state
}

// Restart stops the actor between two firings and starts another from its
// state, as a migration does. Tokens in its ports stay.
func (b *Bench) Restart() {
	b.t.Helper()
	state := b.save()
	b.stop()
	b.begin(b.typ.Spec.State, state)
}

// Feed lays tokens into an in-port, from nobody known.
func (b *Bench) Feed(port string, vs ...flow.Value) {
	b.t.Helper()
	b.FeedFrom(flow.Identity{}, port, vs...)
}

// FeedFrom lays tokens into an in-port over a link whose far end is peer.
func (b *Bench) FeedFrom(peer flow.Identity, port string, vs ...flow.Value) {
	b.t.Helper()
	in := b.in[port]
	if in == nil {
		b.t.Fatalf("%s has no in-port %s", b.typ.Spec.Name, port)
	}
	for _, v := range vs {
		if _, err := flow.AppendValue(nil, v); err != nil {
			b.t.Fatalf("Feed(%s): %v", port, err)
		}
		in.laid = append(in.laid, laid{flow.Token{Value: v, Source: "test:feed", Made: b.Env.Now()}, peer})
	}
}

// Left is how many tokens stand in an in-port.
func (b *Bench) Left(port string) int {
	if in := b.in[port]; in != nil {
		return in.Len()
	}
	return 0
}

// Take takes what the actor has given on an out-port.
func (b *Bench) Take(port string) []flow.Value {
	b.t.Helper()
	out := b.out[port]
	if out == nil {
		b.t.Fatalf("%s has no out-port %s", b.typ.Spec.Name, port)
	}
	vs := out.given
	out.given = nil
	return vs
}

// Letters takes the dead letters that the actor has left.
func (b *Bench) Letters() []firing.Letter {
	ls := b.letters
	b.letters = nil
	return ls
}

// Run fires until nothing can fire. An error of a firing ends the test.
func (b *Bench) Run() {
	b.t.Helper()
	if err := b.TryRun(); err != nil {
		b.t.Fatalf("%s fired with: %v", b.typ.Spec.Name, err)
	}
}

// TryRun fires until nothing can fire or a firing returns an error, and then
// lets an actor that keeps its own checkpoints commit. The tokens of a firing
// that went wrong stand where they were, or in [Bench.Letters], as the Spec's
// Fault says. Exception tokens that no action takes are no error: they stand
// in the letters and the actor goes on.
func (b *Bench) TryRun() error {
	b.t.Helper()
	for n := 0; ; n++ {
		fired, err := b.fire()
		if err != nil || !fired {
			return errors.Join(err, b.commit())
		}
		if n == firings {
			b.t.Fatalf("%s fires without end", b.typ.Spec.Name)
		}
	}
}

// Advance moves the clock on by d, stopping wherever the actor asked to be
// woken, and runs it there.
func (b *Bench) Advance(d time.Duration) {
	b.t.Helper()
	until := b.Env.Now().Add(d)
	for b.Env.due(until) {
		b.Run()
	}
	b.Env.Set(until)
	b.Run()
}

func (b *Bench) fire() (bool, error) {
	res, err := b.acts.Fire(b.Env.Now())
	b.dirty = b.dirty || res.Fired
	return res.Fired, errors.Join(err, res.Fault)
}

func (b *Bench) commit() error {
	own, ok := b.actor.(flow.Committer)
	if !ok || !b.dirty {
		return nil
	}
	c := flow.Checkpoint{Actor: b.Env.Actor, Epoch: b.epoch, Version: b.typ.Spec.State, State: b.save(), Taken: b.taken()}
	if err := own.Commit(context.Background(), c); err != nil {
		return err
	}
	b.dirty = false
	return nil
}
