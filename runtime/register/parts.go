package register

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What is too large for one entry of the log or one answer goes in parts. A
// commit in parts is laid up until its last part is agreed, and counts then; a
// checkpoint in parts is fetched from the leader, where nothing changes it until
// the node that has claimed it commits.

const (
	maxEntry = 1 << 20  // bytes of steps in one entry
	maxStep  = 64 << 20 // bytes of one actor's step
	maxLaid  = 8        // commits in parts of one node at a time
)

// laid are the parts of one commit that have come so far.
type laid struct {
	node  flow.NodeID
	seq   uint64
	bytes []byte
	parts int
}

func (s *state) commitPart(c commitPart) result {
	i := slices.IndexFunc(s.laid, func(l laid) bool { return l.node == c.Node && l.seq == c.Seq })
	if i < 0 {
		if c.Part != 0 {
			return refuse(faultParts, "part %d of a commit of node %s came without the ones before", c.Part, c.Node)
		}
		s.makeRoom(c.Node)
		i, s.laid = len(s.laid), append(s.laid, laid{node: c.Node, seq: c.Seq})
	}
	l := &s.laid[i]
	switch {
	case c.Part > l.parts || len(l.bytes)+len(c.Bytes) > maxStep+maxEntry:
		s.laid = slices.Delete(s.laid, i, i+1)
		return refuse(faultParts, "part %d of a commit of node %s came without the ones before, or is too large", c.Part, c.Node)
	case c.Part == l.parts:
		l.bytes, l.parts = append(slices.Clip(l.bytes), c.Bytes...), l.parts+1
	} // else it came before
	if c.Part+1 < c.Parts {
		return result{}
	}
	whole := l.bytes
	s.laid = slices.Delete(s.laid, i, i+1)
	command, err := decodeCommand(whole)
	if err != nil {
		return refuse(faultBad, "commit of node %s in %d parts: %v", c.Node, c.Parts, err)
	}
	all, ok := command.(commit)
	if !ok || all.Node != c.Node || all.Seq != c.Seq {
		return refuse(faultBad, "parts of node %s are no commit of it", c.Node)
	}
	return s.commit(all)
}

// makeRoom drops the oldest commit of a node that was never finished.
func (s *state) makeRoom(node flow.NodeID) {
	n, oldest := 0, -1
	for i, l := range s.laid {
		if l.node == node {
			if n++; oldest < 0 || l.seq < s.laid[oldest].seq {
				oldest = i
			}
		}
	}
	if n >= maxLaid {
		s.laid = slices.Delete(s.laid, oldest, oldest+1)
	}
}

// putCommit has one commit command agreed on, in parts if it is large.
func (r *Register) putCommit(ctx context.Context, seq uint64, body []byte) (result, error) {
	if len(body) <= 3*maxEntry {
		return r.applyBytes(ctx, r.group.Apply, body)
	}
	for {
		res, err := r.putParts(ctx, seq, body)
		if err != errParts || ctx.Err() != nil {
			return res, err
		}
	}
}

func (r *Register) putParts(ctx context.Context, seq uint64, body []byte) (res result, err error) {
	parts := slices.Collect(slices.Chunk(body, maxEntry))
	for i, b := range parts {
		if res, err = r.apply(ctx, commitPart{Node: r.cfg.Self, Seq: seq, Part: i, Parts: len(parts), Bytes: b}); err != nil {
			return res, err
		}
	}
	return res, nil
}

// A partAsk asks for bytes of the checkpoint that a claim has found.
type partAsk struct {
	Actor  flow.ActorID `json:"actor"`
	Epoch  uint64       `json:"epoch"`
	Offset int          `json:"offset"`
}

func (r *Register) answerPart(_ context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	var q partAsk
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, err
	}
	r.machine.mu.RLock()
	a := r.machine.state.actors[q.Actor]
	r.machine.mu.RUnlock()
	if a.holder != flow.NodeID(peer.Name) || a.place.Epoch != q.Epoch {
		return nil, nil // another epoch has begun
	}
	whole := a.whole.checkpoint(q.Actor)
	whole.Epoch = q.Epoch
	b, err := flow.AppendCheckpoint(nil, whole)
	if err != nil {
		return nil, err
	}
	if q.Offset < 0 || q.Offset > len(b) {
		return nil, fmt.Errorf("checkpoint of %s has %d bytes, not %d", q.Actor, len(b), q.Offset)
	}
	return append(binary.AppendUvarint(nil, uint64(len(b))), b[q.Offset:min(len(b), q.Offset+3*maxEntry)]...), nil
}

// fetchWhole gets a checkpoint that was too large for the answer to its claim.
func (r *Register) fetchWhole(ctx context.Context, actor flow.ActorID, epoch uint64) (flow.Checkpoint, error) {
	var all []byte
	for {
		q, err := json.Marshal(partAsk{actor, epoch, len(all)})
		if err != nil {
			return flow.Checkpoint{}, err
		}
		b, err := r.group.AskLeader(ctx, askPart, q)
		if err != nil {
			return flow.Checkpoint{}, err
		}
		if len(b) == 0 {
			return flow.Checkpoint{}, fmt.Errorf("epoch %d of it is over already: %w", epoch, flow.ErrStale)
		}
		size, b, err := readUvarint(b)
		if err != nil {
			return flow.Checkpoint{}, err
		}
		if all = append(all, b...); uint64(len(all)) >= size || len(b) == 0 {
			c, _, err := flow.ReadCheckpoint(all)
			return c, err
		}
	}
}

// appendPart writes a part of a commit as a command.
func appendPart(c commitPart) []byte {
	b := []byte{commandFormat, kindCommitPart}
	b = binary.AppendUvarint(b, uint64(len(c.Node)))
	b = append(b, c.Node...)
	for _, n := range []uint64{c.Seq, uint64(c.Part), uint64(c.Parts)} {
		b = binary.AppendUvarint(b, n)
	}
	return append(b, c.Bytes...)
}

func readPart(b []byte) (commitPart, error) {
	var c commitPart
	n, b, err := readUvarint(b)
	if err != nil {
		return c, err
	}
	if n > uint64(len(b)) {
		return c, errShort
	}
	c.Node, b = flow.NodeID(b[:n]), b[n:]
	var at [3]uint64
	for i := range at {
		if at[i], b, err = readUvarint(b); err != nil {
			return c, err
		}
	}
	const most = 1 << 20
	if at[1] >= at[2] || at[2] > most {
		return c, fmt.Errorf("part %d of %d", at[1], at[2])
	}
	c.Seq, c.Part, c.Parts, c.Bytes = at[0], int(at[1]), int(at[2]), b
	return c, nil
}
