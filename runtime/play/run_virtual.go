package play

import (
	"context"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/stage"
)

const (
	// endlessly is how many firings there are at most in a run that is not told
	// how long it is: a source without end would go on for ever.
	endlessly = 1_000_000
	// moving is about how many steps there are between two migrations.
	moving = 7
)

// runVirtual runs a script in virtual time.
func runVirtual(ctx context.Context, cfg Config) (Result, error) {
	rec := newRecord(cfg.Graph)
	sc := stage.Config{Graph: cfg.Graph, Types: rec.types(cfg.Types), Capability: cfg.Capability,
		Now: cfg.Now, Seed: cfg.Seed, Await: true, Log: cfg.Log}
	if cfg.Migrate {
		sc.Migrate = moving
	}
	if cfg.For == 0 {
		sc.Firings = endlessly
	}
	s, err := stage.New(sc)
	if err != nil {
		return Result{}, err
	}
	defer s.Close()
	began := s.Now()
	var until time.Time // never
	if cfg.For > 0 {
		until = began.Add(cfg.For)
	}
	end := s.Run(ctx, until, nil)
	res := Result{Sinks: rec.all(), Stopped: s.Stopped()}
	for _, l := range s.Letters() {
		res.Letters = append(res.Letters, l.Value)
	}
	took := s.Now().Sub(began)
	switch end {
	case stage.TooMany:
		res.Ended = fmt.Sprintf("%d firings had brought no end after %v; --for says how long a run is", endlessly, took)
	case stage.Vain:
		for id, why := range s.Faulted() {
			res.Stopped[id] = why
		}
		res.Ended = string(end)
	default:
		res.Ended = fmt.Sprintf("%s after %v", end, took)
	}
	return res, nil
}
