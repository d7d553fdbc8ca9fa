package register

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// ErrNotEmpty reports that a backup would replace what is agreed now.
var ErrNotEmpty = errors.New("the register is not empty")

// restored is the setting that says when a backup was restored last. Writing it
// makes a View that is newer than any before the restore.
const restored = "register.restored"

// leap is by how much what rises is set ahead of a backup, since nobody knows
// how far it rose after the backup was written: epochs, and indices of the log.
const leap = 1 << 20

// Backup writes everything that was agreed before the call, checkpoints and all,
// as one file with a checksum. This node must be a voter, and there must be a
// majority. It holds what patients' tokens hold: keep it as safe as a store.
func (r *Register) Backup(ctx context.Context, w io.Writer) error { return r.group.Backup(ctx, w) }

// Restore replaces everything by what [Register.Backup] wrote, on all voters.
// What was agreed after the backup is lost, and with it the promise to tokens
// that were settled since. It is for a cluster that was founded anew because its
// voters' disks are lost: unless force is set, a register that has applications
// is [ErrNotEmpty]. This node must be a voter. Who the voters are stays as it is.
func (r *Register) Restore(ctx context.Context, from io.Reader, force bool) error {
	if err := r.Sync(ctx); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if v := r.View(); !force && len(v.Apps)+len(v.Placements) > 0 {
		return fmt.Errorf("restore: %w: %d applications would be replaced", ErrNotEmpty, len(v.Apps))
	}
	head, err := r.group.Restore(ctx, from, r.prepare)
	if err != nil {
		return err
	}
	r.log.Info("register restored", "from", head.Node, "written", head.At)
	return r.PutSetting(ctx, restored, time.Now().UTC().AppendFormat(nil, time.RFC3339))
}

// prepare sets the epochs of a backup ahead of all that may have begun since.
func (r *Register) prepare(from io.Reader, to io.Writer) error {
	s, err := readState(bufio.NewReader(from))
	if err != nil {
		return err
	}
	r.machine.mu.RLock()
	s.floor = max(s.floor, r.machine.state.highest())
	if now := r.machine.state.ledger; now.known && now.head.Number > s.ledger.head.Number {
		s.ledger = now.copy() // blocks are final: who holds the chain has gone on by them
	}
	r.machine.mu.RUnlock()
	s.floor = max(s.floor, s.highest()) + leap
	s.laid, s.done = nil, nil
	return s.writeTo(to)
}

// highest is the highest epoch there is or was.
func (s *state) highest() uint64 {
	highest := s.floor
	for _, a := range s.actors {
		highest = max(highest, a.place.Epoch)
	}
	return highest
}
