package register

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// patient is for what takes the machine under the race detector a while.
func patient(cfg *Config) { cfg.Election = time.Second }

func many(n int, node flow.NodeID) (where map[flow.ActorID]flow.NodeID, ids []flow.ActorID) {
	where = map[flow.ActorID]flow.NodeID{}
	for i := range n {
		id := flow.ActorID(fmt.Sprintf("ward:n%d", i))
		where[id], ids = node, append(ids, id)
	}
	return where, ids
}

// Many actors are claimed in few entries, each by itself.
func TestClaimAll(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.tune = func(cfg *Config) { patient(cfg); cfg.Audit = func(flow.AuditEvent) {} } // it claims what is another's
	for _, v := range c.voters {
		c.start(v.ID)
	}
	r := c.start("home")
	ctx := within(t)
	where, ids := many(500, "home")
	where["ward:n7"] = "a"
	app := c.deployFor(r, where)
	lead := c.nodes[c.leader()]
	before := lead.Status().Index
	claimed, refused, err := r.ClaimAll(ctx, ids, app.Version)
	if err != nil || len(claimed) != 499 || len(refused) != 1 || !errors.Is(refused["ward:n7"], ErrElsewhere) {
		t.Fatalf("ClaimAll = %d claimed, %v refused, %v", len(claimed), refused, err)
	}
	if n := c.nodes[c.leader()].Status().Index - before; n > 3 {
		t.Errorf("claims of 500 actors took %d entries", n)
	}
	if got := claimed["ward:n3"]; got.Epoch != 1 || got.Actor != "ward:n3" {
		t.Errorf("checkpoint = %+v", got)
	}
	var steps []flow.Checkpoint
	for i, id := range ids[:6] { // 3 MiB: too much for one answer
		steps = append(steps, flow.Checkpoint{Actor: id, Epoch: 1, State: bytes.Repeat([]byte{byte(i)}, 500<<10)})
	}
	if stale, err := r.Commit(ctx, steps); err != nil || stale != nil {
		t.Fatalf("Commit = %v, %v", stale, err)
	}
	// Its view may not show the epochs yet: they are claimed at the second try.
	claimed, refused, err = r.ClaimAll(ctx, ids[:6], 0)
	if err != nil || len(claimed) != 6 || len(refused) != 0 {
		t.Fatalf("ClaimAll again = %d claimed, %v refused, %v", len(claimed), refused, err)
	}
	for i, id := range ids[:6] {
		if got := claimed[id]; got.Epoch != 2 || len(got.State) != 500<<10 || got.State[0] != byte(i) {
			t.Errorf("%s: epoch %d, %d bytes of state", id, got.Epoch, len(got.State))
		}
	}
	if _, refused, err := r.ClaimAll(ctx, ids[10:12], app.Version+1); err != nil || !errors.Is(refused["ward:n10"], ErrVersion) {
		t.Errorf("ClaimAll of another version = %v, %v", refused, err)
	}
}

// A firing over many links can give far more than one entry of the log holds,
// and its checkpoint is more than one answer holds.
func TestLargeStep(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.tune = patient
	for _, v := range c.voters {
		c.start(v.ID)
	}
	r := c.start("home")
	ctx := within(t)
	c.deployFor(r, map[flow.ActorID]flow.NodeID{"ward:sum": "home"})
	if _, err := r.Claim(ctx, "ward:sum", 0); err != nil {
		t.Fatal(err)
	}
	step := flow.Checkpoint{Actor: "ward:sum", Epoch: 1, Made: map[flow.LinkID]uint64{}}
	for i := range 12 {
		l := flow.LinkID(fmt.Sprintf("ward:sum.out > ward:log%02d.in", i))
		step.Made[l] = 1
		step.Out = append(step.Out, flow.OutToken{Link: l, Token: flow.Token{Seq: 1, Value: strings.Repeat(fmt.Sprint(i%10), 400<<10)}})
	}
	n := 0
	var mu sync.Mutex
	c.w.Lose(func(_, _ flow.NodeID, kind string) bool { // some answers are lost
		mu.Lock()
		defer mu.Unlock()
		n++
		return kind == "register.apply" && n%5 == 0
	})
	if stale, err := r.Commit(ctx, []flow.Checkpoint{step}); err != nil || stale != nil {
		t.Fatalf("Commit of 5 MB = %v, %v", stale, err)
	}
	c.w.Lose(nil)
	whole, err := r.Claim(ctx, "ward:sum", 0)
	if err != nil || len(whole.Out) != 12 || len(whole.Out[11].Token.Value.(string)) != 400<<10 {
		t.Fatalf("Claim = %d tokens, %v", len(whole.Out), err)
	}
	for id, n := range c.nodes {
		if err := n.Sync(ctx); err != nil {
			t.Fatal(err)
		}
		n.machine.mu.RLock()
		laid := len(n.machine.state.laid)
		n.machine.mu.RUnlock()
		if laid > 0 {
			t.Errorf("%s still holds parts", id)
		}
	}
	step.State = make([]byte, maxStep+1)
	if _, err := r.Commit(ctx, []flow.Checkpoint{step}); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("Commit beyond the limit = %v", err)
	}
}

// The application and its plan change in one; a plan from the past changes
// nothing.
func TestPutAppPlan(t *testing.T) {
	c := newCluster(t, "a")
	r := c.start("a")
	ctx := within(t)
	on := func(node flow.NodeID, epoch uint64) []flow.Placement {
		return []flow.Placement{{Actor: "ward:sum", Node: node, Epoch: epoch}}
	}
	first := ward("one")
	first.Here = "bedside"
	first.Source = first.Graph
	first.Source.Actors = nil
	app, err := r.PutAppPlan(ctx, first, 0, on("a", 0))
	if err != nil || app.Version == 0 || app.Here != "bedside" || len(app.Source.Actors) != 0 || len(app.Graph.Actors) != 1 {
		t.Fatalf("PutAppPlan = %+v, %v", app, err)
	}
	if _, err := r.Claim(ctx, "ward:sum", app.Version); err != nil {
		t.Fatal(err)
	}
	second, err := r.PutAppPlan(ctx, ward("two"), app.Version, on("a", 0)) // stays: the epoch does not matter
	if err != nil || second.Version <= app.Version || second.Source.App != "ward" {
		t.Fatalf("PutAppPlan = %+v, %v", second, err)
	}
	for name, call := range map[string]func() error{
		"of an older version":   func() error { _, err := r.PutAppPlan(ctx, ward("three"), app.Version, on("a", 1)); return err },
		"from an older epoch":   func() error { _, err := r.PutAppPlan(ctx, ward("three"), second.Version, on("b", 0)); return err },
		"a plan alone, as well": func() error { return r.PutPlan(ctx, "ward", second.Version, on("b", 0)) },
	} {
		if err := call(); !errors.Is(err, ErrVersion) {
			t.Errorf("%s: %v, want ErrVersion", name, err)
		}
	}
	if v := r.View(); v.Apps["ward"].Script != "two" || v.Placements["ward:sum"].Node != "a" {
		t.Errorf("a call that was refused changed something: %+v", v)
	}
	if err := r.PutPlan(ctx, "ward", second.Version, on("b", 1)); err != nil {
		t.Error(err)
	}
}

// The leader hears who renews; one that does not lead any more grants nothing,
// and its successor starts from nothing.
func TestRenew(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	for _, v := range c.voters {
		c.start(v.ID)
	}
	home := c.start("home")
	ctx := within(t)
	lead := c.leader()
	sent := time.Now()
	if err := home.Renew(ctx); err != nil {
		t.Fatal(err)
	}
	old := c.nodes[lead]
	since, leads := old.LeadingSince()
	if at, ok := old.Heard("home"); !ok || at.Before(sent) || !leads || since.After(at) {
		t.Errorf("heard at %v, %v; sent at %v, leading since %v", at, ok, sent, since)
	}
	if _, ok := old.Heard("nobody"); ok {
		t.Error("a node that never renewed was heard")
	}
	c.w.Isolate(lead, true)
	short, cancel := context.WithTimeout(ctx, 600*time.Millisecond)
	defer cancel()
	if err := old.Renew(short); !errors.Is(err, ErrNoLeader) {
		t.Errorf("a leader that is cut off renewed with itself: %v", err)
	}
	next := c.leader(lead)
	if _, ok := c.nodes[next].Heard("home"); ok {
		t.Error("a new leader has heard a node already")
	}
	if err := home.Renew(ctx); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.nodes[next].Heard("home"); !ok {
		t.Error("the new leader has not heard home")
	}
	if _, ok := old.Heard("home"); ok {
		t.Error("the former leader still tells whom it heard")
	}
	c.w.Isolate(lead, false)
}

func TestAdopt(t *testing.T) {
	c := newCluster(t, "a")
	r := c.start("a")
	ctx := within(t)
	deploy(t, r, map[flow.ActorID]flow.NodeID{"ward:sum": "a"})
	if _, err := r.Claim(ctx, "ward:sum", 0); err != nil {
		t.Fatal(err)
	}
	whole := stepOf("ward:sum", 1, 4, 9, 3)
	if err := r.Adopt(ctx, whole); err != nil {
		t.Fatal(err)
	}
	if stale, err := r.Commit(ctx, []flow.Checkpoint{stepOf("ward:sum", 1, 10, 10, 3)}); err != nil || stale != nil {
		t.Fatalf("Commit on top = %v, %v", stale, err)
	}
	got, err := r.Claim(ctx, "ward:sum", 0)
	if err != nil || len(got.Out) != 7 || got.Made[link] != 10 {
		t.Errorf("Claim = %d tokens, made %d, %v", len(got.Out), got.Made[link], err)
	}
	if err := r.Adopt(ctx, whole); !errors.Is(err, flow.ErrStale) {
		t.Errorf("Adopt under an old epoch: %v", err)
	}
}

// All voters' disks are lost, and a backup is there.
func TestRestore(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	for _, v := range c.voters {
		c.start(v.ID)
	}
	ctx := within(t)
	deploy(t, c.nodes["b"], map[flow.ActorID]flow.NodeID{"ward:sum": "b"})
	if _, err := c.nodes["b"].Claim(ctx, "ward:sum", 0); err != nil {
		t.Fatal(err)
	}
	if _, err := c.nodes["b"].Commit(ctx, []flow.Checkpoint{stepOf("ward:sum", 1, 1, 3, 0)}); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := c.nodes["c"].Backup(ctx, &file); err != nil {
		t.Fatal(err)
	}
	late, err := c.nodes["b"].Claim(ctx, "ward:sum", 0) // after the backup
	if err != nil {
		t.Fatal(err)
	}
	if err := c.nodes["a"].Restore(ctx, bytes.NewReader(file.Bytes()), false); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("Restore over what is there: %v", err)
	}

	index := c.nodes["a"].View().Index
	for _, v := range c.voters {
		c.stop(v.ID)
	}
	d := newCluster(t, "a", "b", "c")
	for _, v := range d.voters {
		d.start(v.ID)
	}
	home := d.start("home")
	if err := d.nodes["a"].PutSetting(ctx, "rules", []byte("of the new one")); err != nil {
		t.Fatal(err)
	}
	if err := d.nodes["a"].Restore(ctx, bytes.NewReader(file.Bytes()), false); err != nil {
		t.Fatal(err)
	}
	d.until("home", "what was restored", func(v *View) bool {
		return v.Apps["ward"].Script == "source" && v.Settings["rules"] == nil && v.Settings[restored] != nil
	})
	if home.View().Index <= index {
		t.Errorf("the view is at %d, before the loss it was at %d", home.View().Index, index)
	}
	got, err := d.nodes["b"].Claim(ctx, "ward:sum", 0)
	if err != nil || len(got.Out) != 3 || got.Epoch <= late.Epoch {
		t.Errorf("Claim = %d tokens, epoch %d, %v; epoch %d was given before the loss", len(got.Out), got.Epoch, err, late.Epoch)
	}
	if err := d.nodes["c"].Restore(ctx, bytes.NewReader(file.Bytes()), true); err != nil {
		t.Errorf("Restore by force: %v", err)
	}
}

// Without a majority calls say so, views stay, and the status says since when.
func TestNoMajority(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	for _, v := range c.voters {
		c.start(v.ID)
	}
	r := c.start("home")
	c.deployFor(r, map[flow.ActorID]flow.NodeID{"ward:sum": "home"})
	if err := c.nodes["c"].Sync(within(t)); err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	if st := r.Status(); !st.Since.IsZero() || st.MayLose != 1 {
		t.Errorf("status = %+v", st)
	}
	c.stop("a")
	c.stop("b")
	c.until("home", "word of the loss", func(*View) bool { return r.Status().Leader == "" })
	c.until("c", "word of the loss", func(*View) bool { return c.nodes["c"].Status().Leader == "" })
	short, cancel := context.WithTimeout(within(t), 300*time.Millisecond)
	defer cancel()
	if err := r.PutSetting(short, "x", []byte("y")); !errors.Is(err, ErrNoLeader) {
		t.Errorf("PutSetting = %v", err)
	}
	for _, n := range []*Register{r, c.nodes["c"]} {
		if st := n.Status(); st.Since.Before(before) || st.Actors != 1 || len(st.Voters) != 3 {
			t.Errorf("status without a majority = %+v", st)
		}
	}
	c.start("a")
	if err := r.PutSetting(within(t), "x", []byte("y")); err != nil {
		t.Error(err)
	}
	c.until("home", "the new leader", func(*View) bool { return r.Status().Since.IsZero() })
}

// A view of many actors goes to a node without log in pieces.
func TestLargeView(t *testing.T) {
	c := newCluster(t, "a")
	r := c.start("a")
	app := ward("source")
	var plan []flow.Placement
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 5000 {
		id := flow.ActorID(fmt.Sprintf("ward:n%d", i))
		app.Graph.Actors = append(app.Graph.Actors, flow.Node{ID: id, Type: "std.Sum", Args: map[string]any{"d": map[string]any{}}})
		plan = append(plan, flow.Placement{Actor: id, Node: "home", Why: []string{noise(rng, 500)}})
	}
	put, err := r.PutAppPlan(within(t), app, 0, plan)
	if err != nil || len(put.Graph.Actors) != 5001 {
		t.Fatalf("PutAppPlan = %d actors, %v", len(put.Graph.Actors), err)
	}
	home := c.start("home")
	c.until("home", "the whole view", func(v *View) bool { return len(v.Placements) == 5000 })
	if got := home.View().Apps["ward"]; !sameApp(got, put) || got.Graph.Actors[5].Args["d"] == nil {
		t.Errorf("the application came as another one")
	}
	var f fetch
	packed := packedView{}
	for n := 0; ; n++ {
		b, err := packed.answer(r.View, f.index, len(f.bytes))
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > 4<<20 {
			t.Fatalf("a piece of %d bytes", len(b))
		}
		v, err := f.take(readPiece(t, b))
		if err != nil {
			t.Fatal(err)
		}
		if v != nil {
			return
		}
	}
}

// noise are n bytes in hex that can't be compressed.
func noise(rng *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return hex.EncodeToString(b)
}

func readPiece(t *testing.T, b []byte) (a viewAnswer) {
	t.Helper()
	if err := json.Unmarshal(b, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func FuzzUnpackView(f *testing.F) {
	b, err := packView(&View{Index: 3, Apps: map[string]App{"ward": ward("source")}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if v, err := unpackView(b); err == nil {
			v.On("a")
		}
	})
}
