package register

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Ways to the leader. A call is tried until it is answered or its context ends:
// every command may be repeated.

const (
	patience = 3 * time.Second       // for one answer of one voter
	pause    = 20 * time.Millisecond // between two tries, at first
	maxPause = 300 * time.Millisecond
)

// seenError carries faultSeen to Claim.
type seenError struct {
	epoch uint64
	text  string
}

func (e *seenError) Error() string { return e.text }

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
	case faultSeen:
		return &seenError{r.Epoch, r.Text}
	}
	return errors.New(r.Text)
}

func (r *Register) apply(ctx context.Context, c command) (result, error) {
	body, err := encodeCommand(c)
	if err != nil {
		return result{}, err
	}
	return r.applyBytes(ctx, body)
}

// applySeen is apply, and waits until this node's View shows the outcome.
func (r *Register) applySeen(ctx context.Context, c command) (result, error) {
	res, err := r.apply(ctx, c)
	if err != nil {
		return res, err
	}
	for {
		v, changed := r.board.read()
		if v.Index >= res.Index {
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

func (r *Register) applyBytes(ctx context.Context, body []byte) (result, error) {
	return r.untilLed(ctx, kindApplyAsk, body, func() (result, error) { return r.voter.apply(ctx, body) })
}

// errElection says that another try is worth it.
var errElection = errors.New("no leader at this moment")

// untilLed gets an answer from the leader: from here while this node leads, by
// asking otherwise.
func (r *Register) untilLed(ctx context.Context, kind string, body []byte, here func() (result, error)) (result, error) {
	if !r.enter() {
		return result{}, ErrClosed
	}
	defer r.leave()
	wait, next := pause, 0
	last := errElection
	for {
		changed := r.Changed()
		var res result
		var err error
		leader, led := r.Leader()
		switch {
		case r.Leading():
			res, err = here()
		case led && leader != r.cfg.Self:
			res, err = r.ask(ctx, leader, kind, body)
		case r.voter == nil: // any voter knows who leads
			res, err = r.ask(ctx, r.cfg.Voters[next%len(r.cfg.Voters)].ID, kind, body)
			next++
		default:
			err = errElection
		}
		if err == nil && res.Fault != faultNotLeader && res.Fault != faultClosed {
			return res, res.err()
		}
		if err != nil && ctx.Err() == nil {
			last = err
		}
		if r.voter == nil {
			learned := err == nil && res.Leader != "" && res.Leader != leader
			r.suppose(res.Leader)
			if learned {
				continue
			}
			changed = r.Changed() // suppose may have closed the other one
		}
		if r.run.Err() != nil {
			return res, ErrClosed
		}
		timer := time.NewTimer(wait)
		select {
		case <-changed:
		case <-timer.C:
		case <-r.run.Done():
		case <-ctx.Done():
			timer.Stop()
			return res, fmt.Errorf("%w: no majority of the voters %s answered (%v): %w", ErrNoLeader, r.voterNames(), last, ctx.Err())
		}
		timer.Stop()
		wait = min(2*wait, maxPause)
	}
}

// ask puts the question to one voter, and gives up when another one leads.
func (r *Register) ask(ctx context.Context, node flow.NodeID, kind string, body []byte) (result, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer context.AfterFunc(r.run, cancel)()
	r.busy.Go(func() {
		for {
			changed := r.Changed()
			if leader, ok := r.Leader(); ok && leader != node {
				cancel()
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	})
	b, err := r.cfg.Transport.Ask(ctx, node, kind, body)
	if err != nil {
		return result{}, err
	}
	var res result
	if err := json.Unmarshal(b, &res); err != nil {
		return result{}, fmt.Errorf("read the answer of %s: %w", node, err)
	}
	return res, nil
}

func (r *Register) voterNames() string {
	names := make([]string, len(r.cfg.Voters))
	for i, v := range r.cfg.Voters {
		names[i] = string(v.ID)
	}
	return strings.Join(names, ", ")
}

// packCommit puts as many steps into one command as an entry should hold, and
// at least one; n is how many.
func packCommit(node flow.NodeID, seq uint64, steps []flow.Checkpoint) (body []byte, n int, err error) {
	const entry = 1 << 20
	var packed []byte
	for n < len(steps) {
		before := len(packed)
		if packed, err = flow.AppendCheckpoint(packed, steps[n]); err != nil {
			return nil, 0, err
		}
		if size := len(packed) - before; size > maxStep {
			return nil, 0, fmt.Errorf("checkpoint of %s is %d bytes, at most %d can be kept", steps[n].Actor, size, maxStep)
		}
		if before > 0 && len(packed) > entry {
			packed = packed[:before]
			break
		}
		n++
	}
	return packSteps(node, seq, n, packed), n, nil
}
