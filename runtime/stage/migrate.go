package stage

import (
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// migrate moves an actor for practice: what stands in its queues and its state
// go through the encoding that travels between nodes. What holds something of
// this process, and what keeps its own checkpoints, stays.
func (c *cell) migrate() {
	if h, ok := c.actor.(flow.Holder); ok && h.Holds() != "" || c.stopped != "" {
		return
	}
	if _, own := c.actor.(flow.Committer); own {
		return
	}
	if err := c.move(); err != nil {
		c.stop(err.Error())
		return
	}
	c.stage.moves++
}

// move ends the actor's value and makes another from its state.
func (c *cell) move() error {
	var state []byte
	if s, ok := c.actor.(flow.Stateful); ok {
		var err error
		if state, err = s.Save(); err != nil {
			return fmt.Errorf("it can't be moved: save state: %w", err)
		}
	}
	for _, w := range append(c.ins[:len(c.ins):len(c.ins)], c.outs...) {
		if err := w.travel(); err != nil {
			return fmt.Errorf("it can't be moved: %w", err)
		}
	}
	c.end()
	if err := c.begin(state); err != nil {
		return fmt.Errorf("it can't be moved: %w", err)
	}
	return nil
}

// travel sends the tokens of a wire through their encoding.
func (w *wire) travel() error {
	for _, r := range []*ring{&w.out, &w.in} {
		for i := range r.len() {
			b, err := flow.AppendToken(nil, *r.at(i))
			if err != nil {
				return err
			}
			t, rest, err := flow.ReadToken(b)
			if err != nil || len(rest) > 0 {
				return fmt.Errorf("a token of link %s does not read as it was written: %w", w.link.ID(), err)
			}
			*r.at(i) = t
		}
	}
	return nil
}
