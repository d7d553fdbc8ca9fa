package register

import (
	"encoding/binary"
	"errors"
)

// A call whose answer was lost is made again, and meanwhile somebody else's may
// have been agreed: an application deployed anew would be removed again, a
// setting set back. So commands of that sort carry a number drawn for the call,
// and the state remembers the last of them with their results.

// maxDone is how many are remembered. More than that many must be agreed between
// two tries of one call, some tenths of a second apart, to be taken for new.
const maxDone = 1024

// done is what came of a command with a number.
type done struct {
	Nonce uint64 `json:"nonce"`
	R     result `json:"r"`
}

// once carries out a command unless it was carried out before.
func (s *state) once(index uint64, c once) result {
	for i := len(s.done) - 1; i >= 0; i-- { // a repeat comes soon
		if s.done[i].Nonce == c.Nonce {
			return s.done[i].R
		}
	}
	r := s.apply(index, c.Command)
	kept := r
	kept.App = nil // the View has it
	if s.done = append(s.done, done{c.Nonce, kept}); len(s.done) > maxDone {
		s.done = append([]done(nil), s.done[len(s.done)-maxDone*3/4:]...)
	}
	return r
}

// mayBeOnce are the commands that carry a number.
func mayBeOnce(c command) bool {
	switch c.(type) {
	case putApp, removeApp, putPlanAt, putAppPlan, putSetting:
		return true
	}
	return false
}

func appendOnce(c once) ([]byte, error) {
	inner, err := encodeCommand(c.Command)
	if err != nil {
		return nil, err
	}
	b := binary.BigEndian.AppendUint64([]byte{commandFormat, kindOnce}, c.Nonce)
	return append(b, inner...), nil
}

func readOnce(b []byte) (once, error) {
	if len(b) < 8 {
		return once{}, errShort
	}
	inner, err := decodeCommand(b[8:])
	if err != nil {
		return once{}, err
	}
	if !mayBeOnce(inner) {
		return once{}, errors.New("a command of this kind carries no number")
	}
	return once{binary.BigEndian.Uint64(b), inner}, nil
}
