package register

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Transport is what a register needs of the door. A kind or a protocol is
// handled by one register at a time.
type Transport interface {
	// Handle gives connections of an ALPN protocol to serve, which owns the
	// connection and returns when it is done with it.
	Handle(proto string, serve func(net.Conn, flow.Identity))
	// Dial opens such a connection to the node want at addr ("host:port").
	Dial(ctx context.Context, proto, addr string, want flow.NodeID) (net.Conn, error)
	// Ask sends one question to a node and returns its answer.
	Ask(ctx context.Context, node flow.NodeID, kind string, body []byte) ([]byte, error)
	// Answer answers the questions of a kind.
	Answer(kind string, answer func(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error))
}

// A Voter is a node that holds the log.
type Voter struct {
	ID   flow.NodeID
	Addr string // host:port of its door
}

// Config is what a register needs. Self, Transport and Log are required, and on
// a voter Dir.
type Config struct {
	Self      flow.NodeID
	Transport Transport
	Log       *slog.Logger

	Dir string // folder for the log and its snapshots, this register's alone

	// Voters are the nodes that hold the log: 1, 3 or 5. Each voter must be
	// given the same ones at its first start; later what is in its folder
	// counts. Empty: this node alone.
	Voters []Voter
	// Lookup gives the newest address known of a node. nil: that of Voters.
	Lookup func(flow.NodeID) (addr string, ok bool)

	Election time.Duration // silence after which a leader is given up; 500 ms
	Snapshot uint64        // bytes of log between two snapshots; 64 MiB
	Trailing uint64        // entries kept behind a snapshot for voters that lag; 1024
	Segment  int           // bytes of one file of the log; 16 MiB
}

func (c *Config) setDefaults() error {
	switch {
	case c.Self == "":
		return errors.New("register: Config.Self is empty: want the name of this node")
	case c.Transport == nil:
		return errors.New("register: Config.Transport is nil: want the door")
	case c.Log == nil:
		return errors.New("register: Config.Log is nil")
	}
	if len(c.Voters) == 0 {
		c.Voters = []Voter{{ID: c.Self}}
	}
	seen := map[flow.NodeID]bool{}
	for _, v := range c.Voters {
		if v.ID == "" || seen[v.ID] {
			return fmt.Errorf("register: Config.Voters: voter %q has no name or is named twice", v.ID)
		}
		if v.Addr == "" && v.ID != c.Self && c.Lookup == nil {
			return fmt.Errorf("register: Config.Voters: voter %s has no address", v.ID)
		}
		seen[v.ID] = true
	}
	if len(c.Voters)%2 == 0 {
		return fmt.Errorf("register: Config.Voters: %d voters: want 1, 3 or 5, so that one half can't stop the other", len(c.Voters))
	}
	if seen[c.Self] && c.Dir == "" {
		return errors.New("register: Config.Dir is empty: a voter keeps its log there")
	}
	if c.Lookup == nil {
		c.Lookup = func(flow.NodeID) (string, bool) { return "", false }
	}
	if c.Election == 0 {
		c.Election = 500 * time.Millisecond
	}
	if c.Snapshot == 0 {
		c.Snapshot = 64 << 20
	}
	if c.Trailing == 0 {
		c.Trailing = 1024
	}
	if c.Segment == 0 {
		c.Segment = 16 << 20
	}
	return nil
}

// A Register is this node's door to what the cluster has agreed on. All its
// methods may be called by any goroutine.
type Register struct {
	cfg   Config
	log   *slog.Logger
	board *board
	voter *voter // nil on a node that holds no log
	seq   atomic.Uint64
	nonce func() uint64

	stop context.CancelFunc
	run  context.Context // ends with Close
	busy sync.WaitGroup  // everything that runs in the background

	mu       sync.Mutex // guards what follows
	closed   bool
	supposed flow.NodeID         // the leader, as a node without log was told; "": not known
	known    map[[32]byte][]byte // certificates a node without log has asked for
}

// Open starts the register of this node. A voter reads its folder first, which
// takes about a second for 100 MB; it does not wait for other voters. The
// register is ready for use at once; [Register.Sync] waits until its view is
// what the cluster has agreed on.
func Open(cfg Config) (*Register, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.Background())
	r := &Register{cfg: cfg, log: cfg.Log, board: newBoard(), run: run, stop: stop,
		nonce: rand.Uint64, known: map[[32]byte][]byte{}}
	if slices.ContainsFunc(cfg.Voters, func(v Voter) bool { return v.ID == cfg.Self }) {
		v, err := openVoter(r)
		if err != nil {
			stop()
			return nil, fmt.Errorf("open register: %w", err)
		}
		r.voter = v
	} else {
		r.busy.Go(func() { r.follow(run) })
	}
	r.answer()
	return r, nil
}

// Close stops taking part. Calls under way end with [ErrClosed]. It returns when
// nothing of the register runs any more, and may be called again.
func (r *Register) Close() error {
	r.mu.Lock()
	was := r.closed
	r.closed = true
	r.mu.Unlock()
	if was {
		return nil
	}
	r.stop()
	var err error
	if r.voter != nil {
		err = r.voter.close()
	}
	r.busy.Wait()
	r.board.ring()
	return err
}

// enter counts a call in, unless the register is closed; leave counts it out.
func (r *Register) enter() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.busy.Add(1)
	return true
}

func (r *Register) leave() { r.busy.Done() }

// View is what is agreed, as far as this node has heard: at most some tens of
// milliseconds behind where a majority can be reached, and as it was where not.
// It costs nothing.
func (r *Register) View() *View {
	v, _ := r.board.read()
	return v
}

// Changed returns a channel that is closed when the View is replaced or the
// leader changes; each change has a channel of its own. Fetch it before what it
// guards, so that no change falls in between:
//
//	for {
//		changed := r.Changed()
//		use(r.View())
//		select {
//		case <-changed:
//		case <-ctx.Done():
//			return
//		}
//	}
//
// Checkpoints change no View.
func (r *Register) Changed() <-chan struct{} {
	_, changed := r.board.read()
	return changed
}

// Leading reports whether this node leads the voters and knows everything that
// was agreed before it did.
func (r *Register) Leading() bool { return r.voter != nil && r.voter.leading() }

// Leader is the node that leads, as far as this node knows.
func (r *Register) Leader() (flow.NodeID, bool) {
	if r.voter != nil {
		return r.voter.leader()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.supposed, r.supposed != ""
}

func (r *Register) suppose(leader flow.NodeID) {
	r.mu.Lock()
	changed := r.supposed != leader
	r.supposed = leader
	r.mu.Unlock()
	if changed {
		r.board.ring()
	}
}
