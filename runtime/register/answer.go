package register

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The questions a voter answers, all from nodes only.
const (
	kindApplyAsk       = "register.apply"       // a command → result
	kindCertificateAsk = "register.certificate" // 32 bytes of hash → result
	kindViewAsk        = "register.view"        // index of the asker's View → leader, View
)

// viewWait is how long a question for a newer View is held open.
const viewWait = 10 * time.Second

func (r *Register) answer() {
	r.cfg.Transport.Answer(kindApplyAsk, func(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
		return r.asLeader(peer, func() (result, error) {
			if err := mayAsk(peer, body); err != nil {
				return refuse(faultBad, "%v", err), nil
			}
			return r.voter.apply(ctx, body)
		})
	})
	r.cfg.Transport.Answer(kindCertificateAsk, func(_ context.Context, peer flow.Identity, body []byte) ([]byte, error) {
		return r.asLeader(peer, func() (result, error) {
			if len(body) != 32 {
				return result{}, fmt.Errorf("hash of %d bytes: want 32", len(body))
			}
			der, _ := r.voter.machine.certificate([32]byte(body))
			return result{DER: der}, nil
		})
	})
	r.cfg.Transport.Answer(kindViewAsk, r.answerView)
}

// mayAsk checks a command that came over the network: that it can be read, and
// that its sender speaks for itself only.
func mayAsk(peer flow.Identity, body []byte) error {
	c, err := decodeCommand(body)
	if err != nil {
		return err
	}
	node := flow.NodeID(peer.Name)
	switch c := c.(type) {
	case claim:
		if c.Node != node {
			return fmt.Errorf("node %s claims for node %s", node, c.Node)
		}
	case commit:
		if c.Node != node {
			return fmt.Errorf("node %s commits for node %s", node, c.Node)
		}
	}
	return nil
}

func (r *Register) asLeader(peer flow.Identity, do func() (result, error)) ([]byte, error) {
	if peer.Role != flow.RoleNode {
		return nil, fmt.Errorf("%s is not a node", peer.URI)
	}
	if !r.enter() {
		return nil, ErrClosed
	}
	defer r.leave()
	var res result
	if r.voter == nil || !r.voter.leading() {
		leader, _ := r.Leader()
		res = result{Fault: faultNotLeader, Leader: leader}
	} else {
		var err error
		if res, err = do(); err != nil {
			if err != errElection {
				return nil, err
			}
			res = result{Fault: faultNotLeader}
		}
	}
	return json.Marshal(res)
}

// A viewAnswer is a View, or none when the asker's is the newest still.
type viewAnswer struct {
	Leader flow.NodeID `json:"leader,omitempty"`
	View   *View       `json:"view,omitempty"`
}

// answerView holds the question open until there is a newer View, or another
// leader, or [viewWait] is over.
func (r *Register) answerView(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	if peer.Role != flow.RoleNode {
		return nil, fmt.Errorf("%s is not a node", peer.URI)
	}
	if r.voter == nil {
		return nil, fmt.Errorf("node %s is not a voter", r.cfg.Self)
	}
	if !r.enter() {
		return nil, ErrClosed
	}
	defer r.leave()
	seen, n := binary.Uvarint(body)
	if n <= 0 {
		return nil, errShort
	}
	timer := time.NewTimer(viewWait)
	defer timer.Stop()
	first, _ := r.Leader()
	for {
		v, changed := r.board.read()
		leader, _ := r.Leader()
		if v.Index > seen {
			return json.Marshal(viewAnswer{leader, v})
		}
		if leader != first {
			return json.Marshal(viewAnswer{Leader: leader})
		}
		select {
		case <-changed:
		case <-timer.C:
			return json.Marshal(viewAnswer{Leader: leader})
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-r.run.Done():
			return nil, ErrClosed
		}
	}
}
