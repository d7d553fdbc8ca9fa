package flow

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// A Type is an actor type: what it is, and how to make one.
type Type struct {
	Spec Spec
	// New makes an actor from its arguments, defaults filled in. It only
	// checks and keeps them: an actor touches the world in Start.
	New func(args map[string]Value) (Actor, error)
}

// Types are actor types by name.
type Types map[string]Type

// An Actor is one running instance. The engine calls its methods and its
// actions one at a time, never two at once.
type Actor interface {
	// Actions are what the actor can do, in order of priority: of those that
	// can fire, the first does. It is called once.
	Actions() []Action
}

// An Action is one way to fire. It fires when every port of In has a token,
// every port of Out has room on each of its links, and Guard (if any) is true.
// So giving can't fail half-way, and backpressure is the links' windows.
type Action struct {
	In    []string
	Out   []string
	Guard func() bool // looks at the actor's state only; nil is true
	// Exceptions says that Fire takes exception tokens like any others. When
	// it is false, a firing with one among its tokens doesn't happen: the
	// tokens go to the actor's dead letters, and the actor goes on.
	Exceptions bool
	// Fire takes the tokens and gives at most one to each port of Out. If it
	// returns an error, the firing has not happened: the tokens stay where
	// they are and nothing is given, so it must not have changed the actor.
	// [ErrLater] means try again after the next [Env.Wake]; [ErrUnfit] that
	// these tokens will never do; any other error is a fault of the actor: what
	// follows is for its type's [Spec.Fault] to say.
	Fire func(f *Firing) error
}

// ErrLater is returned by an action that can't decide yet, such as a rule
// check that can't read the rules. The token waits; nothing is lost.
var ErrLater = errors.New("not now: tried again when something has changed")

// ErrUnfit is wrapped by an action's error that is about the tokens, not about
// the world: an address that is none, a topic with a wildcard. They would fail
// again for ever, so they become a dead letter whatever the type's
// [Spec.Fault], and the actor goes on with the next.
var ErrUnfit = errors.New("these tokens will never do")

// A Firing is one indivisible step of an actor: tokens in, tokens out.
type Firing struct {
	In    []Token    // one for each port of Action.In, in its order
	Peers []Identity // who is at the far end of each one's link
	Now   time.Time

	given []Given
}

// Given is a value given on an out-port: the index is that of Action.Out.
type Given struct {
	Port  int
	Value Value
}

// Give puts a value on out-port i of the action. A second value for the same
// port in one firing is a bug and panics.
func (f *Firing) Give(i int, v Value) {
	for _, g := range f.given {
		if g.Port == i {
			panic("flow: two tokens for one port in one firing")
		}
	}
	f.given = append(f.given, Given{i, v})
}

// Given are the values given so far.
func (f *Firing) Given() []Given { return f.given }

// Forget drops what was given, whose room Reset keeps.
func (f *Firing) Forget() { clear(f.given[:cap(f.given)]) }

// Reset empties the firing, to be used again. In and Peers keep their room.
func (f *Firing) Reset(now time.Time) {
	f.In, f.Peers, f.given, f.Now = f.In[:0], f.Peers[:0], f.given[:0], now
}

// An Env is what a running actor may ask of its node.
type Env interface {
	ID() ActorID
	Log() *slog.Logger
	Now() time.Time
	// Wake makes the engine look at the actor's actions again. Any goroutine
	// may call it; it does not block.
	Wake()
	// WakeAt is Wake at the time t. A later call replaces an earlier one.
	WakeAt(t time.Time)
	// Capability gives what the node offers under a name of Spec.Requires, or
	// an error that says what is missing in the node's configuration.
	Capability(name string) (any, error)
	// Identity signs as this actor: its own certificate or its node's.
	Identity() Signer
}

// A Starter is told when the actor begins to run on a node, after Restore and
// before the first firing.
type Starter interface{ Start(Env) error }

// A Stopper is told when the actor stops running on this node. After Stop it
// has no goroutine left.
type Stopper interface{ Stop() }

// A Stateful actor has state that must survive. Save is called between
// firings; what it returns goes into the actor's next checkpoint. Restore is
// called before Start with what Save wrote under Spec.State version.
type Stateful interface {
	Save() ([]byte, error)
	Restore(version int, state []byte) error
}

// A Reporter answers questions about itself, and takes what is handed to it,
// between two firings. Args is what the asker gave, a dictionary or empty; the
// answer is a value that a token could carry.
type Reporter interface {
	Report(args map[string]Value) (Value, error)
}

// A Router says how its ports treat their peers one by one. It is asked once,
// before Start.
type Router interface {
	// Routes are by port, in-ports and out-ports apart: "in:token", "out:token".
	Routes() map[string]Route
}

// A Route is what a port with routing by peer needs to know of the actor. Peers
// are named as the script names them where the actor stands: "source.token".
type Route struct {
	Order   []string          // dispatch-ordered: whose turn it is, cyclically; collecting: the tags, in order
	Mapping map[string]string // dispatch-mapped: selector → peer; collecting: tag → peer
}

// A Committer keeps its own checkpoints, so that what it stores and the place
// it has reached are one transaction. An actor that is not one has its
// checkpoints in the register.
type Committer interface {
	// Commit stores what the firings since the last Commit left to store,
	// and c with it, in one transaction. An epoch lower than one seen before
	// is refused with [ErrStale]. On any error nothing has been stored, and
	// the same is tried again.
	Commit(ctx context.Context, c Checkpoint) error
	// Fence begins the activation of an epoch, after Start and before the first
	// firing: in one indivisible step every later Commit of a lower epoch is
	// refused, whoever makes it and wherever it is under way, and the newest
	// checkpoint is returned, whole and now of this epoch. One without links
	// and state says that nothing was committed yet. To fence again with the
	// same epoch changes nothing; an epoch lower than one seen before is
	// refused with [ErrStale].
	Fence(ctx context.Context, epoch uint64) (Checkpoint, error)
}

// ErrStale reports an epoch that a newer activation has replaced.
var ErrStale = errors.New("a newer activation of the actor exists")
