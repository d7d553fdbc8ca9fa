package member

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/hashicorp/memberlist"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Transport is what membership needs of the door.
type Transport interface {
	// Handle gives connections of an ALPN protocol to serve, which owns the
	// connection and returns when it is done with it. Who dialled is verified.
	Handle(proto string, serve func(net.Conn, flow.Identity))
	// Dial opens such a connection to the node want at addr ("host:port"), or
	// with want "" to whichever node is there.
	Dial(ctx context.Context, proto, addr string, want flow.NodeID) (net.Conn, error)
}

// Config is what membership needs. All but Seeds, Dir and Preset is required.
type Config struct {
	// Self is what this node tells of itself. ID is the name in its
	// certificate, Door where others reach it. Boot must rise from run to run;
	// with Dir it is raised above that of the last run, and may be 0.
	Self      flow.NodeInfo
	Signer    func() flow.Signer // this node's key and chain; called for each statement
	Verifier  Verifier
	Transport Transport
	Log       *slog.Logger

	Seeds  []string // doors to try first, host:port; may be down, and may hold this node's own
	Dir    string   // folder for what is known of other nodes; "": forgotten with the process
	Preset Preset   // LAN

	// Refused is told when something about a node is not believed, for people to
	// see and for the record: of what is said over and over, the first time and
	// then every ten seconds at most. It may be called with locks held and must
	// not block.
	Refused func(Refusal)
	// Measure says how this node's computer is; asked every few seconds. What it
	// says joins the node's attributes, in steps: [Host]. Nil: nothing is said.
	Measure func() (Host, error)
}

func (c *Config) setDefaults() error {
	switch {
	case c.Self.ID == "":
		return errors.New("member: Config.Self.ID is empty: want the name in this node's certificate")
	case c.Self.Door == "":
		return errors.New("member: Config.Self.Door is empty: want the host:port where others reach this node")
	case c.Self.Boot == 0 && c.Dir == "":
		return errors.New("member: Config.Self.Boot is 0 and Config.Dir empty: nobody could tell this run from an earlier one")
	case c.Signer == nil || c.Verifier == nil || c.Transport == nil || c.Log == nil:
		return errors.New("member: Config.Signer, Verifier, Transport or Log is nil")
	}
	if c.Preset == "" {
		c.Preset = LAN
	}
	return nil
}

// Members is this node's part in the gossip. All its methods may be called by
// any goroutine.
type Members struct {
	cfg       Config
	log       *slog.Logger
	book      *book
	transport *transport
	list      *memberlist.Memberlist
	queue     *memberlist.TransmitLimitedQueue
	visits    chan string // stand-in names to visit
	save      chan struct{}
	meeting   chan struct{} // holds one: unmet is not empty
	respeak   chan struct{} // holds one: what this node says of itself has changed
	keyring   *memberlist.Keyring

	stop context.CancelFunc
	run  context.Context // ends with Close
	busy sync.WaitGroup

	speaking sync.Mutex // held while this node makes a statement

	measured measured

	keying sync.Mutex // guards keys, and is held while they change
	keys   keys

	mu      sync.Mutex // guards what follows
	closed  bool
	left    bool
	meta    []byte // this node's record
	said    *statement
	changed chan struct{}
	unmet   map[flow.NodeID]string // doors of nodes whose statements are not known
	doors   map[string]door        // by stand-in address: where to find it
	visited map[string]time.Time   // by stand-in name: the last visit
}

// A door is where a node or a seed is found.
type door struct {
	name flow.NodeID // "" for a seed
	addr string      // host:port
}

func now() time.Time { return time.Now() }

// Start joins the gossip. It does not wait for other nodes: seeds that are down
// are tried again until they are up.
func Start(cfg Config) (*Members, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	lc, err := cfg.Preset.config()
	if err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.Background())
	m := &Members{cfg: cfg, log: cfg.Log, book: newBook(cfg.Self.ID, cfg.Verifier), transport: newTransport(cfg.Transport),
		visits: make(chan string, 256), save: make(chan struct{}, 1), meeting: make(chan struct{}, 1), unmet: map[flow.NodeID]string{},
		respeak: make(chan struct{}, 1), keyring: &memberlist.Keyring{}, run: run, stop: stop,
		changed: make(chan struct{}), doors: map[string]door{}, visited: map[string]time.Time{}}
	m.queue = &memberlist.TransmitLimitedQueue{RetransmitMult: lc.RetransmitMult, NumNodes: m.count}
	m.transport.self, m.transport.met, m.transport.find = m.statement, m.meet, m.find
	m.transport.keys, m.transport.share, m.transport.refuse = m.ring, m.meetKeys, m.blame
	if err := m.begin(lc); err != nil {
		stop()
		return nil, fmt.Errorf("start membership: %w", err)
	}
	cfg.Transport.Handle(proto, m.transport.serve)
	for range visitors {
		m.busy.Go(func() { m.visitor(run) })
	}
	m.busy.Go(func() { m.rejoin(run) })
	m.busy.Go(func() { m.introducer(run) })
	m.busy.Go(func() { m.speaker(run) })
	if cfg.Measure != nil {
		m.busy.Go(func() { m.measure(run) })
	}
	if cfg.Dir != "" {
		m.busy.Go(func() { m.saver(run) })
	}
	return m, nil
}

func (m *Members) begin(lc *memberlist.Config) error {
	if err := m.load(); err != nil {
		return err
	}
	if m.cfg.Measure != nil {
		m.look()
	}
	if err := m.speak(m.cfg.Self, false); err != nil {
		return err
	}
	select {
	case <-m.respeak: // it has just been said
	default:
	}
	g := gossip{m}
	lc.Name = string(m.cfg.Self.ID)
	lc.Transport = m.transport
	lc.AdvertiseAddr, lc.AdvertisePort, lc.BindPort = standIn(lc.Name).String(), standInPort, standInPort
	lc.Delegate, lc.Alive, lc.Events = g, g, g
	lc.Logger, lc.Keyring = newLogger(m.log, m.unread), m.keyring
	var err error
	if m.list, err = memberlist.Create(lc); err != nil {
		m.transport.Shutdown()
	}
	return err
}

// speak signs a new statement and record of this node.
func (m *Members) speak(info flow.NodeInfo, left bool) error {
	m.speaking.Lock()
	defer m.speaking.Unlock()
	seq := uint64(1)
	if m.said != nil { // written with speaking held
		seq = m.said.at.seq + 1
	}
	s := m.cfg.Signer()
	info.Attributes = m.measured.with(info.Attributes)
	said, err := state(s, statementBody{Info: info, Seq: seq, Left: left, Keys: m.Keys()})
	if err != nil {
		return err
	}
	if err := said.check(m.cfg.Verifier, now()); err != nil {
		return fmt.Errorf("this node's own certificate does not do: %w", err)
	}
	meta, err := recordOf(s, said)
	if err != nil {
		return err
	}
	m.mu.Lock()
	m.said, m.meta = said, meta
	m.mu.Unlock()
	m.book.own(said, now())
	return nil
}

func (m *Members) statement() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.said.raw
}

func (m *Members) count() int {
	n := 0
	for _, e := range m.book.all() {
		if e.Up {
			n++
		}
	}
	return n
}

// Self is what this node tells of itself.
func (m *Members) Self() flow.NodeInfo {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.said.info
}

// All are the nodes known, by name: this one, those that are up, and those that
// were met before and are not up now. The slices and maps in them are shared
// and must not be changed.
func (m *Members) All() []Member { return m.book.all() }

// Lookup gives what is known of a node, and so its last address, whether it is
// up or not.
func (m *Members) Lookup(id flow.NodeID) (flow.NodeInfo, bool) { return m.book.lookup(id) }

// Refusals are the things that were not believed, by node.
func (m *Members) Refusals() []Refusal { return m.book.refusals() }

// Changed returns a channel that is closed at the next change of All; each
// change has a channel of its own. Fetch it before All, so that no change falls
// in between.
func (m *Members) Changed() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.changed
}

func (m *Members) news() {
	m.mu.Lock()
	close(m.changed)
	m.changed = make(chan struct{})
	m.mu.Unlock()
	select {
	case m.save <- struct{}{}:
	default:
	}
}

// A source is who is at the other end of a connection, verified, and where.
type source struct {
	id   flow.Identity
	addr string
}

// refuse counts and reports what is not believed about a node, whoever began to
// say it, and returns why.
func (m *Members) refuse(id flow.NodeID, why error) error { return m.blame(source{}, id, why) }

// blame counts and reports what is not believed and who said it, and returns why.
func (m *Members) blame(by source, about flow.NodeID, why error) error {
	r := Refusal{Node: about, Who: by.id.URI, Proven: by.id.Known(), From: by.addr, Why: why.Error(), Last: now()}
	if !r.Proven {
		r.Who = m.book.identity(about, r.Last).URI
	}
	count, tell := m.book.refuse(r)
	if tell && m.run.Err() == nil {
		m.log.Warn("gossip refused", "peer", about, "by", r.Who, "err", why)
		if m.cfg.Refused != nil {
			r.Count = count
			m.cfg.Refused(r)
		}
	}
	return why
}

// Update tells the others something new about this node, or the same under a
// renewed certificate. ID and Boot stay as they are.
func (m *Members) Update(info flow.NodeInfo) error {
	was := m.Self()
	info.ID, info.Boot = was.ID, was.Boot
	if err := m.speak(info, false); err != nil {
		return fmt.Errorf("update membership: %w", err)
	}
	m.queue.QueueBroadcast(&broadcast{id: info.ID, raw: m.statement()})
	m.news()
	// It waits for others to be told, which they are without waiting too.
	m.list.UpdateNode(time.Nanosecond)
	return nil
}

// respeakAfter ± half is the pause before a change that came by itself is told.
const respeakAfter = time.Second

// lookAtSigner is how often this node looks whether its certificate has been
// renewed: what it says of itself must be signed anew before the old one ends.
const lookAtSigner = time.Second

// speaker tells the others what has changed here by itself.
func (m *Members) speaker(ctx context.Context) {
	look := time.NewTicker(lookAtSigner)
	defer look.Stop()
	for {
		select {
		case <-m.respeak:
		case <-look.C:
			if !m.renewed() {
				continue
			}
		case <-ctx.Done():
			return
		}
		select { // what else changes in this moment is said with it
		case <-time.After(respeakAfter/2 + rand.N(respeakAfter)):
		case <-ctx.Done():
			return
		}
		m.mu.Lock()
		gone := m.left || m.closed
		m.mu.Unlock()
		if gone {
			continue
		}
		if err := m.Update(m.Self()); err != nil {
			m.log.Warn("others could not be told of this node", "err", err)
		}
	}
}

// renewed reports whether this node's certificate is another one than the one
// that its statement is signed with.
func (m *Members) renewed() bool {
	s := m.cfg.Signer()
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(s.Chain) > 0 && !s.Chain[0].Equal(m.said.chain[0])
}

// Leave says goodbye: the others hear that this node is not lost but gone. It
// returns when they have been told or ctx ends. After it only Close does
// anything.
func (m *Members) Leave(ctx context.Context) error {
	m.mu.Lock()
	was := m.left || m.closed
	m.left = true
	m.mu.Unlock()
	if was {
		return nil
	}
	if err := m.speak(m.Self(), true); err != nil {
		return fmt.Errorf("leave the cluster: %w", err)
	}
	if m.count() > 1 {
		told := &broadcast{id: m.cfg.Self.ID, raw: m.statement(), done: make(chan struct{})}
		m.queue.QueueBroadcast(told)
		select {
		case <-told.done:
		case <-ctx.Done():
		}
	}
	wait := 5 * time.Second
	if end, ok := ctx.Deadline(); ok {
		wait = max(time.Until(end), time.Millisecond)
	}
	if err := m.list.Leave(wait); err != nil {
		return fmt.Errorf("leave the cluster: %w", err)
	}
	m.log.Info("cluster left")
	return nil
}

// Close ends the gossip without a word, as a crash would; [Members.Leave] first
// says goodbye. It returns when nothing of this package runs any more, and may
// be called again.
func (m *Members) Close() error {
	m.mu.Lock()
	was := m.closed
	m.closed = true
	m.mu.Unlock()
	if was {
		return nil
	}
	m.stop()
	err := m.list.Shutdown()
	m.busy.Wait()
	return err
}
