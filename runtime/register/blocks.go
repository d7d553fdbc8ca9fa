package register

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Who holds the chain follows what is agreed about it here: at the voters' own
// copy, or by questions to a voter that are held open until there is a block.
// Blocks change no View: there is one every few seconds, and a View is copied
// whole.

// kindBlockAsk asks for the block after a number, at once (0) or when it is there
// (1): two uvarints → ledgerAnswer.
const kindBlockAsk = "register.block"

// Chain is the newest block that was agreed on, as far as this node or the voter
// that it asks has heard; known is false while the cluster has no chain. It may be
// behind what it told before. An error is that of a node without log that can't
// reach a voter.
func (r *Register) Chain(ctx context.Context) (head ChainHead, known bool, err error) {
	head, _, known, err = r.chain(ctx, 0, false)
	return head, known, err
}

// NextBlock is [Register.Chain] as soon as it is beyond the block with a number,
// or after two seconds, and the block after that number, if it is still kept.
func (r *Register) NextBlock(ctx context.Context, after uint64) (head ChainHead, next *Block, known bool, err error) {
	return r.chain(ctx, after, true)
}

func (r *Register) chain(ctx context.Context, after uint64, wait bool) (head ChainHead, next *Block, known bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, viewWait+grace)
	defer cancel()
	if r.group.Holds() {
		l, err := r.machine.waitBlock(ctx, r.run, after, wait)
		return l.head, l.at(after + 1), l.known, err
	}
	voters := r.others()
	if len(voters) == 0 {
		return head, nil, false, fmt.Errorf("hear of blocks: %w: no voter is known", ErrNoLeader)
	}
	voter := voters[r.asked.Load()%uint64(len(voters))]
	b, err := r.cfg.Transport.Ask(ctx, voter, kindBlockAsk, blockQuestion(after, wait))
	if err == nil {
		head, next, known, err = readLedgerAnswer(b)
	}
	if err != nil {
		r.asked.Add(1) // another one next
		return head, nil, false, fmt.Errorf("hear of blocks from node %s: %w", voter, err)
	}
	return head, next, known, nil
}

func blockQuestion(after uint64, wait bool) []byte {
	b := binary.AppendUvarint(nil, after)
	if wait {
		return append(b, 1)
	}
	return append(b, 0)
}

// waitBlock is the ledger once it is beyond a number, or after some time.
func (m *machine) waitBlock(ctx, run context.Context, after uint64, wait bool) (ledger, error) {
	timer := time.NewTimer(viewWait)
	defer timer.Stop()
	for late := !wait; ; {
		m.mu.RLock()
		l, changed := m.state.ledger, m.block
		m.mu.RUnlock()
		if late || l.known && l.head.Number > after {
			return l, nil
		}
		select {
		case <-changed:
		case <-timer.C:
			late = true
		case <-ctx.Done():
			return l, ctx.Err()
		case <-run.Done():
			return l, ErrClosed
		}
	}
}

// answerBlock tells a node without log what there is after a number.
func (r *Register) answerBlock(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
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
	after, rest, err := readUvarint(body)
	if err != nil || len(rest) != 1 {
		return nil, fmt.Errorf("question for a block: want a number and 0 or 1: %w", errShort)
	}
	l, err := r.machine.waitBlock(ctx, r.run, after, rest[0] == 1)
	if err != nil {
		return nil, err
	}
	return appendLedgerAnswer(&l, after)
}

// appendLedgerAnswer is nothing when there is no chain; else the head, and the
// next block as a command, which is compressed when it is large.
func appendLedgerAnswer(l *ledger, after uint64) ([]byte, error) {
	if !l.known {
		return nil, nil
	}
	b := slices.Concat(l.head.Genesis[:], l.head.Hash[:])
	b = binary.AppendUvarint(b, l.head.Number)
	next := l.at(after + 1)
	if next == nil {
		return b, nil
	}
	c, err := encodeBlock(putBlock{*next})
	return append(b, c...), err
}

func readLedgerAnswer(b []byte) (head ChainHead, next *Block, known bool, err error) {
	if len(b) == 0 {
		return head, nil, false, nil
	}
	if len(b) < 64 {
		return head, nil, false, errShort
	}
	head.Genesis, head.Hash = [32]byte(b), [32]byte(b[32:])
	if head.Number, b, err = readUvarint(b[64:]); err != nil || len(b) == 0 {
		return head, nil, err == nil, err
	}
	c, err := decodeCommand(b)
	if err != nil {
		return head, nil, false, err
	}
	block, ok := c.(putBlock)
	if !ok {
		return head, nil, false, fmt.Errorf("a command of kind %d is no block", c.kind())
	}
	return head, &block.Block, true, nil
}

// mayPutBlock judges a block that another node wants agreed on.
func (r *Register) mayPutBlock(peer flow.Identity, c putBlock) error {
	if r.cfg.Block == nil {
		return r.voting(peer, fmt.Sprintf("make block %d", c.Block.Number))
	}
	if err := r.cfg.Block(flow.NodeID(peer.Name), c.Block); err != nil {
		return fmt.Errorf("block %d of node %s: %w", c.Block.Number, peer.Name, err)
	}
	return nil
}
