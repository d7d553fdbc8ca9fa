package register

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/agree/agreetest"
	"github.com/wardflow/wardflow/runtime/flow"
)

func TestSingleVoterKeepsEverything(t *testing.T) {
	c := newCluster(t, "a")
	r := c.start("a")
	ctx := within(t)
	app := deploy(t, r, map[flow.ActorID]flow.NodeID{"ward:sum": "a", "ward:log": "b"})
	whole, err := r.Claim(ctx, "ward:sum", 0)
	if err != nil || whole.Epoch != 1 || whole.State != nil {
		t.Fatalf("Claim = %+v, %v, want epoch 1 and nothing else", whole, err)
	}
	if stale, err := r.Commit(ctx, []flow.Checkpoint{stepOf("ward:sum", 1, 1, 3, 0)}); err != nil || stale != nil {
		t.Fatalf("Commit = %v, %v", stale, err)
	}
	if stale, err := r.Commit(ctx, []flow.Checkpoint{stepOf("ward:sum", 1, 4, 5, 2)}); err != nil || stale != nil {
		t.Fatalf("Commit = %v, %v", stale, err)
	}
	der := []byte("a certificate")
	if err := r.PutCertificate(ctx, der); err != nil {
		t.Fatal(err)
	}
	if err := r.PutSetting(ctx, "rules", []byte("0x1")); err != nil {
		t.Fatal(err)
	}
	c.stop("a")

	r = c.start("a")
	if err := r.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	v := r.View()
	got, want := v.Apps["ward"], app
	if !sameApp(got, want) || got.Version != app.Version || got.Graph.Actors[0].Args["x"] != 2.0 || got.Graph.Actors[0].Args["n"] != int64(2) {
		t.Errorf("application after the restart = %+v, want %+v", got, want)
	}
	if p := v.On("a"); len(p) != 1 || p[0].Epoch != 1 || string(v.Settings["rules"]) != "0x1" || v.Certificates != 1 {
		t.Errorf("view after the restart = %+v", v)
	}
	if b, ok, err := r.Certificate(ctx, sha256.Sum256(der)); err != nil || !ok || !bytes.Equal(b, der) {
		t.Errorf("Certificate = %q, %v, %v", b, ok, err)
	}
	whole, err = r.Claim(ctx, "ward:sum", 0)
	if err != nil || whole.Epoch != 2 || string(whole.State) != "ward:sum at 5" || len(whole.Out) != 3 || whole.Out[0].Token.Seq != 3 {
		t.Errorf("Claim after the restart = %+v, %v, want epoch 2, tokens 3 to 5", whole, err)
	}
}

func TestLeaderLost(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	for _, id := range []flow.NodeID{"a", "b", "c"} {
		c.start(id)
	}
	ctx := within(t)
	first := c.leader()
	var other, third flow.NodeID
	for _, id := range []flow.NodeID{"a", "b", "c"} {
		if id != first && other == "" {
			other = id
		} else if id != first {
			third = id
		}
	}
	r := c.nodes[other] // calls go through a voter that does not lead
	deploy(t, r, map[flow.ActorID]flow.NodeID{"ward:sum": other})
	whole, err := r.Claim(ctx, "ward:sum", 0)
	if err != nil {
		t.Fatal(err)
	}
	for n := uint64(1); n <= 40; n++ {
		if n == 20 {
			c.stop(first)
		}
		if stale, err := r.Commit(ctx, []flow.Checkpoint{stepOf("ward:sum", whole.Epoch, n, n, 0)}); err != nil || stale != nil {
			t.Fatalf("Commit %d = %v, %v; log:\n%s", n, stale, err, c.log)
		}
	}
	second := c.leader()
	if second == first {
		t.Fatalf("%s leads after its end", first)
	}
	c.start(first)
	if err := c.nodes[first].Sync(ctx); err != nil {
		t.Fatal(err)
	}
	whole, err = r.Claim(ctx, "ward:sum", 0)
	if err != nil || len(whole.Out) != 40 || whole.Epoch != 2 {
		t.Fatalf("Claim = %d tokens, epoch %d, %v, want 40 and 2", len(whole.Out), whole.Epoch, err)
	}

	// Two of three away: nothing is agreed, and the caller learns why in its time.
	c.stop(first)
	c.stop(third)
	short, cancel := context.WithTimeout(ctx, 700*time.Millisecond)
	defer cancel()
	_, err = r.PutApp(short, ward("another"))
	if !errors.Is(err, ErrNoLeader) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("PutApp without a majority: %v, want ErrNoLeader", err)
	}
}

// A node without log sees what voters agree on and has its calls carried out.
func TestFollower(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	r := c.start("home") // before any voter is up
	for _, v := range c.voters {
		c.start(v.ID)
	}
	ctx := within(t)
	app := c.deployFor(r, map[flow.ActorID]flow.NodeID{"ward:sum": "home"})
	if got := r.View().Apps["ward"].Version; got != app.Version {
		t.Errorf("version in the View after PutApp = %d, want %d", got, app.Version)
	}
	whole, err := r.Claim(ctx, "ward:sum", 0)
	if err != nil {
		t.Fatal(err)
	}
	if stale, err := r.Commit(ctx, []flow.Checkpoint{stepOf("ward:sum", whole.Epoch, 1, 2, 0)}); err != nil || stale != nil {
		t.Fatalf("Commit = %v, %v", stale, err)
	}
	der := []byte("a certificate")
	if err := c.nodes["a"].PutCertificate(ctx, der); err != nil {
		t.Fatal(err)
	}
	for range 2 { // asked, then remembered
		if b, ok, err := r.Certificate(ctx, sha256.Sum256(der)); err != nil || !ok || !bytes.Equal(b, der) {
			t.Errorf("Certificate = %q, %v, %v", b, ok, err)
		}
	}
	if _, ok, err := r.Certificate(ctx, [32]byte{1}); err != nil || ok {
		t.Errorf("Certificate that nobody put = %v, %v", ok, err)
	}

	lead := c.leader()
	c.stop(lead)
	if err := r.PutSetting(ctx, "rules", []byte("0x1")); err != nil {
		t.Fatalf("call after the leader is lost: %v", err)
	}
	if err := c.nodes[c.leader()].RemoveApp(ctx, "ward"); err != nil {
		t.Fatal(err)
	}
	c.until("home", "the end of the application", func(v *View) bool { return len(v.Apps) == 0 && len(v.Placements) == 0 })
	c.until("home", "the new leader", func(*View) bool { return r.Status().Leader != "" })
	if st := r.Status(); st.Voter || st.View == 0 || !st.Since.IsZero() {
		t.Errorf("Status = %+v", st)
	}
}

// An answer is lost after its command was agreed: the call is repeated, and the
// outcome is as if it had been made once.
func TestLostAnswers(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	for _, v := range c.voters {
		c.start(v.ID)
	}
	ctx := within(t)
	lead := c.leader()
	from := flow.NodeID("a")
	if lead == from {
		from = "b"
	}
	var n atomic.Int64
	c.w.Lose(func(_, _ flow.NodeID, kind string) bool { return kind == "register.apply" && n.Add(1)%2 == 1 })
	r := c.nodes[from]
	app := deploy(t, r, map[flow.ActorID]flow.NodeID{"ward:sum": from})
	whole, err := r.Claim(ctx, "ward:sum", 0)
	if err != nil || whole.Epoch != 1 {
		t.Fatalf("Claim = epoch %d, %v, want 1", whole.Epoch, err)
	}
	for k := uint64(1); k <= 10; k++ {
		if stale, err := r.Commit(ctx, []flow.Checkpoint{stepOf("ward:sum", 1, k, k, 0)}); err != nil || stale != nil {
			t.Fatalf("Commit = %v, %v", stale, err)
		}
	}
	whole, err = r.Claim(ctx, "ward:sum", 0)
	if err != nil || whole.Epoch != 2 || len(whole.Out) != 10 {
		t.Errorf("Claim = epoch %d, %d tokens, %v, want 2 and 10", whole.Epoch, len(whole.Out), err)
	}
	if v := r.View(); v.Apps["ward"].Version != app.Version {
		t.Errorf("version went from %d to %d", app.Version, v.Apps["ward"].Version)
	}
}

// A leader cut off from the others agrees on nothing; they go on without it, and
// it catches up, by a snapshot when the log does not reach back.
func TestPartition(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.tune = func(cfg *Config) { cfg.Snapshot, cfg.Trailing, cfg.Segment = 2000, 5, 4<<10 }
	for _, v := range c.voters {
		c.start(v.ID)
	}
	ctx := within(t)
	old := c.leader()
	deploy(t, c.nodes[old], map[flow.ActorID]flow.NodeID{"ward:sum": old})
	whole, err := c.nodes[old].Claim(ctx, "ward:sum", 0)
	if err != nil {
		t.Fatal(err)
	}
	c.w.Isolate(old, true)
	short, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	if _, err := c.nodes[old].Commit(short, []flow.Checkpoint{stepOf("ward:sum", whole.Epoch, 1, 1, 0)}); !errors.Is(err, ErrNoLeader) {
		t.Errorf("Commit on the lesser side: %v, want ErrNoLeader", err)
	}
	second := c.leader(old)
	r := c.nodes[second]
	if err := r.PutPlan(ctx, "ward", 0, []flow.Placement{{Actor: "ward:sum", Node: second, Epoch: whole.Epoch}}); err != nil {
		t.Fatal(err)
	}
	moved, err := r.Claim(ctx, "ward:sum", 0)
	if err != nil || moved.Epoch != whole.Epoch+1 || len(moved.Out) != 0 {
		t.Fatalf("Claim = %+v, %v, want the next epoch and nothing of the other side", moved, err)
	}
	for k := uint64(1); k <= 100; k++ {
		if stale, err := r.Commit(ctx, []flow.Checkpoint{stepOf("ward:sum", moved.Epoch, k, k, k-1)}); err != nil || stale != nil {
			t.Fatalf("Commit = %v, %v", stale, err)
		}
	}
	c.w.Isolate(old, false)
	stale, err := c.nodes[old].Commit(ctx, []flow.Checkpoint{stepOf("ward:sum", whole.Epoch, 1, 1, 0)})
	if err != nil || len(stale) != 1 {
		t.Errorf("Commit of the old instance = %v, %v, want it stale", stale, err)
	}
	if err := c.nodes[old].Sync(ctx); err != nil {
		t.Fatal(err)
	}
	if p := c.nodes[old].View().Placements["ward:sum"]; p.Node != second || p.Epoch != moved.Epoch {
		t.Errorf("placement on the side that was cut off = %+v", p)
	}
	// A restored snapshot is seen a moment before raft drops the log it replaces.
	for {
		if c.nodes[old].Status().First > 20 {
			break
		}
		select {
		case <-ctx.Done():
			t.Fatal("the voter that was cut off caught up without a snapshot")
		case <-time.After(time.Millisecond):
		}
	}
	var want []byte
	for id, n := range c.nodes {
		if err := n.Sync(ctx); err != nil {
			t.Fatal(err)
		}
		n.machine.mu.RLock()
		var got bytes.Buffer
		err := n.machine.state.writeTo(&got)
		n.machine.mu.RUnlock()
		if want == nil {
			want = got.Bytes()
		}
		if err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("node %s holds another state than the others, %v", id, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	c := newCluster(t, "a")
	good := Config{Self: "a", Transport: c.w.Port("a"), Log: slog.New(slog.DiscardHandler), Dir: t.TempDir()}
	tests := []struct {
		name   string
		change func(*Config)
	}{
		{"no name", func(c *Config) { c.Self = "" }},
		{"no transport", func(c *Config) { c.Transport = nil }},
		{"voter without a folder", func(c *Config) { c.Dir = "" }},
		{"two voters", func(c *Config) { c.Voters = []Voter{{ID: "a", Addr: "a:1"}, {ID: "b", Addr: "b:1"}} }},
		{"a voter twice", func(c *Config) {
			c.Voters = []Voter{{ID: "a", Addr: "a:1"}, {ID: "b", Addr: "b:1"}, {ID: "b", Addr: "b:1"}}
		}},
		{"a voter without address", func(c *Config) {
			c.Voters = []Voter{{ID: "a", Addr: "a:1"}, {ID: "b", Addr: ""}, {ID: "c", Addr: "c:1"}}
		}},
	}
	for _, tt := range tests {
		cfg := good
		tt.change(&cfg)
		if r, err := Open(cfg); err == nil {
			r.Close()
			t.Errorf("%s: Open succeeded", tt.name)
		}
	}
}

// Two processes in one folder would be the end of it.
func TestFolderInUse(t *testing.T) {
	c := newCluster(t, "a")
	c.start("a")
	r, err := Open(Config{Self: "a", Transport: c.w.Port("a"), Log: slog.New(slog.DiscardHandler), Dir: filepath.Join(c.root, "a")})
	if err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("Open of a folder in use: %v", err)
	}
	if r != nil {
		r.Close()
	}
}

// A node speaks for itself only, and only nodes are answered.
func TestAnswersNodesOnly(t *testing.T) {
	c := newCluster(t, "a")
	c.tune = func(cfg *Config) { cfg.Audit = func(flow.AuditEvent) {} }
	r := c.start("a")
	c.leader()
	deploy(t, r, map[flow.ActorID]flow.NodeID{"ward:sum": "a"})
	answer := c.ports["a"].Answerer("register.apply")
	body, err := encodeCommand(claim{Actor: "ward:sum", Node: "a", Nonce: 1})
	if err != nil {
		t.Fatal(err)
	}
	b, err := answer(within(t), agreetest.Identity("evil"), body)
	if err != nil || !strings.Contains(string(b), "evil speaks for node a") {
		t.Errorf("claim for another node: %s, %v", b, err)
	}
	if _, err := answer(within(t), flow.Identity{Role: flow.RoleDevice, Name: "a"}, body); err == nil {
		t.Error("a device was answered")
	}
	if p := r.View().Placements["ward:sum"]; p.Epoch != 0 {
		t.Errorf("placement = %+v, want it never claimed", p)
	}
}

// Snapshots are written as the log grows, and a voter starts from one.
func TestSnapshotOnDisk(t *testing.T) {
	c := newCluster(t, "a")
	c.tune = func(cfg *Config) { cfg.Snapshot, cfg.Trailing = 2000, 5 }
	r := c.start("a")
	ctx := within(t)
	deploy(t, r, map[flow.ActorID]flow.NodeID{"ward:sum": "a"})
	if _, err := r.Claim(ctx, "ward:sum", 0); err != nil {
		t.Fatal(err)
	}
	for k := uint64(1); k <= 100; k++ {
		if _, err := r.Commit(ctx, []flow.Checkpoint{stepOf("ward:sum", 1, k, k, 0)}); err != nil {
			t.Fatal(err)
		}
	}
	for r.Status().First < 20 {
		select {
		case <-ctx.Done():
			t.Fatalf("the log still begins at %d", r.Status().First)
		case <-time.After(time.Millisecond):
		}
	}
	c.stop("a")
	r = c.start("a")
	whole, err := r.Claim(ctx, "ward:sum", 0)
	if err != nil || len(whole.Out) != 100 || whole.Epoch != 2 {
		t.Errorf("Claim = %d tokens, epoch %d, %v, want 100 and 2", len(whole.Out), whole.Epoch, err)
	}
}

// A group commit of many actors up to 64 KiB is one entry of the log.
func TestCommitIsOneEntry(t *testing.T) {
	c := newCluster(t, "a")
	r := c.start("a")
	ctx := within(t)
	where := map[flow.ActorID]flow.NodeID{}
	for i := range 64 {
		where[flow.ActorID(fmt.Sprintf("ward:n%d", i))] = "a"
	}
	deploy(t, r, where)
	var steps []flow.Checkpoint
	for id := range where {
		if _, err := r.Claim(ctx, id, 0); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, flow.Checkpoint{Actor: id, Epoch: 1, State: make([]byte, 1000)})
	}
	before := r.Status().Index
	if stale, err := r.Commit(ctx, steps); err != nil || stale != nil {
		t.Fatalf("Commit = %v, %v", stale, err)
	}
	if n := r.Status().Index - before; n != 1 {
		t.Errorf("64 KiB of steps became %d entries", n)
	}
	steps[0].State = make([]byte, maxStep+1)
	if _, err := r.Commit(ctx, steps[:1]); err == nil || !strings.Contains(err.Error(), "can be kept") {
		t.Errorf("Commit of too large a step: %v", err)
	}
}
