package register

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The questions that the leader answers, and the one that every voter does.
const (
	askCertificate = "certificate"   // 32 bytes of hash → its DER bytes, or none
	askRenew       = "renew"         // nothing → nothing
	askPart        = "part"          // partAsk → bytes of a checkpoint
	kindViewAsk    = "register.view" // viewAsk → viewAnswer
)

// viewWait is how long a question for a newer View is held open: a node without
// log that hears nothing for a little longer turns to another voter.
const viewWait = 2 * time.Second

func (r *Register) answerCertificate(_ context.Context, _ flow.Identity, body []byte) ([]byte, error) {
	if len(body) != 32 {
		return nil, fmt.Errorf("hash of %d bytes: want 32", len(body))
	}
	der, _ := r.machine.certificate([32]byte(body))
	return der, nil
}

// A viewAnswer is a View, or none when the asker's is the newest still.
type viewAnswer struct {
	View   []byte `json:"view,omitempty"` // bytes of a packed View, from Offset on
	Index  uint64 `json:"index,omitempty"`
	Offset int    `json:"offset,omitempty"`
	Size   int    `json:"size,omitempty"` // of all of it
}

// answerView holds the question open until there is a newer View, or [viewWait]
// is over. The body is the index that the asker has, and, when it has begun to
// fetch a larger View, that one's index and how many bytes it has.
func (r *Register) answerView(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	if peer.Role != flow.RoleNode {
		return nil, fmt.Errorf("%s is not a node", peer.URI)
	}
	if !r.enter() {
		return nil, ErrClosed
	}
	defer r.leave()
	if !r.group.Holds() {
		return nil, fmt.Errorf("node %s is not a voter", r.cfg.Self)
	}
	var q [3]uint64
	for i := range q {
		var n int
		if q[i], n = binary.Uvarint(body); n <= 0 {
			return nil, errShort
		}
		body = body[n:]
	}
	timer := time.NewTimer(viewWait)
	defer timer.Stop()
	for {
		changed := r.board.changes()
		if r.board.index() > q[0] {
			return r.packed.answer(r.View, q[1], int(q[2]))
		}
		select {
		case <-changed:
		case <-timer.C:
			return json.Marshal(viewAnswer{})
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-r.run.Done():
			return nil, ErrClosed
		}
	}
}

var errShort = errors.New("bytes end too early")
