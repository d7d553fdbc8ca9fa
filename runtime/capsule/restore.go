package capsule

import (
	"fmt"
	"strconv"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// Key is a link's name in checkpoints. Its life tells it from an earlier link
// of the same name.
func Key(id flow.LinkID, life uint64) flow.LinkID {
	return id + " #" + flow.LinkID(strconv.FormatUint(life, 10))
}

// A Start is a whole checkpoint that a new activation begins from, and the ends
// that were made from it.
type Start struct {
	ck   flow.Checkpoint
	held map[flow.LinkID][]flow.Token // by key

	taken, made, settled []uint64 // of the ends made so far
}

// Read takes a whole checkpoint apart. The zero checkpoint is that of an actor
// that begins anew.
func Read(ck flow.Checkpoint) *Start {
	s := &Start{ck: ck}
	if len(ck.Out) > 0 {
		s.held = map[flow.LinkID][]flow.Token{}
	}
	for _, t := range ck.Out {
		s.held[t.Link] = append(s.held[t.Link], t.Token)
	}
	return s
}

// In makes the receiving end of a link, with room for window tokens, where the
// checkpoint left it. The ends are made in the order of Config.In.
func (s *Start) In(id, key flow.LinkID, window int) In {
	taken := s.ck.Taken[key]
	s.taken = append(s.taken, taken)
	return In{In: *link.RestoreIn(id, window, taken), Key: key, stepped: taken}
}

// Out makes the sending end of a link, which holds window tokens, where the
// checkpoint left it. The ends are made in the order of Config.Out. A checkpoint
// whose tokens do not fit its numbers is an error.
func (s *Start) Out(id, key flow.LinkID, window int) (Out, error) {
	made, settled, held := s.Held(key)
	out, err := link.RestoreOut(id, window, made, settled, held)
	if err != nil {
		return Out{}, fmt.Errorf("restore link %s: %w", id, err)
	}
	return Out{Out: *out, Key: key, stepped: made}, nil
}

// Held is where an out-link is, with the tokens of it that are not settled. It
// counts as the next of Config.Out.
func (s *Start) Held(key flow.LinkID) (made, settled uint64, held []flow.Token) {
	made, settled = s.ck.Made[key], s.ck.Settled[key]
	s.made, s.settled = append(s.made, made), append(s.settled, settled)
	return made, settled, s.held[key]
}
