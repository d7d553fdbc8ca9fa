package replica_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/replica"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
	"github.com/wardflow/wardflow/runtime/store/storetest"
)

// A member that was away while the others wrote more than their logs keep takes
// the whole file, and goes on from there.
func TestLongAbsence(t *testing.T) {
	g := newGroup(t, t.TempDir())
	g.snapshot, g.trailing = 64<<10, 8
	g.begin("a", "b", "c")
	w := newWriter(t, wards(pkitest.New(t))(t, "p-1"), 900)
	away := g.other()
	s := g.members[g.leader()]
	w.over(s)
	w.write(s, 100)
	g.kill(away)
	// More than a file of the log holds: only whole files go.
	for n := range uint64(60) {
		long := store.Quarantine{Patient: "p-1", Number: n, Bytes: bytes.Repeat([]byte{byte(n)}, 300<<10), Err: "does not hold", At: w.ward.Now()}
		if err := s.Commit(ctx, store.Batch{Quarantine: []store.Quarantine{long}}); err != nil && !errors.Is(err, replica.ErrUnsure) {
			t.Fatal(err)
		}
	}
	w.write(s, 800)
	g.eventually("the log is cut", func() bool { return exists(t, g.dir, string(g.leader()), "snapshots", "*[0-9]") }) // not one under way
	w.write(s, 850)
	g.open(away)
	w.write(s, 900)
	g.alike(900)
	g.sameRecord()
	// What it took is its own: it can lead, and be asked.
	for _, v := range g.first {
		if v.ID != away && g.members[v.ID] == s {
			g.kill(v.ID)
			g.open(v.ID)
		}
	}
	w.over(g.members[away])
	g.alike(900)
	if exists(t, g.dir, "*", "picture-*") || exists(t, g.dir, "*", "restore-*") {
		t.Error("copies on their way were left behind")
	}
}

// A store of one member becomes one of three while it writes, and back.
func TestMembersComeAndGo(t *testing.T) {
	g := newGroup(t, t.TempDir(), "a")
	w := newWriter(t, wards(pkitest.New(t))(t, "p-1"), 120)
	w.over(g.members["a"])
	w.write(g.members["a"], 40)
	g.open("b")
	g.open("c")
	if behind := g.members["b"].Behind(); behind == "" {
		t.Error("a node that is no member does not say so")
	}
	for _, id := range []flow.NodeID{"b", "c"} {
		if err := g.members["a"].AddMember(ctx, agree.Voter{ID: id, Addr: string(id) + ":7000"}); err != nil {
			t.Fatal(err)
		}
	}
	w.write(g.members["a"], 80)
	g.alike(80)
	w.over(g.members["c"])
	if err := g.members["c"].RemoveMember(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	w.write(g.members["c"], 120)
	g.eventually("a knows that it is none any more", func() bool { return g.members["a"].Behind() != "" })
	if err := g.members["a"].Close(); err != nil {
		t.Fatal(err)
	}
	delete(g.members, "a")
	g.alike(120)
}

// The file of a member is lost with its log in place: it is filled again. The
// log is lost with the file in place: the file is set aside, and the member
// begins anew once it is let in again.
func TestLostDisks(t *testing.T) {
	g := newGroup(t, t.TempDir())
	g.snapshot, g.trailing = 64<<10, 8
	g.begin("a", "b", "c")
	w := newWriter(t, wards(pkitest.New(t))(t, "p-1"), 700)
	lost := g.other()
	s := g.members[g.leader()]
	w.over(s)
	w.write(s, 500)
	g.alike(500)
	g.kill(lost)
	remove(t, g.dir, string(lost)+".db")
	g.open(lost)
	w.write(s, 600)
	g.alike(600)
	g.kill(lost)
	remove(t, g.dir, string(lost))
	g.open(lost)
	if !exists(t, g.dir, string(lost)+".db.*.aside") {
		t.Error("the old file is not kept aside")
	}
	if err := s.AddMember(ctx, agree.Voter{ID: lost}); err != nil {
		t.Fatal(err)
	}
	w.write(s, 700)
	g.alike(700)
	g.sameRecord()
}

// A file that others would not have is not taken for a member's copy.
func TestFileOfAnother(t *testing.T) {
	g := newGroup(t, t.TempDir())
	w := wards(pkitest.New(t))(t, "p-1")
	db, err := sqlite.Open(filepath.Join(g.dir, "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Commit(ctx, store.Batch{Waiting: storetest.Chunks(w, w.Readings(t, 1))}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	g.first = []agree.Voter{{ID: "a", Addr: "a:7000"}}
	g.ports["a"] = g.wire.Port("a")
	if _, err := replica.Open(g.config("a")); err == nil || !strings.Contains(err.Error(), "not replicated") {
		t.Errorf("open over a plain store: %v", err)
	}
}

// A batch beyond what one entry of the log holds is still one batch.
func TestLargeBatch(t *testing.T) {
	g := newGroup(t, t.TempDir(), "a", "b", "c")
	w := wards(pkitest.New(t))(t, "p-1")
	long := bytes.Repeat([]byte{7}, 300<<10)
	var many []store.Quarantine
	for n := range uint64(12) {
		many = append(many, store.Quarantine{Patient: "p-1", Number: n, Bytes: long, Err: "does not hold", At: w.Now()})
	}
	c := flow.Checkpoint{Actor: storing, Epoch: 1, Taken: map[flow.LinkID]uint64{"l": 12}}
	s := g.members[g.other()]
	g.eventually("it is stored", func() bool {
		err := s.Commit(ctx, store.Batch{Quarantine: many, Checkpoint: c})
		if errors.Is(err, replica.ErrUnsure) { // a busy machine takes its time
			whole, ferr := s.Fence(ctx, storing, 1)
			return ferr == nil && whole.Taken["l"] == 12
		}
		return err == nil
	})
	for id, s := range g.members {
		g.eventually(string(id)+" has all of it", func() bool {
			n, err := s.Counts(ctx)
			c, cerr := s.Newest(ctx, storing)
			return err == nil && cerr == nil && n.Quarantined == 12 && c.Taken["l"] == 12
		})
	}
}

// A node that is no member can't write, and neither can a member write what the
// others could not read.
func TestStrangerCannotWrite(t *testing.T) {
	g := newGroup(t, t.TempDir(), "a", "b", "c")
	leader := g.leader()
	for name, ask := range map[string]struct {
		from flow.NodeID
		body []byte
	}{
		"a stranger":           {"mallory", bytes.Repeat([]byte{1}, 40)},
		"a newer wardflow":     {g.other(), bytes.Repeat([]byte{2}, 40)},
		"a member, with noise": {g.other(), []byte("noise")},
	} {
		p := g.ports[ask.from]
		if p == nil {
			p = g.wire.Port(ask.from)
		}
		answer, err := p.Ask(ctx, leader, "store-ward-a.apply", ask.body)
		if err == nil && (len(answer) == 0 || answer[0] != 2) { // refused
			t.Errorf("%s was answered %x", name, answer)
		}
	}
	w := newWriter(t, wards(pkitest.New(t))(t, "p-1"), 10)
	w.over(g.members[leader])
	w.write(g.members[leader], 10)
	g.alike(10)
}
