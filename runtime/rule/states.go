package rule

import (
	"context"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
)

// stateTimeout bounds the making of a state.
const stateTimeout = 2 * time.Second

// states are copies of the state after one block, one for each goroutine that
// asks at a time: making one costs several times what a check does.
type states struct {
	chain chain.Reader
	at    chain.Hash
	free  chan chain.State
}

// mostStates is how many copies are kept.
const mostStates = 4

func newStates(c chain.Reader, at chain.Hash, first chain.State) *states {
	s := &states{chain: c, at: at, free: make(chan chain.State, mostStates)}
	s.free <- first
	return s
}

// use calls f with a state that nobody else has meanwhile.
func (s *states) use(f func(chain.State) error) error {
	var st chain.State
	select {
	case st = <-s.free:
	default:
		ctx, cancel := context.WithTimeout(context.Background(), stateTimeout)
		defer cancel()
		var err error
		if st, err = s.chain.State(ctx, s.at); err != nil {
			return err
		}
	}
	err := f(st)
	select {
	case s.free <- st:
	default:
	}
	return err
}
