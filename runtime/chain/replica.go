package chain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// ErrNotOpen reports a replica whose folder is still empty: it fetches the chain
// from a node that has it.
var ErrNotOpen = errors.New("the chain is still being fetched")

// A Ledger is where those who hold a chain agree on its blocks, each of which
// names the one before. Package register has it.
type Ledger interface {
	// Put has the next block agreed on, on the disks of a majority. Where nothing
	// was agreed yet it may be any block. [ErrOvertaken]: it does not follow the
	// newest one. [ErrOtherChain]: it is of another chain.
	Put(ctx context.Context, genesis Hash, b Block) error
	// Now is what is agreed, as far as can be heard here. Known is false when
	// nothing was agreed yet.
	Now(ctx context.Context) (at Agreed, known bool, err error)
	// Next is Now as soon as it is beyond a number, or after some seconds, and the
	// block after that number while that is kept.
	Next(ctx context.Context, after uint64) (at Agreed, next *Block, known bool, err error)
}

// Agreed is the newest block that was agreed on.
type Agreed struct {
	Genesis Hash
	Number  uint64
	Hash    Hash
}

// Peers are the others, as far as they can be reached.
type Peers interface {
	// Turn is the node that is to make the next block; "" when nobody can.
	Turn() flow.NodeID
	// Holders are the nodes that hold the chain and are up, without this one.
	Holders() []flow.NodeID
	// Makers are the nodes that might be asked to make blocks, whether they hold
	// the chain or not and are up or not, without this one.
	Makers() []flow.NodeID
	// Ask asks the [Replica.Answer] of another node.
	Ask(ctx context.Context, node flow.NodeID, question []byte) ([]byte, error)
}

// ReplicaConfig says how to hold a chain together with others. Alarm,
// Manager and Heartbeat may be zero.
type ReplicaConfig struct {
	Dir    string // made by [Init], a copy, or empty: then the chain is fetched
	Self   flow.NodeID
	Log    *slog.Logger
	Ledger Ledger
	Peers  Peers

	Alarm     func(problem string) // told when people must mend something; must not block; nil: nobody
	Manager   Address              // is written beside a chain that was fetched
	Heartbeat time.Duration        // as in [Config]
}

// A Replica is a whole copy of a chain that several nodes hold. Each executes
// every block. One of them makes the blocks, and a block is final when it is in
// the [Ledger], so the chain goes on when that one is lost, and there are never
// two chains. A replica that finds another block in its folder than was agreed on
// stands still and says so in its [Status].
type Replica struct {
	cfg ReplicaConfig
	log *slog.Logger

	passing chan struct{} // one slot: transactions wait for another node

	ends context.Context // done with Close
	stop context.CancelFunc
	busy sync.WaitGroup

	mu       sync.Mutex // guards what follows
	chain    *Embedded  // nil: not open yet
	watchers map[int]func()
	last     int
	agreed   Agreed
	leads    bool // this node makes the blocks, and has all that was agreed
	problem  string

	failed map[flow.NodeID]int // lead's alone: see brought
}

// OpenReplica runs a replica until Close. It does not wait for other nodes.
func OpenReplica(cfg ReplicaConfig) (*Replica, error) {
	if cfg.Dir == "" || cfg.Self == "" || cfg.Log == nil || cfg.Ledger == nil || cfg.Peers == nil {
		return nil, errors.New("open replica: a directory, a name, a logger, a ledger and peers are needed")
	}
	r := &Replica{cfg: cfg, log: cfg.Log, passing: make(chan struct{}, 1),
		watchers: map[int]func(){}, failed: map[flow.NodeID]int{}}
	if _, err := os.Stat(filepath.Join(cfg.Dir, GenesisFile)); err == nil {
		if err := r.open(); err != nil {
			return nil, err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open replica: %w", err)
	}
	r.ends, r.stop = context.WithCancel(context.Background())
	r.busy.Go(r.follow)
	r.busy.Go(r.lead)
	r.busy.Go(r.pass)
	return r, nil
}

// open opens the folder, which is whole.
func (r *Replica) open() error {
	if err := share(r.cfg.Dir); err != nil {
		return err
	}
	e, err := Open(Config{Dir: r.cfg.Dir, Log: r.log, Heartbeat: r.cfg.Heartbeat, Quorum: quorum{r}})
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.chain = e
	r.mu.Unlock()
	e.Watch(r.notify)
	r.notify()
	return nil
}

// Close makes no further block and closes the chain.
func (r *Replica) Close() error {
	r.stop()
	r.busy.Wait()
	if e := r.embedded(); e != nil {
		return e.Close()
	}
	return nil
}

func (r *Replica) embedded() *Embedded {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.chain
}

// ReplicaStatus is how a replica does, for people.
type ReplicaStatus struct {
	Open    bool        // false: the chain is still being fetched
	Number  uint64      // of its newest block
	Agreed  uint64      // of the newest block that was agreed on, as far as it has heard
	Maker   flow.NodeID // who makes the blocks now; "": nobody can
	Problem string      // what people must mend; "": nothing
}

// Status describes the replica.
func (r *Replica) Status() ReplicaStatus {
	r.mu.Lock()
	e := r.chain
	s := ReplicaStatus{Open: e != nil, Agreed: r.agreed.Number, Problem: r.problem}
	r.mu.Unlock()
	if e != nil {
		s.Number = e.head().Number
	}
	s.Maker = r.cfg.Peers.Turn()
	return s
}

// trouble notes what people must mend, and tells once.
func (r *Replica) trouble(problem string) {
	r.mu.Lock()
	told := r.problem == problem
	r.problem = problem
	r.mu.Unlock()
	switch {
	case told:
	case problem == "":
		r.log.Info("chain replica goes on")
	default:
		r.log.Error("chain replica stands still", "err", problem)
		if r.cfg.Alarm != nil {
			r.cfg.Alarm(problem)
		}
	}
}

// pause waits a moment; it is false when the replica is to stop.
func (r *Replica) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.ends.Done():
		return false
	}
}

// Handler is [Embedded.Handler], once there is a chain.
func (r *Replica) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		e := r.embedded()
		if e == nil {
			http.Error(w, ErrNotOpen.Error()+": try again in a while, or another node", http.StatusServiceUnavailable)
			return
		}
		e.Handler().ServeHTTP(w, q)
	})
}

var _ Chain = (*Replica)(nil)
