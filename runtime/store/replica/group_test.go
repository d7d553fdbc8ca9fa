package replica_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/agree/agreetest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/leaktest"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof/prooftest"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/replica"
	"github.com/wardflow/wardflow/runtime/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }

var ctx = context.Background()

const place = "h1/3/icu-3/ecg"

var devices atomic.Int64

// wards makes wards of one hospital, each with devices of its own.
func wards(h *pkitest.Hospital) func(*testing.T, string) *prooftest.Ward {
	return func(t *testing.T, patient string) *prooftest.Ward { t.Helper(); return newWardOf(h, patient) }
}

func newWardOf(h *pkitest.Hospital, patient string) *prooftest.Ward {
	n := devices.Add(2)
	epc := func(n int64) string { return fmt.Sprintf("urn:epc:id:giai:0614141.%d", 5000+n) }
	return &prooftest.Ward{Patient: patient, Card: h.Patient(patient), Collector: h.Collector("bed-1", place), Judge: h.Node("bedside"),
		Devices: []flow.Signer{h.Device(epc(n), place), h.Device(epc(n+1), place)}, Trust: h.Verifier()}
}

// A group is some members of a store in one process, each with a folder.
type group struct {
	t       testing.TB
	dir     string
	wire    *agreetest.Wire
	first   []agree.Voter
	ports   map[flow.NodeID]*agreetest.Port
	members map[flow.NodeID]*replica.Store
	log     *slog.Logger

	snapshot, trailing uint64
	tune               func(*replica.Config) // nil: as it is
}

func newGroup(t testing.TB, dir string, ids ...flow.NodeID) *group {
	t.Helper()
	g := &group{t: t, dir: dir, wire: agreetest.NewWire(), ports: map[flow.NodeID]*agreetest.Port{}, members: map[flow.NodeID]*replica.Store{},
		log: slog.New(slog.DiscardHandler)}
	g.begin(ids...)
	t.Cleanup(g.close)
	return g
}

// begin opens the first members.
func (g *group) begin(ids ...flow.NodeID) {
	g.t.Helper()
	for _, id := range ids {
		g.first = append(g.first, agree.Voter{ID: id, Addr: string(id) + ":7000"})
	}
	for _, id := range ids {
		g.open(id)
	}
}

func (g *group) config(id flow.NodeID) replica.Config {
	cfg := replica.Config{Name: "ward-a", Self: id, File: filepath.Join(g.dir, string(id)+".db"), Dir: filepath.Join(g.dir, string(id)),
		Members: g.first, Transport: g.ports[id], Log: g.log, Election: 200 * time.Millisecond,
		Snapshot: g.snapshot, Trailing: g.trailing,
		Lookup: func(id flow.NodeID) (string, bool) { return string(id) + ":7000", true }}
	if g.tune != nil {
		g.tune(&cfg)
	}
	return cfg
}

// open opens one member's store, as its process does when it starts.
func (g *group) open(id flow.NodeID) *replica.Store {
	g.t.Helper()
	g.ports[id] = g.wire.Port(id)
	s, err := replica.Open(g.config(id))
	if err != nil {
		g.t.Fatal(err)
	}
	g.members[id] = s
	return s
}

// kill ends a member without a word to the others.
func (g *group) kill(id flow.NodeID) {
	g.t.Helper()
	g.wire.Isolate(id, true)
	if err := g.members[id].Close(); err != nil {
		g.t.Errorf("close %s: %v", id, err)
	}
	g.ports[id].Unplug()
	delete(g.members, id)
}

func (g *group) close() {
	var all sync.WaitGroup
	for id, s := range g.members {
		all.Go(func() {
			if err := s.Close(); err != nil {
				g.t.Errorf("close %s: %v", id, err)
			}
		})
	}
	all.Wait()
	for id := range g.members {
		g.ports[id].Unplug()
	}
	clear(g.members)
}

// leader is the member that leads, once one does.
func (g *group) leader() flow.NodeID {
	g.t.Helper()
	var leader flow.NodeID
	g.eventually("a member leads", func() bool {
		for id, s := range g.members {
			if s.Status().Leading {
				leader = id
				return true
			}
		}
		return false
	})
	return leader
}

// other is a member that does not lead.
func (g *group) other() flow.NodeID {
	g.t.Helper()
	leader := g.leader()
	for _, v := range g.first {
		if v.ID != leader && g.members[v.ID] != nil {
			return v.ID
		}
	}
	g.t.Fatal("there is no other member")
	return ""
}

func (g *group) eventually(what string, holds func() bool) {
	g.t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			g.t.Fatalf("after five minutes it does not hold that %s", what)
		}
	}
}

// alike waits until all members show the same, n readings and all else.
func (g *group) alike(n int) {
	g.t.Helper()
	for id, s := range g.members {
		g.eventually(fmt.Sprintf("%s shows %d readings", id, n), func() bool {
			c, err := s.Counts(ctx)
			return err == nil && c.Waiting+c.Readings == n
		})
		if err := s.Check(ctx); err != nil {
			g.t.Errorf("the copy of %s: %v", id, err)
		}
	}
}

// A whole is a group used through one of its members; closing closes all.
type whole struct {
	*replica.Store
	g *group
}

func (w *whole) Close() error {
	var errs []error
	for _, s := range w.g.members {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// A store of three members keeps the promises of every store, through the member
// that leads and through another.
func TestStore(t *testing.T) {
	h := pkitest.New(t)
	for name, pick := range map[string]func(*group) flow.NodeID{"through the leader": (*group).leader, "through another": (*group).other} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, wards(h), func(t *testing.T, dir string) store.Store {
				g := newGroup(t, dir, "a", "b", "c")
				s := g.members[pick(g)]
				// The group was closed and opened: what another committed before
				// may come a moment later.
				if err := s.Sync(ctx); err != nil {
					t.Fatal(err)
				}
				return &whole{s, g}
			})
		})
	}
}

func TestStoreOfOne(t *testing.T) {
	storetest.Run(t, wards(pkitest.New(t)), func(t *testing.T, dir string) store.Store {
		return newGroup(t, dir, "a").members["a"]
	})
}
