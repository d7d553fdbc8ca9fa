package replica

import (
	"errors"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// An answer is what became of an op: the checkpoint of a fence, or an error that
// every member gives alike.
type answer struct {
	whole flow.Checkpoint
	err   error
}

const (
	answerDone   = 0
	answerFence  = 1 // checkpoint
	answerStale  = 2 // text
	answerReplay = 3 // index, stream, number
	answerLeaf   = 4 // patient, window, index, leaf
	answerChain  = 5 // patient, number, last
	answerOther  = 6 // text
)

// told is an error that came over the log: its text, and what it is.
type told struct {
	text string
	is   error
}

func (t *told) Error() string { return t.text }
func (t *told) Unwrap() error { return t.is }

func (a *answer) append(b []byte) []byte {
	var replay *store.ReplayError
	var leaf *store.LeafError
	var chain *store.ChainError
	switch {
	case a.err == nil && a.whole.Actor == "":
		return append(b, answerDone)
	case a.err == nil:
		whole, err := flow.AppendCheckpoint(append(b, answerFence), a.whole)
		if err != nil {
			return appendBytes(append(b, answerOther), err.Error())
		}
		return whole
	case errors.Is(a.err, flow.ErrStale):
		return appendBytes(append(b, answerStale), a.err.Error())
	case errors.As(a.err, &replay):
		b = appendUint(append(b, answerReplay), uint64(replay.Index))
		return appendUint(appendBytes(appendBytes(b, replay.Device), replay.Name), replay.Seq)
	case errors.As(a.err, &leaf):
		b = appendUint(appendBytes(append(b, answerLeaf), leaf.Patient), leaf.Window)
		return append(appendUint(b, uint64(leaf.Index)), leaf.Leaf[:]...)
	case errors.As(a.err, &chain):
		b = appendBytes(append(b, answerChain), chain.Patient)
		return appendUint(appendUint(b, chain.Number), chain.Last)
	}
	return appendBytes(append(b, answerOther), a.err.Error())
}

func (c *cursor) answer() (a answer) {
	kind := c.take(1)
	if kind == nil {
		return a
	}
	switch kind[0] {
	case answerDone:
	case answerFence:
		var err error
		if a.whole, c.b, err = flow.ReadCheckpoint(c.b); err != nil || a.whole.Actor == "" {
			c.fail()
		}
	case answerStale:
		a.err = &told{c.text(), flow.ErrStale}
	case answerReplay:
		a.err = &store.ReplayError{Index: int(c.uint()), Stream: proof.Stream{Device: c.text(), Name: c.text()}, Seq: c.uint()}
	case answerLeaf:
		a.err = &store.LeafError{Patient: c.text(), Window: c.uint(), Index: int(c.uint()), Leaf: c.hash()}
	case answerChain:
		a.err = &store.ChainError{Patient: c.text(), Number: c.uint(), Last: c.uint()}
	case answerOther:
		a.err = errors.New(c.text())
	default:
		c.fail()
	}
	return a
}

func appendAnswers(answers []answer) []byte {
	b := appendUint(nil, uint64(len(answers)))
	for i := range answers {
		b = answers[i].append(b)
	}
	return b
}

func readAnswers(b []byte) ([]answer, error) {
	c := cursor{b: b}
	out := make([]answer, c.count(1))
	for i := range out {
		out[i] = c.answer()
	}
	return out, c.end()
}
