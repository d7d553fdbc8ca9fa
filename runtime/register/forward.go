package register

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/flow"
)

// seenError carries faultSeen to Claim.
type seenError struct {
	epoch uint64
	text  string
}

func (e *seenError) Error() string { return e.text }

// errParts says that a commit in parts is to begin anew.
var errParts = errors.New("the register lacks parts of the commit")

func (r *result) err() error {
	switch r.Fault {
	case faultNone:
		return nil
	case faultUnknown:
		return fmt.Errorf("%s: %w", r.Text, ErrUnknownApp)
	case faultVersion:
		return fmt.Errorf("%s: %w", r.Text, ErrVersion)
	case faultElsewhere:
		return fmt.Errorf("%s: %w", r.Text, ErrElsewhere)
	case faultStale:
		return fmt.Errorf("%s: %w", r.Text, flow.ErrStale)
	case faultBlock:
		return fmt.Errorf("%s: %w", r.Text, ErrOvertaken)
	case faultChain:
		return fmt.Errorf("%s: %w", r.Text, ErrOtherChain)
	case faultParts:
		return errParts
	case faultSeen:
		return &seenError{r.Epoch, r.Text}
	}
	return errors.New(r.Text)
}

// bytes are how a result travels: as JSON, and as nothing if it says no more
// than that all is well.
func (r *result) bytes() []byte {
	if r.Fault == faultNone && r.Index == 0 && r.Epoch == 0 && r.App == nil && r.Checkpoint == nil && r.Stale == nil && r.Claims == nil {
		return nil
	}
	b, err := json.Marshal(r)
	if err == nil && len(b) > maxEntry && r.App != nil {
		r.App = nil
		b, err = json.Marshal(r)
	}
	if err != nil {
		panic("register: an answer can't be written: " + err.Error())
	}
	return b
}

func readResult(b []byte) (result, error) {
	var r result
	if len(b) == 0 {
		return r, nil
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return r, fmt.Errorf("read the register's answer: %w", err)
	}
	return r, nil
}

// A way is how an entry gets agreed on: by whoever leads ([agree.Group.Apply]),
// or by this node only ([Lead]).
type way func(ctx context.Context, entry []byte) (agree.Answer, error)

func (r *Register) apply(ctx context.Context, c command) (result, error) {
	return r.applyBy(ctx, r.group.Apply, c)
}

func (r *Register) applyBy(ctx context.Context, by way, c command) (result, error) {
	body, err := encodeCommand(c)
	if err != nil {
		return result{}, err
	}
	return r.applyBytes(ctx, by, body)
}

func (r *Register) applyBytes(ctx context.Context, by way, body []byte) (result, error) {
	a, err := by(ctx, body)
	if err != nil {
		return result{}, err
	}
	res, err := readResult(a.Body)
	if err == nil {
		err = res.err()
	}
	return res, err
}

// applySeen is applyBy, and waits until this node's View shows the outcome.
func (r *Register) applySeen(ctx context.Context, by way, c command) (result, error) {
	if mayBeOnce(c) {
		c = once{r.nonce(), c}
	}
	res, err := r.applyBy(ctx, by, c)
	if err != nil {
		return res, err
	}
	for {
		changed := r.board.changes()
		if r.board.index() >= res.Index {
			return res, nil
		}
		select {
		case <-changed:
		case <-r.run.Done():
			return res, ErrClosed
		case <-ctx.Done():
			return res, fmt.Errorf("agreed on, but not seen by this node yet: %w", ctx.Err())
		}
	}
}

// A scratch is room to write steps in, before it is known how many bytes they are.
type scratch struct{ b []byte }

// packCommit puts as many steps into one command as an entry should hold, and
// at least one; n is how many. The command keeps nothing of room.
func packCommit(room *scratch, node flow.NodeID, seq uint64, steps []flow.Checkpoint) (body []byte, n int, err error) {
	packed := room.b[:0]
	for n < len(steps) {
		before := len(packed)
		if packed, err = flow.AppendCheckpoint(packed, steps[n]); err != nil {
			return nil, 0, err
		}
		if before > 0 && len(packed) > maxEntry {
			packed = packed[:before]
			break
		}
		n++
	}
	if len(packed) > maxStep {
		return nil, 0, fmt.Errorf("checkpoint of %s is %d bytes, at most %d can be kept", steps[0].Actor, len(packed), maxStep)
	}
	if cap(packed) <= 2*maxEntry { // else it was a single one, and seldom is
		room.b = packed
	}
	return packSteps(node, seq, n, packed), n, nil
}
