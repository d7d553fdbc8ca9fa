package register

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

const (
	pause = 20 * time.Millisecond   // between two tries, at first
	grace = 1500 * time.Millisecond // for an answer on its way
)

// follow keeps the View of this node while it holds no log: it asks one voter
// after another for a newer one, and stays with a voter as long as it answers.
func (r *Register) follow() {
	wait := pause
	var f fetch
	for i := 0; r.run.Err() == nil; {
		voters := r.others()
		if r.group.Holds() || len(voters) == 0 {
			r.idle(10 * time.Second)
			continue
		}
		voter := voters[i%len(voters)]
		err := r.askView(voter, &f)
		if err == nil {
			wait = pause
			continue
		}
		if r.run.Err() == nil {
			r.log.Debug("voter did not show its view", "peer", voter, "err", err)
		}
		i, f = i+1, fetch{}
		r.idle(wait)
		wait = min(2*wait, time.Second)
	}
}

// idle waits for a change of the group, or some time.
func (r *Register) idle(d time.Duration) {
	changed := r.group.Changed()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-r.run.Done():
	}
}

// others are the voters besides this node, those known last and those of the
// configuration.
func (r *Register) others() []flow.NodeID {
	var ids []flow.NodeID
	for _, v := range slices.Concat(r.group.Voters(), r.cfg.Voters) {
		if v.ID != r.cfg.Self && !slices.Contains(ids, v.ID) {
			ids = append(ids, v.ID)
		}
	}
	return ids
}

func (r *Register) askView(voter flow.NodeID, f *fetch) error {
	ctx, cancel := context.WithTimeout(r.run, viewWait+grace)
	defer cancel()
	b, err := r.cfg.Transport.Ask(ctx, voter, kindViewAsk, f.question(r.board.index()))
	if err != nil {
		return err
	}
	var a viewAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	if a.Size == 0 {
		return nil
	}
	v, err := f.take(a)
	if v != nil {
		r.board.show(v)
	}
	return err
}
