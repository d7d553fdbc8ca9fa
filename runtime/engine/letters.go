package engine

import (
	"context"
	"fmt"
	"math"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// This file is what people may do about actors that went wrong.

// Letters are the dead letters in an actor's box, oldest first. They stay there
// until [Engine.DropLetters].
func (e *Engine) Letters(id flow.ActorID) ([]Letter, error) {
	c, err := e.cell(id)
	if err != nil {
		return nil, fmt.Errorf("letters of %s: %w", id, err)
	}
	all, _ := c.box.list(math.MaxInt)
	return all, nil
}

// DropLetters takes the dead letters up to that number out of an actor's box,
// once whoever asked has them elsewhere. It returns when the actor has no
// firing going on; the next checkpoint has the box without them.
func (e *Engine) DropLetters(ctx context.Context, id flow.ActorID, upto uint64) error {
	err := e.between(ctx, id, func(c *cell) error {
		if c.box.drop(upto) {
			c.dirty.Store(true)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("drop letters of %s: %w", id, err)
	}
	return nil
}

// Resume lets an actor that came to a stand go on. One that runs is not changed.
func (e *Engine) Resume(id flow.ActorID) error {
	c, err := e.cell(id)
	if err != nil {
		return fmt.Errorf("resume %s: %w", id, err)
	}
	c.health.resume()
	c.wake()
	return nil
}

// Value is the letter as the port dead_letter of the actor would give it.
func (l *Letter) Value(actor flow.ActorID) flow.Value {
	given := firing.Letter{Why: l.Why}
	for port, v := range l.Tokens {
		given.Tokens = append(given.Tokens, firing.LetterToken{Port: port, Token: flow.Token{Value: v}})
	}
	return given.Value(actor)
}
