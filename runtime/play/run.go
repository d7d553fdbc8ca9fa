package play

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Config is a compiled script and how to run it.
type Config struct {
	Graph *flow.Graph
	Types flow.Types
	// Capability gives an actor what its type requires, a mock perhaps. It is
	// called from one goroutine at a time.
	Capability func(actor flow.ActorID, name string) (any, error)

	For     time.Duration // how long; 0: until nothing moves any more (virtual) or ctx ends (real)
	Virtual bool          // the clock moves when nothing else does
	Migrate bool          // move the actors about while they run
	Seed    uint64        // of the schedule and the migrations; equal seeds give equal virtual runs
	Now     time.Time     // where the virtual clock starts; zero: now
	Log     *slog.Logger  // nil: nowhere
}

// A Result is what a run has shown.
type Result struct {
	// Sinks are the tokens that each actor of type test.Sink took, in order,
	// whether it keeps them itself or not. A sink that took none is there, too.
	Sinks map[flow.ActorID][]flow.Value
	// Ended says why the run is over, in a few words.
	Ended string
	// Letters are the dead letters that no link took, in the shape of
	// firing.Letter's Value, in the order in which they were written.
	Letters []flow.Value
	// Stopped are the actors that had come to a stand when the run ended, and
	// why: a fault, or a box full of letters.
	Stopped map[flow.ActorID]string
	// Stayed are the actors that a run with migrations in real time did not
	// move when it was their turn, and why.
	Stayed map[flow.ActorID]string
}

// Run runs a script. The error is about the script or the set-up; actors that
// go wrong are in the result. When ctx ends the run ends, and that is no error.
func Run(ctx context.Context, cfg Config) (Result, error) {
	if cfg.Graph == nil || cfg.Capability == nil {
		return Result{}, errors.New("play: Config needs Graph and Capability")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Virtual {
		return runVirtual(ctx, cfg)
	}
	return runEngines(ctx, cfg)
}
