package agree

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"time"

	"github.com/hashicorp/raft"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A backup is one file: a line that names the format, then counted pieces, the
// first a Head in JSON and the others what the machine's Picture wrote, then a
// piece of no bytes, then the SHA-256 of all that came before.

const (
	backupLine = "wardflow backup 1\n"
	pieceMost  = 1 << 20
)

// A Head says what a backup is of.
type Head struct {
	Name  string      `json:"name"`  // of the group
	Group string      `json:"group"` // its id
	Node  flow.NodeID `json:"node"`  // that wrote it
	Index uint64      `json:"index"` // of the last entry in it
	At    time.Time   `json:"at"`    // when, by that node's clock
}

// ErrDamaged reports a backup that is not as it was written.
var ErrDamaged = errors.New("the backup is damaged or cut off")

// Backup writes everything that was agreed before the call. This node must hold
// the log (ErrNoCopy), and a majority must be there: without one, what is
// written may be old, and old is what an error says. A backup that ended with
// an error is of no use.
func (g *Group) Backup(ctx context.Context, w io.Writer) error {
	if !g.Holds() {
		return fmt.Errorf("back up the %s: %w: a voter must write it, one of %s", g.cfg.Name, ErrNoCopy, g.voterNames())
	}
	if err := g.Sync(ctx); err != nil {
		return fmt.Errorf("back up the %s: %w", g.cfg.Name, err)
	}
	f := g.holder()
	if f == nil {
		return fmt.Errorf("back up the %s: %w", g.cfg.Name, ErrNoCopy)
	}
	at, _ := g.fsm.has(f)
	p, err := g.fsm.picture()
	if err != nil {
		return fmt.Errorf("back up the %s: %w", g.cfg.Name, err)
	}
	defer p.Release()
	head := Head{g.cfg.Name, g.groupID(), g.cfg.Self, at, time.Now().UTC()}
	if err := writeBackup(w, head, p); err != nil {
		return fmt.Errorf("back up the %s: %w", g.cfg.Name, err)
	}
	return nil
}

func writeBackup(w io.Writer, head Head, p io.WriterTo) error {
	out := &pieces{w: bufio.NewWriter(w), sum: sha256.New()}
	out.put([]byte(backupLine))
	b, err := json.Marshal(head)
	if err != nil {
		return err
	}
	if _, err := out.Write(b); err != nil {
		return err
	}
	if _, err := p.WriteTo(out); err != nil {
		return err
	}
	return out.finish()
}

// pieces writes what it is given as counted pieces, and sums all of it.
type pieces struct {
	w   *bufio.Writer
	sum hash.Hash
	err error
}

func (p *pieces) put(b []byte) {
	if p.err == nil {
		p.sum.Write(b)
		_, p.err = p.w.Write(b)
	}
}

func (p *pieces) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := min(len(rest), pieceMost)
		p.put(binary.AppendUvarint(nil, uint64(n)))
		p.put(rest[:n])
		rest = rest[n:]
	}
	return len(b), p.err
}

func (p *pieces) finish() error {
	p.put([]byte{0})
	if p.err != nil {
		return p.err
	}
	if _, err := p.w.Write(p.sum.Sum(nil)); err != nil {
		return err
	}
	return p.w.Flush()
}

// ReadBackup reads a backup to its end, gives what the machine wrote to out, and
// reports ErrDamaged unless it is whole.
func ReadBackup(from io.Reader, out io.Writer) (Head, error) {
	var head Head
	damaged := func(why string) (Head, error) { return head, fmt.Errorf("%w: %s", ErrDamaged, why) }
	sum := sha256.New()
	r := bufio.NewReader(from)
	line := make([]byte, len(backupLine))
	if _, err := io.ReadFull(r, line); err != nil || string(line) != backupLine {
		return head, fmt.Errorf("%w: it is no backup, or one of a newer wardflow", ErrDamaged)
	}
	sum.Write(line)
	for first := true; ; first = false {
		n, err := binary.ReadUvarint(r)
		if err != nil || n > pieceMost {
			return damaged("a piece has no length")
		}
		sum.Write(binary.AppendUvarint(nil, n))
		if n == 0 {
			break
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(r, b); err != nil {
			return damaged("it ends early")
		}
		sum.Write(b)
		if first {
			if err := json.Unmarshal(b, &head); err != nil {
				return damaged("its head can't be read")
			}
			continue
		}
		if _, err := out.Write(b); err != nil {
			return head, err
		}
	}
	want := make([]byte, sha256.Size)
	if _, err := io.ReadFull(r, want); err != nil || !bytes.Equal(want, sum.Sum(nil)) {
		return damaged("its sum is another")
	}
	if _, err := r.ReadByte(); err != io.EOF {
		return damaged("something follows its end")
	}
	return head, nil
}

// Restore replaces everything, on all voters, by a backup. This node must hold
// the log; it takes the lead. Who the voters are does not change. The caller has made
// sure that nothing is lost by it. prepare (or nil) turns what the machine
// wrote into what it is to read now.
func (g *Group) Restore(ctx context.Context, from io.Reader, prepare func(io.Reader, io.Writer) error) (Head, error) {
	fail := func(head Head, err error) (Head, error) {
		return head, fmt.Errorf("restore the %s: %w", g.cfg.Name, err)
	}
	if !g.enter() {
		return fail(Head{}, ErrClosed)
	}
	defer g.leave()
	if !g.Holds() {
		return fail(Head{}, fmt.Errorf("%w: a voter must do it, one of %s", ErrNoCopy, g.voterNames()))
	}
	whole, err := os.CreateTemp(g.cfg.Dir, "restore-*")
	if err != nil {
		return fail(Head{}, err)
	}
	defer os.Remove(whole.Name())
	defer whole.Close()
	head, err := ReadBackup(from, whole)
	if err != nil {
		return fail(head, err)
	}
	if head.Name != g.cfg.Name {
		return fail(head, refuse("the backup is of %q", head.Name))
	}
	if _, err := whole.Seek(0, io.SeekStart); err != nil {
		return fail(head, err)
	}
	use := whole
	if prepare != nil {
		if use, err = os.CreateTemp(g.cfg.Dir, "restore-*"); err != nil {
			return fail(head, err)
		}
		defer os.Remove(use.Name())
		defer use.Close()
		if err := prepare(whole, use); err != nil {
			return fail(head, err)
		}
	}
	for {
		if err = g.takeLead(ctx); err == nil {
			err = g.replace(ctx, use, head.Index+leap)
		}
		if err != errElection {
			break
		} // else the lead was lost on the way
	}
	if err != nil {
		return fail(head, err)
	}
	return head, nil
}

// leap is by how much the index of the log is set ahead of a backup's: nodes that
// know what was agreed after it was written must not meet the same index again.
const leap = 1 << 20

// replace has raft take a file for its newest snapshot, and all voters with it.
func (g *Group) replace(ctx context.Context, f *os.File, index uint64) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	v := g.holder()
	if v == nil {
		return errElection
	}
	done := make(chan error, 1)
	g.busy.Go(func() { // ends with raft at the latest
		done <- v.do(func() error {
			meta := &raft.SnapshotMeta{Version: raft.SnapshotVersionMax, Index: index, Size: size}
			return v.raft.Restore(meta, io.NopCloser(f), 0)
		})
	})
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		<-done // it reads the file
		return ctx.Err()
	}
}

// takeLead makes this node the leader, who alone can restore.
func (g *Group) takeLead(ctx context.Context) error {
	for {
		changed := g.Changed()
		v := g.holder()
		if v == nil {
			return fmt.Errorf("%w: a voter must do it, one of %s", ErrNoCopy, g.voterNames())
		}
		if v.leading() {
			return nil
		}
		_, err := g.untilLed(ctx, g.kind("handover"), []byte(v.full), patience, func(*voter) (Answer, error) { return Answer{}, nil })
		if err != nil {
			return err
		}
		timer := time.NewTimer(maxPause)
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		timer.Stop()
	}
}

// answerHandover gives the lead to the voter that asks.
func (g *Group) answerHandover(_ context.Context, v *voter, peer flow.Identity, body []byte) (Answer, error) {
	s, ok := g.roll().find(flow.NodeID(peer.Name))
	if !ok || !s.Votes || s.Full != string(body) {
		err := refuse("%s is not a voter", peer.Name)
		g.Refused(peer, "to lead the "+g.cfg.Name, err)
		return Answer{}, err
	}
	return Answer{}, v.wait(func() raft.Future { return v.raft.LeadershipTransferToServer(raft.ServerID(s.Full), s.address()) })
}
