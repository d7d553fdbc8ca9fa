package device

import (
	"errors"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Input is something that can be read: a sensor, a button, a recording.
// Several actors may use it at once.
type Input interface {
	// Read is the value at the time now. It may take as long as the device
	// takes to answer. [ErrSilent] says that there is no value yet.
	Read(now time.Time) (flow.Value, error)
	// Watch begins a feed of the changes from now on. The input calls wake,
	// from any goroutine, when there may be one; wake must not block and must
	// not call the input.
	Watch(wake func()) Feed
}

// ErrSilent reports a device that has not said anything yet. Whoever watches it
// is woken when it has.
var ErrSilent = errors.New("the device has not said anything yet")

// A Feed is one watcher's view of an input: its changes, in order. Its methods
// are called one at a time.
type Feed interface {
	// Next takes the oldest change not taken yet; ok is false when there is
	// none at the time now. A button pressed twice changes twice, though its
	// value is the same. A feed holds a bounded number of changes; when nobody
	// takes them, the oldest are gone. After an error the feed goes on.
	Next(now time.Time) (v flow.Value, ok bool, err error)
	// Due is when to call Next again though nothing woke the watcher, as for a
	// device that must be polled; zero: wait to be woken.
	Due() time.Time
	// Close ends the feed: wake is not called any more.
	Close()
}

// An Output is something that can be set: a lamp, a servo, a bell.
type Output interface {
	// Write sets it. It returns when the device has taken the value, or an
	// error after which writing again does no harm; one that is [flow.ErrUnfit]
	// says that the device can't have such a value.
	Write(v flow.Value) error
}
