package agree

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What callers branch on.
var (
	// ErrNoLeader reports that nothing can be agreed now: no majority of the
	// voters can be reached. It wraps the error of the call's context, but for
	// that of [Group.ApplyHere]: there this node does not lead any more.
	ErrNoLeader = errors.New("no leader")
	// ErrClosed reports a call to a group that is closed.
	ErrClosed = errors.New("closed")
	// ErrNoCopy reports a call that only a node which holds the log can answer.
	ErrNoCopy = errors.New("this node holds no copy")
)

// Transport is what a group needs of the door. A kind or a protocol is handled
// by one group at a time.
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
	Addr string // host:port of its door; "": Config.Lookup knows it
}

// Config is what a group needs. Name, Self, Transport, Log and Machine are
// required, and Dir on a node that is or may become a voter.
type Config struct {
	Name      string // "register", "store": lower case, the same on all nodes
	Self      flow.NodeID
	Transport Transport
	Log       *slog.Logger
	Machine   Machine

	Dir string // folder for the log and its snapshots, this group's alone

	// Voters are the nodes that hold the log at first; each of them must be
	// given the same ones. Once the group is founded they are those to ask who
	// holds it now. Empty: this node alone.
	Voters []Voter
	// Lookup gives the newest address known of a node. nil: that of Voters.
	Lookup func(flow.NodeID) (addr string, ok bool)

	// May judges an entry of another node, on the leader; its error is the
	// answer. nil: every node may apply every entry.
	May func(peer flow.Identity, entry []byte) error
	// Audit is told what other nodes were refused; it must not block. The same
	// of one node is told every ten seconds at most. nil: only Log is told.
	Audit func(flow.AuditEvent)
	// Questions are answered by the leader; see [Group.AskLeader].
	Questions map[string]Question

	Election time.Duration // silence after which a leader is given up; 500 ms
	Snapshot uint64        // bytes of log between two snapshots; 64 MiB
	Trailing uint64        // entries kept behind a snapshot for voters that lag; 1024
	Segment  int           // bytes of one file of the log; 16 MiB
}

// A Question is answered by the leader for a node, which may be itself.
type Question func(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error)

func (c *Config) setDefaults() error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("%s: Config."+format, append([]any{c.Name}, args...)...)
	}
	switch {
	case c.Name == "":
		return errors.New("agree: Config.Name is empty: want a short word such as register")
	case c.Self == "":
		return fail("Self is empty: want the name of this node")
	case c.Transport == nil:
		return fail("Transport is nil: want the door")
	case c.Log == nil:
		return fail("Log is nil")
	case c.Machine == nil:
		return fail("Machine is nil")
	}
	if len(c.Voters) == 0 {
		c.Voters = []Voter{{ID: c.Self}}
	}
	seen := map[flow.NodeID]bool{}
	for _, v := range c.Voters {
		if v.ID == "" || seen[v.ID] {
			return fail("Voters: voter %q has no name or is named twice", v.ID)
		}
		if v.Addr == "" && v.ID != c.Self && c.Lookup == nil {
			return fail("Voters: voter %s has no address", v.ID)
		}
		seen[v.ID] = true
	}
	if len(c.Voters)%2 == 0 {
		return fail("Voters: %d voters: want 1, 3 or 5, so that one half can't stop the other", len(c.Voters))
	}
	if seen[c.Self] && c.Dir == "" {
		return fail("Dir is empty: a voter keeps its log there")
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

// A Group is this node's door to one replicated log. All its methods may be
// called by any goroutine.
type Group struct {
	cfg     Config
	log     *slog.Logger
	fsm     *fsm
	streams *streams
	bell    *bell
	change  chan struct{} // holds one token while nobody changes the voters
	files   sync.Mutex    // held while voters.json is written
	refusal told          // told lately

	suspected time.Time // since when others take this node for a voter, and it holds no log; owned by follow

	stop context.CancelFunc
	run  context.Context // ends with Close
	busy sync.WaitGroup  // everything that runs in the background

	mu       sync.Mutex // guards what follows
	closed   bool
	voter    *voter      // nil while this node holds no log
	id       string      // of the group; "": not told yet
	known    roll        // the voters as this node was told
	supposed flow.NodeID // the leader, as a node without log was told; "": not known
	problem  string      // of this node's log, or ""
	trouble  string      // of this node's machine, or ""
	lost     time.Time   // since when no leader is known; zero: one is
}

// Open starts the group on this node. A voter reads its folder first, which
// takes about a second for 100 MB; it does not wait for other voters. The group
// is ready for use at once; [Group.Sync] waits until this node's machine has
// everything that is agreed.
func Open(cfg Config) (*Group, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.Background())
	g := &Group{cfg: cfg, log: cfg.Log, bell: newBell(), run: run, stop: stop,
		change: make(chan struct{}, 1), known: rollOf(cfg.Voters), lost: time.Now()}
	g.change <- struct{}{}
	g.fsm = newFSM(g, cfg.Machine)
	g.streams = newStreams(g)
	if err := g.begin(); err != nil {
		stop()
		g.busy.Wait()
		return nil, fmt.Errorf("open %s: %w", cfg.Name, err)
	}
	g.streams.serve()
	g.answer()
	g.busy.Go(g.follow)
	return g, nil
}

// begin opens the log that is in the folder, or founds a group of this node
// alone, or sets about founding a larger one.
func (g *Group) begin() error {
	noted := g.recall()
	held, err := g.holdsLog()
	if err != nil {
		return err
	}
	alone := len(g.cfg.Voters) == 1 && g.cfg.Voters[0].ID == g.cfg.Self
	switch {
	case held:
		return g.openVoter(nil, "")
	case alone && noted:
		g.miss()
	case alone:
		return g.found(map[flow.NodeID]string{})
	case g.founder() == g.cfg.Self:
		g.busy.Go(g.tryFound)
	}
	return nil
}

// Close stops taking part. Calls under way end with [ErrClosed]. It returns when
// nothing of the group runs any more, and may be called again.
func (g *Group) Close() error {
	g.mu.Lock()
	was := g.closed
	g.closed = true
	v := g.voter
	g.mu.Unlock()
	if was {
		return nil
	}
	var err error
	if v != nil {
		v.handOver()
	}
	g.stop()
	if v != nil {
		err = v.close()
	}
	g.streams.Close()
	g.busy.Wait()
	g.bell.ring()
	return err
}

// enter counts a call in, unless the group is closed; leave counts it out.
func (g *Group) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.busy.Add(1)
	return true
}

func (g *Group) leave() { g.busy.Done() }

// holder is the part that holds the log, or nil.
func (g *Group) holder() *voter {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.voter
}

// Holds reports whether this node holds the log, and so a copy of everything.
func (g *Group) Holds() bool {
	v := g.holder()
	return v != nil && v.raft.LastIndex() > 0 // else it has just become one
}

// Changed returns a channel that is closed when the leader, the voters or what
// [Group.Status] says of trouble change; each change has a channel of its own.
// Fetch it before what it guards, so that no change falls in between.
func (g *Group) Changed() <-chan struct{} { return g.bell.changed() }

// Leading reports whether this node leads the voters and knows everything that
// was agreed before it did.
func (g *Group) Leading() bool {
	v := g.holder()
	return v != nil && v.leading()
}

// LeadingSince is when this node began to lead; ok is false when it doesn't.
// Whoever led before had stopped being able to agree on anything by then.
func (g *Group) LeadingSince() (since time.Time, ok bool) {
	if v := g.holder(); v != nil {
		since, _, ok = v.leadingSince()
	}
	return since, ok
}

// Leader is the node that leads, as far as this node knows.
func (g *Group) Leader() (flow.NodeID, bool) {
	if v := g.holder(); v != nil {
		return v.leader()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.supposed, g.supposed != ""
}

// Voters are the nodes that hold the log and vote, by name, as far as this node
// knows.
func (g *Group) Voters() []Voter {
	var out []Voter
	for _, s := range g.roll().Servers {
		if s.Votes {
			out = append(out, Voter{s.node(), s.Addr})
		}
	}
	slices.SortFunc(out, func(a, b Voter) int { return compare(a.ID, b.ID) })
	return out
}

func (g *Group) suppose(leader flow.NodeID) {
	g.mu.Lock()
	changed := g.supposed != leader
	g.supposed = leader
	g.mu.Unlock()
	if changed {
		g.led(leader != "")
		g.bell.ring()
	}
}

// led notes since when there is no leader.
func (g *Group) led(led bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case led:
		g.lost = time.Time{}
	case g.lost.IsZero():
		g.lost = time.Now()
	}
}

// A bell tells who waits that something has changed.
type bell struct {
	mu sync.Mutex // guards ch
	ch chan struct{}
}

func newBell() *bell { return &bell{ch: make(chan struct{})} }

func (b *bell) changed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ch
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.ch)
	b.ch = make(chan struct{})
}
