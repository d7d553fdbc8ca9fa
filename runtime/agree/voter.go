package agree

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"
	wal "github.com/hashicorp/raft-wal"
	"github.com/hashicorp/raft-wal/metadb"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A voter is the part of a group that holds the log.
type voter struct {
	g     *Group
	full  string // NODE#BOOT
	raft  *raft.Raft
	log   *wal.WAL
	held  *os.File           // keeps others out of the folder
	meta  *metadb.BoltMetaDB // of log, which does not close it
	line  *line              // raft's connections
	net   *raft.NetworkTransport
	small chan struct{} // asks for a snapshot
	end   context.CancelFunc
	ended context.Context
	busy  sync.WaitGroup
	proof prover
	calls calls

	ahead atomic.Uint64 // the term it leads, once it has applied all that was agreed before; 0: none
	mu    sync.Mutex    // guards what follows
	since time.Time     // when it began to lead in the term ahead
	lost  map[string]bool
}

// openVoter opens the log in the folder. With founders it begins one, of these
// servers; with a group's id alone it begins one that the leader fills.
func (g *Group) openVoter(founders []server, group string) (err error) {
	dir := g.cfg.Dir
	if err := os.MkdirAll(filepath.Join(dir, "log"), 0o700); err != nil {
		return err
	}
	held, err := lock(dir)
	if err != nil {
		return err
	}
	st, err := g.stamped(founders, group)
	if err != nil {
		held.Close()
		return err
	}
	v := &voter{g: g, held: held, full: fullName(g.cfg.Self, st.Boot), lost: map[string]bool{},
		small: make(chan struct{}, 1), meta: new(metadb.BoltMetaDB)}
	v.ended, v.end = context.WithCancel(g.run)
	g.fsm.begin(v.ended.Done())
	defer func() {
		if err != nil {
			v.end()
			v.release()
		}
	}()
	log := newLogger(g.log)
	if v.log, err = wal.Open(filepath.Join(dir, "log"), wal.WithLogger(log), wal.WithSegmentSize(g.cfg.Segment), wal.WithMetaStore(v.meta)); err != nil {
		return fmt.Errorf("open log in %s: %w", dir, err)
	}
	snapshots, err := raft.NewFileSnapshotStoreWithLogger(dir, 2, log)
	if err != nil {
		return err
	}
	v.line = newLine(g, v.full)
	v.net = raft.NewNetworkTransportWithConfig(&raft.NetworkTransportConfig{
		Stream: v.line, MaxPool: 3, Timeout: patience, Logger: log, MsgpackUseNewTimeFormat: true})
	ballots := newBallots(v.net, func() raft.Configuration { return v.raft.GetConfiguration().Configuration() })
	rc := g.raftConfig(v.full)
	rc.NoSnapshotRestoreOnStart = g.fsm.hasSnapshot(snapshots)
	if founders != nil {
		var c raft.Configuration
		for _, s := range founders {
			c.Servers = append(c.Servers, raft.Server{ID: raft.ServerID(s.Full), Address: s.address()})
		}
		if err := raft.BootstrapCluster(rc, v.log, v.log, snapshots, v.net, c); err != nil {
			return err
		}
	}
	if v.raft, err = raft.NewRaft(rc, g.fsm, v.log, v.log, snapshots, ballots); err != nil {
		return err
	}
	v.busy.Go(func() { ballots.pass(v.ended.Done()) })
	g.mu.Lock()
	closed := g.closed
	if !closed {
		g.voter, g.id, g.problem = v, st.Group, ""
	}
	g.mu.Unlock()
	if closed {
		v.raft.Shutdown().Error()
		return ErrClosed
	}
	v.watch()
	g.bell.ring()
	return nil
}

// stamped reads the folder's stamp, or writes one for a log that begins.
func (g *Group) stamped(founders []server, group string) (stamp, error) {
	if founders == nil && group == "" {
		return g.readStamp()
	}
	st := stamp{Boot: draw(4), Group: group}
	for _, s := range founders {
		if s.node() == g.cfg.Self {
			st.Boot = s.Full[min(len(g.cfg.Self)+1, len(s.Full)):]
		}
	}
	return st, g.writeFile("voter.json", st)
}

func (g *Group) raftConfig(full string) *raft.Config {
	rc := raft.DefaultConfig()
	rc.LocalID = raft.ServerID(full)
	rc.HeartbeatTimeout, rc.ElectionTimeout, rc.LeaderLeaseTimeout = g.cfg.Election, g.cfg.Election, g.cfg.Election/2
	rc.CommitTimeout = 25 * time.Millisecond
	rc.TrailingLogs, rc.SnapshotThreshold, rc.SnapshotInterval = g.cfg.Trailing, 16384, time.Minute
	if _, ok := g.cfg.Machine.(Weigher); ok {
		rc.SnapshotThreshold = math.MaxUint64 // the machine says when
	}
	rc.ShutdownOnRemove = false // whoever removes this node tells it; see retire
	rc.NoLegacyTelemetry = true
	rc.Logger = newLogger(g.log)
	return rc
}

// hasSnapshot reports whether the machine itself has all of the newest snapshot.
func (f *fsm) hasSnapshot(snapshots raft.SnapshotStore) bool {
	if _, ok := f.m.(Durable); !ok {
		return false
	}
	list, err := snapshots.List()
	has, _ := f.reached()
	return err == nil && (len(list) == 0 || list[0].Index <= has)
}

// watch starts what runs beside raft: it ends with the voter.
func (v *voter) watch() {
	seen := make(chan raft.Observation, 64)
	observer := raft.NewObserver(seen, false, func(o *raft.Observation) bool {
		switch o.Data.(type) {
		case raft.LeaderObservation, raft.FailedHeartbeatObservation, raft.ResumedHeartbeatObservation, raft.PeerObservation:
			return true
		}
		return false
	})
	v.raft.RegisterObserver(observer)
	v.busy.Go(func() {
		defer v.raft.DeregisterObserver(observer)
		for {
			select {
			case o := <-seen:
				v.observe(o)
			case <-v.ended.Done():
				return
			}
		}
	})
	v.busy.Go(func() {
		for {
			select {
			case leads := <-v.raft.LeaderCh():
				v.lead(leads)
			case <-v.ended.Done():
				return
			}
		}
	})
	v.busy.Go(func() {
		for {
			select {
			case <-v.small:
				if err := v.do(func() error { return v.raft.Snapshot().Error() }); err != nil && !errors.Is(err, raft.ErrNothingNewToSnapshot) && v.ended.Err() == nil {
					v.g.log.Error("snapshot of the "+v.g.cfg.Name+" could not be written", "err", err)
				}
			case <-v.ended.Done():
				return
			}
		}
	})
}

// blink is how soon after a good heartbeat a failed one says nothing yet. If the
// voter is lost the next ones fail, too.
const blink = 250 * time.Millisecond

func (v *voter) observe(o raft.Observation) {
	name := v.g.cfg.Name
	switch d := o.Data.(type) {
	case raft.LeaderObservation:
		v.mu.Lock()
		clear(v.lost)
		v.mu.Unlock()
		if d.LeaderID == "" {
			v.g.log.Info(name + " leader lost")
		} else {
			v.g.log.Info(name+" leader changed", "peer", nodeOf(string(d.LeaderID)))
		}
		v.g.led(d.LeaderID != "")
	case raft.FailedHeartbeatObservation:
		if time.Since(d.LastContact) < blink {
			return // a connection has ended, and the next heartbeat takes another
		}
		if v.mark(string(d.PeerID), true) {
			v.g.log.Info("voter lost", "group", name, "peer", nodeOf(string(d.PeerID)))
		}
	case raft.ResumedHeartbeatObservation:
		if v.mark(string(d.PeerID), false) {
			v.g.log.Info("voter returned", "group", name, "peer", nodeOf(string(d.PeerID)))
		}
	}
	v.g.bell.ring()
}

// mark notes whether a voter that this one leads is lost, and whether that is new.
func (v *voter) mark(full string, lost bool) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	was := v.lost[full]
	v.lost[full] = lost
	return was != lost
}

// lead waits, on a new leader, until everything agreed under older ones is
// applied. Leading without a break is leading one term: between two another may
// have led.
func (v *voter) lead(leads bool) {
	v.ahead.Store(0)
	if leads {
		term := v.raft.CurrentTerm()
		if v.wait(func() raft.Future { return v.raft.Barrier(0) }) == nil && v.raft.CurrentTerm() == term {
			v.mu.Lock()
			v.since = time.Now()
			v.ahead.Store(term)
			v.mu.Unlock()
		} // else lost again; the next word on it is under way
	}
	v.g.bell.ring()
}

func (v *voter) leading() bool { return v.leads(v.ahead.Load()) }

// leads reports whether this voter leads in a term; 0 is none.
func (v *voter) leads(term uint64) bool {
	return term != 0 && v.raft.State() == raft.Leader && v.raft.CurrentTerm() == term
}

// leadingSince is when this voter began to lead, and the term it leads in.
func (v *voter) leadingSince() (since time.Time, term uint64, ok bool) {
	v.mu.Lock()
	since, term = v.since, v.ahead.Load()
	v.mu.Unlock()
	return since, term, v.leads(term)
}

func (v *voter) leader() (flow.NodeID, bool) {
	_, id := v.raft.LeaderWithID()
	return nodeOf(string(id)), id != ""
}

// errElection says that another try is worth it.
var errElection = errors.New("no leader at this moment")

// ofRaft makes raft's error one of ours.
func ofRaft(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, raft.ErrRaftShutdown):
		return errElection // this node holds the log no more, or closes
	case err == errElection, errors.Is(err, raft.ErrNotLeader), errors.Is(err, raft.ErrLeadershipLost),
		errors.Is(err, raft.ErrLeadershipTransferInProgress), errors.Is(err, raft.ErrAbortedByRestore):
		return errElection
	}
	return err
}

// do makes a call of raft, unless the voter ends.
func (v *voter) do(call func() error) error {
	if !v.calls.enter() {
		return errElection
	}
	defer v.calls.leave()
	return ofRaft(call())
}

func (v *voter) wait(f func() raft.Future) error { return v.do(func() error { return f().Error() }) }

// calls counts the calls of raft that are under way. Raft answers all of them as
// long as it runs, on a leader without a majority too, which stops leading; but
// when it is shut down it forgets some.
type calls struct {
	mu     sync.Mutex // guards closed, and adding to busy
	closed bool
	busy   sync.WaitGroup
}

func (c *calls) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.busy.Add(1)
	}
	return !c.closed
}

func (c *calls) leave() { c.busy.Done() }

// close lets no more begin, and waits for those under way.
func (c *calls) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.busy.Wait()
}

// shorten asks for a snapshot, after which the log is shorter.
func (g *Group) shorten() {
	if v := g.holder(); v != nil {
		select {
		case v.small <- struct{}{}:
		default:
		}
	}
}

// handOver gives the lead away before this voter ends, which spares the others
// an election; they can do without.
func (v *voter) handOver() {
	if v.leading() && len(v.g.roll().Servers) > 1 {
		v.wait(v.raft.LeadershipTransfer)
	}
}

// close ends the voter and all that runs beside it. It is called once.
func (v *voter) close() error {
	v.end()
	v.calls.close()
	err := v.raft.Shutdown().Error()
	err = errors.Join(err, v.release())
	v.busy.Wait()
	return err
}

// release gives back what openVoter has taken so far.
func (v *voter) release() error {
	var err error
	if v.net != nil {
		err = v.net.Close()
	} else if v.line != nil {
		err = v.line.Close()
	}
	if v.log != nil {
		err = errors.Join(err, v.log.Close())
	}
	return errors.Join(err, v.meta.Close(), v.held.Close())
}
