package journal

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A record of the log holds entries, each a byte that says what it is and what
// follows. Numbers are varints, names are counted strings, checkpoints are as
// package flow writes them:
//
//	'f' epoch, actor        an epoch begins
//	's' checkpoint          a step, with tokens that are new only
//	'w' epoch, checkpoint   all there is of an actor; epoch is the one that may commit
//	'x' actor               an actor is forgotten
//
// What is in one record came to the disk together.
const (
	entryFence  = 'f'
	entryStep   = 's'
	entryWhole  = 'w'
	entryForget = 'x'
)

func appendFence(b []byte, actor flow.ActorID, epoch uint64) []byte {
	return appendName(binary.AppendUvarint(append(b, entryFence), epoch), actor)
}

func appendForget(b []byte, actor flow.ActorID) []byte {
	return appendName(append(b, entryForget), actor)
}

func appendStep(b []byte, c flow.Checkpoint) ([]byte, error) {
	out, err := flow.AppendCheckpoint(append(b, entryStep), c)
	if err != nil {
		return b, err
	}
	return out, nil
}

func appendWhole(b []byte, actor flow.ActorID, w whole) ([]byte, error) {
	out, err := flow.AppendCheckpoint(binary.AppendUvarint(append(b, entryWhole), w.fence), w.checkpoint(actor))
	if err != nil {
		return b, err
	}
	return out, nil
}

func appendName(b []byte, id flow.ActorID) []byte {
	return append(binary.AppendUvarint(b, uint64(len(id))), id...)
}

var errShort = errors.New("a record ends too early")

// replay does what a record says to the actors it is about.
func replay(actors map[flow.ActorID]whole, b []byte) error {
	for len(b) > 0 {
		var err error
		if b, err = replayOne(actors, b[0], b[1:]); err != nil {
			return err
		}
	}
	return nil
}

func replayOne(actors map[flow.ActorID]whole, kind byte, b []byte) (rest []byte, err error) {
	var epoch uint64
	var actor flow.ActorID
	var c flow.Checkpoint
	switch kind {
	case entryFence:
		if epoch, b, err = readNumber(b); err != nil {
			return nil, err
		}
		if actor, b, err = readName(b); err != nil {
			return nil, err
		}
		w := actors[actor]
		w.fence = epoch
		actors[actor] = w
	case entryStep:
		if c, b, err = flow.ReadCheckpoint(b); err != nil {
			return nil, err
		}
		next, _, ok := actors[c.Actor].step(c)
		if !ok {
			return nil, fmt.Errorf("a step of %s does not fit what stands before it", c.Actor)
		}
		actors[c.Actor] = next
	case entryWhole:
		if epoch, b, err = readNumber(b); err != nil {
			return nil, err
		}
		if c, b, err = flow.ReadCheckpoint(b); err != nil {
			return nil, err
		}
		actors[c.Actor] = wholeOf(c, epoch)
	case entryForget:
		if actor, b, err = readName(b); err != nil {
			return nil, err
		}
		delete(actors, actor)
	default:
		return nil, fmt.Errorf("an entry of kind %q is not known here: it was written by a newer wardflow", kind)
	}
	return b, nil
}

func readNumber(b []byte) (uint64, []byte, error) {
	n, used := binary.Uvarint(b)
	if used <= 0 {
		return 0, nil, errShort
	}
	return n, b[used:], nil
}

func readName(b []byte) (flow.ActorID, []byte, error) {
	n, b, err := readNumber(b)
	if err != nil || n > uint64(len(b)) {
		return "", nil, errShort
	}
	return flow.ActorID(b[:n]), b[n:], nil
}
