package register

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Transport is what a register needs of the door.
type Transport = agree.Transport

// A Voter is a node that holds the log.
type Voter = agree.Voter

// Config is what a register needs. Self, Transport and Log are required, and
// Dir on a node that is or may become a voter.
type Config struct {
	Self      flow.NodeID
	Transport Transport
	Log       *slog.Logger

	Dir string // folder for the log and its snapshots, this register's alone

	// Voters are the nodes that hold the log at first: 1, 3 or 5. Each of them
	// must be given the same ones; the register is founded when all of them are
	// up. From then on [Register.AddVoter] and [Register.RemoveVoter] say who
	// they are, and these are those to ask first. Empty: this node alone.
	Voters []Voter
	// Lookup gives the newest address known of a node. nil: that of Voters.
	Lookup func(flow.NodeID) (addr string, ok bool)

	// Own says which settings a node without a vote may put, and remove: what it
	// says of itself, such as that it stops. nil: none.
	Own func(node flow.NodeID, key string) bool
	// Checked judges, on the leader, the value that a node puts for a key: whether
	// it proves itself, so that any node may bring it, or else voters only; or why
	// nobody may put it. nil: nothing proves itself.
	Checked func(key string, value []byte) (proves bool, err error)
	// Issued is nil for the DER bytes of a certificate that an authority of the
	// hospital has issued, whether it holds still or not: any node may publish it.
	// Without Issued voters only publish.
	Issued func(der []byte) error
	// Block judges, on the leader, a block of the chain that another node wants
	// agreed on. nil: voters may, and what they bring is believed.
	Block func(node flow.NodeID, b Block) error
	// Audit is told what other nodes were refused; it must not block. nil: Log is.
	Audit func(flow.AuditEvent)

	Election time.Duration // silence after which a leader is given up; 500 ms
	Snapshot uint64        // bytes of log between two snapshots; 64 MiB
	Trailing uint64        // entries kept behind a snapshot for voters that lag; 1024
	Segment  int           // bytes of one file of the log; 16 MiB
}

// A Register is this node's door to what the cluster has agreed on. All its
// methods may be called by any goroutine.
type Register struct {
	cfg     Config
	log     *slog.Logger
	group   *agree.Group
	machine *machine
	board   *board
	seq     atomic.Uint64
	nonce   func() uint64
	heard   heard
	packed  packedView
	asked   atomic.Uint64 // which voter is asked for blocks
	rooms   sync.Pool     // each a *scratch, for commits

	stop context.CancelFunc
	run  context.Context // ends with Close
	busy sync.WaitGroup  // everything that runs in the background

	mu     sync.Mutex // guards what follows
	closed bool
	known  map[[32]byte][]byte // certificates a node without log has asked for
}

// Open starts the register of this node. A voter reads its folder first, which
// takes about a second for 100 MB; it does not wait for other voters. The
// register is ready for use at once; [Register.Sync] waits until its view is
// what the cluster has agreed on.
func Open(cfg Config) (*Register, error) {
	if cfg.Log == nil {
		return nil, errors.New("register: Config.Log is nil")
	}
	run, stop := context.WithCancel(context.Background())
	r := &Register{cfg: cfg, log: cfg.Log, board: newBoard(), run: run, stop: stop,
		nonce: rand.Uint64, known: map[[32]byte][]byte{}}
	r.machine = newMachine(r.board)
	opened := make(chan struct{}) // answers wait for group
	var err error
	r.group, err = agree.Open(agree.Config{Name: "register", Self: cfg.Self, Transport: cfg.Transport, Log: cfg.Log,
		Machine: r.machine, Dir: cfg.Dir, Voters: cfg.Voters, Lookup: cfg.Lookup, Audit: cfg.Audit,
		May: func(peer flow.Identity, entry []byte) error { <-opened; return r.may(peer, entry) },
		Questions: map[string]agree.Question{
			askCertificate: after(opened, r.answerCertificate),
			askRenew:       after(opened, r.answerRenew),
			askPart:        after(opened, r.answerPart)},
		Election: cfg.Election, Snapshot: cfg.Snapshot, Trailing: cfg.Trailing, Segment: cfg.Segment})
	if err != nil {
		stop()
		return nil, err
	}
	close(opened)
	r.busy.Go(r.follow)
	r.busy.Go(r.ring)
	cfg.Transport.Answer(kindViewAsk, r.answerView)
	cfg.Transport.Answer(kindBlockAsk, r.answerBlock)
	return r, nil
}

// after has a question wait until the register is put together.
func after(ready <-chan struct{}, q agree.Question) agree.Question {
	return func(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
		<-ready
		return q(ctx, peer, body)
	}
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
	err := r.group.Close()
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

// ring passes on that the leader or the voters have changed.
func (r *Register) ring() {
	changed := r.group.Changed()
	for {
		select {
		case <-changed:
			changed = r.group.Changed()
			r.board.ring()
		case <-r.run.Done():
			return
		}
	}
}

// View is what is agreed, as far as this node has heard: at most some tens of
// milliseconds behind where a majority can be reached, and as it was where not.
// The first call after a change copies what there is of actors.
func (r *Register) View() *View {
	v, _ := r.board.read()
	return v
}

// Changed returns a channel that is closed when the View is replaced, or the
// leader or the voters change; each change has a channel of its own. Fetch it
// before what it guards, so that no change falls in between:
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
func (r *Register) Changed() <-chan struct{} { return r.board.changes() }

// Leading reports whether this node leads the voters and knows everything that
// was agreed before it did.
func (r *Register) Leading() bool { return r.group.Leading() }

// Leader is the node that leads, as far as this node knows.
func (r *Register) Leader() (flow.NodeID, bool) { return r.group.Leader() }

// Voters are the nodes that hold the log and vote, by name, as far as this node
// knows.
func (r *Register) Voters() []Voter { return r.group.Voters() }

// AddVoter makes a running node a voter: it gets a copy of the log, catches up
// and then counts. Addr "" is that of Config.Lookup. A voter whose disk was lost
// is replaced by the same node with a new log. It is no error if it is one.
func (r *Register) AddVoter(ctx context.Context, v Voter) error { return r.group.AddVoter(ctx, v) }

// RemoveVoter takes a voter out, which may be gone for ever. Neither the last
// one can be removed, nor one without whom the rest has no majority.
func (r *Register) RemoveVoter(ctx context.Context, id flow.NodeID) error {
	return r.group.RemoveVoter(ctx, id)
}
