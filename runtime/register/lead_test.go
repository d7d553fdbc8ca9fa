package register

import (
	"errors"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// lose cuts the leader off until another node leads, and joins it again.
func (c *cluster) lose(lead flow.NodeID) (next flow.NodeID) {
	c.t.Helper()
	c.w.Isolate(lead, true)
	next = c.leader(lead)
	c.until(lead, "word that it leads no more", func(*View) bool { return !c.nodes[lead].Leading() })
	c.w.Isolate(lead, false)
	if err := c.nodes[lead].Sync(within(c.t)); err != nil { // reaches the next one
		c.t.Fatal(err)
	}
	return next
}

// The plan of a leader that leads no more is agreed by nobody, though its node
// reaches the leader of now, and though it is that leader itself.
func TestLead(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.tune = func(cfg *Config) { cfg.Election = 500 * time.Millisecond } // no lead is lost to a busy machine
	for _, v := range c.voters {
		c.start(v.ID)
	}
	if _, ok := c.start("home").Lead(); ok {
		t.Error("a node without log leads")
	}
	first := c.leader()
	r := c.nodes[first]
	lead, ok := r.Lead()
	if since, _ := r.LeadingSince(); !ok || !lead.Since().Equal(since) {
		t.Fatalf("Lead = since %v, %v; leading since %v", lead.Since(), ok, since)
	}
	ctx := within(t)
	on := func(node flow.NodeID) []flow.Placement { return []flow.Placement{{Actor: "ward:sum", Node: node}} }

	app, err := lead.PutAppPlan(ctx, ward("first"), 0, on("a"))
	if err != nil || r.View().Apps["ward"].Version != app.Version {
		t.Fatalf("PutAppPlan = %+v, %v; the view has %+v", app, err, r.View().Apps["ward"])
	}
	if err := lead.PutPlan(ctx, "ward", app.Version, on("b")); err != nil || r.View().Placements["ward:sum"].Node != "b" {
		t.Fatalf("PutPlan = %v; the view has %+v", err, r.View().Placements)
	}
	if err := lead.PutSetting(ctx, "mark", []byte("set")); err != nil || string(r.View().Settings["mark"]) != "set" {
		t.Fatalf("PutSetting = %v; the view has %q", err, r.View().Settings)
	}
	if err := lead.PutPlan(ctx, "ward", app.Version+1, on("c")); !errors.Is(err, ErrVersion) {
		t.Errorf("PutPlan for another version = %v, want ErrVersion", err)
	}

	refused := func(when string) {
		t.Helper()
		_, err := lead.PutAppPlan(ctx, ward("late"), app.Version, on("c"))
		for call, err := range map[string]error{"PutAppPlan": err,
			"PutPlan":    lead.PutPlan(ctx, "ward", app.Version, on("c")),
			"PutSetting": lead.PutSetting(ctx, "mark", []byte("late")),

			"ForgetCertificates": lead.ForgetCertificates(ctx, [][32]byte{{1}})} {
			if !errors.Is(err, ErrNoLeader) || ctx.Err() != nil {
				t.Errorf("%s %s = %v, want ErrNoLeader at once", call, when, err)
			}
		}
		for id, n := range c.nodes {
			if err := n.Sync(ctx); err != nil {
				t.Fatal(err)
			}
			v := n.View()
			if v.Apps["ward"].Script != "first" || v.Placements["ward:sum"].Node != "b" || string(v.Settings["mark"]) != "set" {
				t.Errorf("%s: something was put %s: %+v", id, when, v)
			}
		}
	}
	next := c.lose(first)
	refused("after another took the lead")
	for next != first {
		next = c.lose(next)
	}
	refused("after the lead came back")

	again, ok := r.Lead()
	if !ok || !again.Since().After(lead.Since()) {
		t.Fatalf("Lead = since %v, %v; the one before began %v", again.Since(), ok, lead.Since())
	}
	if err := again.PutSetting(ctx, "mark", nil); err != nil || r.View().Settings["mark"] != nil {
		t.Errorf("PutSetting in the lead of now = %v", err)
	}
}
