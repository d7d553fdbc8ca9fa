package register

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"
	wal "github.com/hashicorp/raft-wal"
	"github.com/hashicorp/raft-wal/metadb"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A voter is the part of a register that holds the log.
type voter struct {
	r       *Register
	machine *machine
	raft    *raft.Raft
	log     *wal.WAL
	held    *os.File           // keeps others out of the folder
	meta    *metadb.BoltMetaDB // of log, which does not close it
	streams *streams
	net     *raft.NetworkTransport
	ahead   atomic.Bool   // leads, and has applied all that was agreed before
	small   chan struct{} // asks for a snapshot
}

// In raft a voter's address is its name; streams turns it into that of a door.
func openVoter(r *Register) (v *voter, err error) {
	cfg := r.cfg
	if err := os.MkdirAll(filepath.Join(cfg.Dir, "log"), 0o700); err != nil {
		return nil, err
	}
	held, err := lock(cfg.Dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			held.Close()
		}
	}()
	log := newLogger(r.log)
	v = &voter{held: held, r: r, machine: newMachine(r.board), small: make(chan struct{}, 1), meta: new(metadb.BoltMetaDB)}
	v.log, err = wal.Open(filepath.Join(cfg.Dir, "log"), wal.WithLogger(log), wal.WithSegmentSize(cfg.Segment), wal.WithMetaStore(v.meta))
	if err != nil {
		v.meta.Close()
		return nil, fmt.Errorf("open log in %s: %w", cfg.Dir, err)
	}
	defer func() {
		if err != nil {
			v.log.Close()
			v.meta.Close()
		}
	}()
	snapshots, err := raft.NewFileSnapshotStoreWithLogger(cfg.Dir, 2, log)
	if err != nil {
		return nil, err
	}
	v.streams = newStreams(cfg, r.log)
	v.net = raft.NewNetworkTransportWithConfig(&raft.NetworkTransportConfig{
		Stream: v.streams, MaxPool: 3, Timeout: patience, Logger: log, MsgpackUseNewTimeFormat: true})
	defer func() {
		if err != nil {
			v.net.Close()
		}
	}()
	rc := raft.DefaultConfig()
	rc.LocalID = raft.ServerID(cfg.Self)
	rc.HeartbeatTimeout, rc.ElectionTimeout, rc.LeaderLeaseTimeout = cfg.Election, cfg.Election, cfg.Election/2
	rc.CommitTimeout = 25 * time.Millisecond
	rc.TrailingLogs, rc.SnapshotThreshold, rc.SnapshotInterval = cfg.Trailing, 16384, time.Minute
	rc.NoLegacyTelemetry = true
	rc.Logger = log
	if err := v.found(rc, snapshots); err != nil {
		return nil, err
	}
	if v.raft, err = raft.NewRaft(rc, v.machine, v.log, v.log, snapshots, v.net); err != nil {
		return nil, err
	}
	v.streams.serve()
	v.watch()
	return v, nil
}

// found writes the first configuration at the first start. Every voter may do
// so, because all of them write the same one.
func (v *voter) found(rc *raft.Config, snapshots raft.SnapshotStore) error {
	old, err := raft.HasExistingState(v.log, v.log, snapshots)
	if err != nil {
		return err
	}
	if old {
		return nil
	}
	var servers []raft.Server
	for _, peer := range v.r.cfg.Voters {
		servers = append(servers, raft.Server{ID: raft.ServerID(peer.ID), Address: raft.ServerAddress(peer.ID)})
	}
	slices.SortFunc(servers, func(a, b raft.Server) int {
		return slices.Compare([]byte(a.ID), []byte(b.ID))
	})
	if err := raft.BootstrapCluster(rc, v.log, v.log, snapshots, v.net, raft.Configuration{Servers: servers}); err != nil {
		return err
	}
	v.r.log.Info("register founded", "voters", v.r.voterNames())
	return nil
}

// watch starts what runs beside raft: it ends with the register.
func (v *voter) watch() {
	seen := make(chan raft.Observation, 64)
	observer := raft.NewObserver(seen, false, func(o *raft.Observation) bool {
		switch o.Data.(type) {
		case raft.LeaderObservation, raft.FailedHeartbeatObservation, raft.ResumedHeartbeatObservation:
			return true
		}
		return false
	})
	v.raft.RegisterObserver(observer)
	v.r.busy.Go(func() {
		defer v.raft.DeregisterObserver(observer)
		lost := map[raft.ServerID]bool{} // voters this one leads and does not reach
		for {
			select {
			case o := <-seen:
				v.observe(o, lost)
			case <-v.r.run.Done():
				return
			}
		}
	})
	v.r.busy.Go(func() {
		for {
			select {
			case leads := <-v.raft.LeaderCh():
				v.lead(leads)
			case <-v.r.run.Done():
				return
			}
		}
	})
	v.r.busy.Go(func() {
		for {
			select {
			case <-v.small:
				if err := v.raft.Snapshot().Error(); err != nil && !errors.Is(err, raft.ErrNothingNewToSnapshot) && v.r.run.Err() == nil {
					v.r.log.Error("snapshot of the register could not be written", "err", err)
				}
			case <-v.r.run.Done():
				return
			}
		}
	})
}

func (v *voter) observe(o raft.Observation, lost map[raft.ServerID]bool) {
	switch d := o.Data.(type) {
	case raft.LeaderObservation:
		clear(lost)
		if d.LeaderID == "" {
			v.r.log.Info("register leader lost")
		} else {
			v.r.log.Info("register leader changed", "peer", d.LeaderID)
		}
		v.r.board.ring()
	case raft.FailedHeartbeatObservation:
		if !lost[d.PeerID] {
			lost[d.PeerID] = true
			v.r.log.Info("voter lost", "peer", d.PeerID)
		}
	case raft.ResumedHeartbeatObservation:
		if lost[d.PeerID] {
			delete(lost, d.PeerID)
			v.r.log.Info("voter returned", "peer", d.PeerID)
		}
	}
}

// lead waits, on a new leader, until everything agreed under older ones is
// applied.
func (v *voter) lead(leads bool) {
	if leads && v.raft.Barrier(0).Error() != nil {
		leads = false // lost again; the next word on it is under way
	}
	v.ahead.Store(leads)
	v.r.board.ring()
}

func (v *voter) leading() bool { return v.ahead.Load() && v.raft.State() == raft.Leader }

func (v *voter) leader() (flow.NodeID, bool) {
	_, id := v.raft.LeaderWithID()
	return flow.NodeID(id), id != ""
}

// apply puts one command into the log and waits until it is applied. It gives
// [errElection] when this node does not lead or stopped leading meanwhile; the
// command may or may not be agreed then.
func (v *voter) apply(ctx context.Context, body []byte) (result, error) {
	type outcome struct {
		res result
		err error
	}
	done := make(chan outcome, 1)
	v.r.busy.Go(func() { // ends with raft at the latest
		f := v.raft.Apply(body, 0)
		if err := f.Error(); err != nil {
			done <- outcome{err: err}
			return
		}
		done <- outcome{res: f.Response().(result)}
	})
	var o outcome
	select {
	case o = <-done:
	case <-ctx.Done():
		return result{}, ctx.Err()
	}
	switch {
	case o.err == nil:
	case errors.Is(o.err, raft.ErrRaftShutdown):
		return result{}, ErrClosed
	case errors.Is(o.err, raft.ErrNotLeader), errors.Is(o.err, raft.ErrLeadershipLost),
		errors.Is(o.err, raft.ErrLeadershipTransferInProgress), errors.Is(o.err, raft.ErrAbortedByRestore):
		return result{}, errElection
	default:
		return result{}, o.err
	}
	if v.machine.written.Load() > v.r.cfg.Snapshot {
		select {
		case v.small <- struct{}{}:
		default:
		}
	}
	return o.res, nil
}

func (v *voter) close() error {
	if v.leading() && len(v.r.cfg.Voters) > 1 {
		v.raft.LeadershipTransfer().Error() // spares the others an election; they can do without
	}
	err := v.raft.Shutdown().Error()
	return errors.Join(err, v.net.Close(), v.streams.wait(), v.log.Close(), v.meta.Close(), v.held.Close())
}
