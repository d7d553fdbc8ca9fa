package register

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// follow keeps the View of a node without log: it asks one voter after another
// for a newer one, and stays with a voter as long as it answers.
func (r *Register) follow(ctx context.Context) {
	wait, reached := pause, false
	for i := 0; ctx.Err() == nil; {
		voter := r.cfg.Voters[i%len(r.cfg.Voters)].ID
		if err := r.askView(ctx, voter); err == nil {
			if !reached {
				r.log.Info("register reached", "peer", voter)
			}
			wait, reached = pause, true
			continue
		} else if ctx.Err() != nil {
			return
		} else {
			r.log.Debug("voter did not answer", "peer", voter, "err", err)
		}
		if i++; i%len(r.cfg.Voters) == 0 { // all have been asked in vain
			if reached {
				r.log.Info("register lost: no voter answered", "voters", r.voterNames())
			}
			reached = false
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
		wait = min(2*wait, time.Second)
	}
}

func (r *Register) askView(ctx context.Context, voter flow.NodeID) error {
	ctx, cancel := context.WithTimeout(ctx, viewWait+patience)
	defer cancel()
	b, err := r.cfg.Transport.Ask(ctx, voter, kindViewAsk, binary.AppendUvarint(nil, r.View().Index))
	if err != nil {
		return err
	}
	var a viewAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	if a.View != nil {
		r.board.show(a.View, false)
	}
	if a.Leader != "" {
		r.suppose(a.Leader)
	}
	return nil
}
