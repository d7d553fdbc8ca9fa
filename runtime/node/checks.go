package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/tlog"
	"github.com/wardflow/wardflow/runtime/wal"
)

// Every node that judges keeps one log of its checks. What is in it:
//
//	checks/log.key   the account of the log
//	checks/log/      the log
//	checks/heads/    what was signed of it, and checks that are to be transactions
const (
	checksDir  = "checks"
	logKeyFile = "log.key"
	logDir     = "log"
	headsDir   = "heads"
)

// checks are this node's log of checks, and how it comes to the chain.
type checks struct {
	n       *Node
	log     *tlog.Log
	anchor  *anchor.Anchor
	outbox  *anchor.Outbox
	manager chain.Address
	judges  string // the same, as checks have it
	relay   *nodeRelay

	mu       sync.Mutex // guards what follows
	contract anchor.Contract
}

// openChecks opens the log. A node that judges and can't keep one does not start:
// nobody could prove what it has judged.
func (n *Node) openChecks(context.Context) error {
	if n.ruling == nil {
		return nil
	}
	manager, err := chain.ParseAddress(n.cfg.Chain.Manager)
	if err != nil {
		return err
	}
	c := &checks{n: n, manager: manager, judges: strings.ToLower(manager.Hex())}
	if err := c.open(filepath.Join(n.cfg.Dir, checksDir)); err != nil {
		return err
	}
	n.checks = c
	n.door.Answer(askAnchor, c.answerAnchor)
	n.door.Answer(askConfirm, c.answerConfirm)
	return nil
}

func (c *checks) open(dir string) error {
	n := c.n
	key, err := keyIn(dir, logKeyFile)
	if err != nil {
		return err
	}
	if c.log, err = tlog.Open(tlog.Config{Dir: filepath.Join(dir, logDir)}); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, logDir), err)
	}
	n.ends = append(n.ends, c.log.Close)
	folder, err := wal.OpenFolder(filepath.Join(dir, headsDir))
	if err != nil {
		return err
	}
	n.ends = append(n.ends, folder.Close)
	if c.relay, err = n.openRelay(c); err != nil {
		return err
	}
	n.ends = append(n.ends, c.relay.close)
	c.anchor, err = anchor.Start(anchor.Config{Log: c.log, Key: key, Chain: n.ruling.chain, Contract: c.find, Sender: c.relay,
		Signer: n.signer, Epoch: n.ruling.epoch, Disk: folder, Slog: n.log, Alarm: c.alarm})
	if err != nil {
		return err
	}
	n.ends = append(n.ends, c.anchor.Close)
	if c.outbox, err = anchor.OpenOutbox(folder, n.log, c.alarm, c.payCheck); err != nil {
		return err
	}
	n.ends = append(n.ends, c.outbox.Close)
	return nil
}

// keyIn reads the key of an account, or makes it.
func keyIn(dir, name string) (*chain.Key, error) {
	file := filepath.Join(dir, name)
	key, err := chain.LoadKey(file, "")
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if key, err = chain.NewKey(); err != nil {
		return nil, err
	}
	return key, key.Save(file, "")
}

// find finds the anchors' contract, once.
func (c *checks) find(ctx context.Context) (anchor.Contract, error) {
	c.mu.Lock()
	found := c.contract
	c.mu.Unlock()
	if found.Chain != nil {
		return found, nil
	}
	found, err := anchor.Of(ctx, c.n.ruling.chain, c.manager)
	if err != nil {
		return found, err
	}
	c.mu.Lock()
	c.contract = found
	c.mu.Unlock()
	return found, nil
}

// epoch is that of the rules as they are read now.
func (r *ruling) epoch() uint64 { return r.book.Status(time.Now()).Epoch }

// alarm tells people that checks do not come to the chain, or do again.
func (c *checks) alarm(problem string) {
	text := "checks come to the chain again"
	if problem != "" {
		text = problem
		c.n.log.Error("checks do not come to the chain", "err", problem)
		c.n.audit(flow.AuditEvent{Kind: flow.AuditRegister, Who: c.n.signer().ID.URI, Proven: true, What: "anchoring of this node's checks", Why: problem})
	} else {
		c.n.log.Info("checks come to the chain again")
		c.n.audit(flow.AuditEvent{Kind: flow.AuditRegister, Who: c.n.signer().ID.URI, Proven: true, What: "anchoring of this node's checks goes on"})
	}
	c.n.events.add(control.ChecksBehind, "", "", text)
}

// Flush returns when every judgement that was made before is on disk.
func (c *checks) Flush() error {
	if c == nil {
		return nil
	}
	if err := c.outbox.Sync(); err != nil {
		return err
	}
	size, err := c.log.Sync()
	if err != nil {
		return err
	}
	c.anchor.Synced(size)
	return nil
}

// state is how far the log is anchored, for people; nil where there is none.
func (c *checks) state() *control.ChecksState {
	if c == nil {
		return nil
	}
	s := c.anchor.Status()
	return &control.ChecksState{Node: c.n.cfg.Node, Log: strings.ToLower(s.Log), Contract: strings.ToLower(s.Contract), Chain: s.Chain,
		Size: s.Size, Anchored: s.Anchored, Block: s.Block, At: s.At, Since: s.Since, Sending: c.outbox.Waiting(), Problem: s.Problem}
}

// flushing keeps checkpoints when the judgements that they follow from are on
// disk.
type flushing struct {
	engine.Checkpoints
	n *Node
}

func (f flushing) Commit(ctx context.Context, steps []flow.Checkpoint) ([]flow.ActorID, error) {
	if err := f.n.checks.Flush(); err != nil {
		return nil, err
	}
	return f.Checkpoints.Commit(ctx, steps)
}
