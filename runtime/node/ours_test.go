package node_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/policy"
	"github.com/wardflow/wardflow/runtime/register"
)

// trusting has the nodes believe another hospital of the same ministry, too.
func (c *cluster) trusting(other *pkitest.Hospital) {
	c.t.Helper()
	t := c.h.Authority.Trust()
	t.Issuers = append(t.Issuers, other.Authority.Trust().Issuers...)
	if err := pki.SaveTrust(c.trust, t); err != nil {
		c.t.Fatal(err)
	}
}

// Where two hospitals are trusted, who has an admin's name in the other may do
// nothing here, and a node that has the name of one of ours is not let in.
func TestNamesAreAHospitalsOwn(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b")
	theirs := c.h.Neighbour()
	c.trusting(theirs)
	c.start("a")
	t.Cleanup(func() {
		for _, n := range c.nodes {
			if err := n.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	a, dr := c.nodes["a"], theirs.Staff("dr")
	c.until("a", "it leads", func(s *control.Snapshot) bool { return s.Register.Leader == "a" })
	d := control.Deployment{Name: "app", Script: countOn}
	if _, err := a.Deploy(t.Context(), dr.ID, c.signedBy(dr, d, time.Now())); !errors.Is(err, control.ErrUnsigned) || !strings.Contains(err.Error(), "h2.health.example") {
		t.Errorf("another hospital's dr deploys: %v", err)
	}
	if _, err := a.PutPolicy(t.Context(), dr.ID, must(control.SignPolicy(dr, "", time.Now()))); err == nil || !strings.Contains(err.Error(), "h2.health.example") {
		t.Errorf("another hospital's dr changes the policy: %v", err)
	}
	c.policy("a", `permit (principal == Staff::"ann", action, resource);`)
	c.until("a", "ann may all", func(*control.Snapshot) bool { return a.MayDo(c.h.Staff("ann").ID, policy.ActionStop) == nil })
	for _, name := range []string{"dr", "ann"} {
		if err := a.MayDo(theirs.Staff(name).ID, policy.ActionStop); !errors.Is(err, control.ErrDenied) {
			t.Errorf("another hospital's %s may stop applications: %v", name, err)
		}
	}
	if _, err := a.Caller(theirs.Staff("ann").Chain); !errors.Is(err, pki.ErrDomain) {
		t.Errorf("another hospital's ann asks the API: %v, want ErrDomain", err)
	}
	c.save(filepath.Join("b", "certificate"), theirs.Node("b"))
	c.start("b")
	c.until("a", "the other hospital's b is refused at the door", func(*control.Snapshot) bool {
		for _, e := range records(t, a) {
			if strings.Contains(e.Who, "h2.health.example/node/b") && e.Refused() {
				return true
			}
		}
		return false
	})
	s, err := a.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range s.Nodes {
		if n.ID == "b" && n.Up {
			t.Error("the other hospital's b is a member")
		}
	}
}

func records(t *testing.T, n *node.Node) []flow.AuditEvent {
	t.Helper()
	list, err := n.Audit(t.Context(), flow.Identity{}, control.AuditQuery{})
	if err != nil {
		t.Fatal(err)
	}
	var all []flow.AuditEvent
	for _, e := range list {
		all = append(all, e.AuditEvent)
	}
	return all
}

// A policy that anybody brings must be signed just now, with a card that holds
// now: a card that was lost, or has ended, signs any time it likes. What is in
// force may be brought again.
func TestPolicyIsSignedNow(t *testing.T) {
	t.Parallel()
	now := time.Now()
	c := newClusterSince(t, now.Add(-24*time.Hour), "a")
	c.startAll()
	c.ready("a")
	a, dr := c.nodes["a"], c.h.IssueAt(pki.Request{Role: flow.RoleStaff, Name: "dr"}, now.Add(-2*time.Hour))
	brings := func(by flow.Signer, at time.Time) error {
		raw := must(control.SignPolicy(by, noCounters, at))
		return a.Proves("policy/text", register.RisingValue(uint64(at.UnixNano()), raw))
	}
	if err := brings(dr, now); err != nil {
		t.Errorf("a good one: %v", err)
	}
	if err := brings(dr, now.Add(-time.Hour)); !errors.Is(err, control.ErrUnsigned) || !strings.Contains(err.Error(), "just now") {
		t.Errorf("one of an hour ago: %v, want ErrUnsigned", err)
	}
	ended := c.h.IssueAt(pki.Request{Role: flow.RoleStaff, Name: "dr", Life: time.Hour}, now.Add(-time.Hour-time.Minute))
	if err := brings(ended, ended.Chain[0].NotAfter); !errors.Is(err, control.ErrUnsigned) {
		t.Errorf("one with a card that has ended: %v, want ErrUnsigned", err)
	}
	at := time.Now().Add(-3 * time.Second) // a list of revocations counts seconds
	raw := must(control.SignPolicy(dr, noCounters, at))
	if _, err := a.PutPolicy(t.Context(), dr.ID, raw); err != nil {
		t.Fatal(err)
	}
	c.until("a", "it is in force", func(*control.Snapshot) bool {
		p, err := a.Policy(t.Context())
		return err == nil && p.Own == noCounters
	})
	for _, reason := range []pki.Reason{pki.Superseded} {
		if err := c.h.Authority.For(flow.RoleStaff).Revoke(dr.ID.Serial, reason, time.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Revoke(t.Context(), c.h.Staff("admin").ID, must(c.h.Authority.For(flow.RoleStaff).Publish(time.Now()))); err != nil {
			t.Fatal(err)
		}
		if err := brings(dr, at.Add(time.Second)); !errors.Is(err, control.ErrUnsigned) {
			t.Errorf("one with a card for which there is another (%v): %v, want ErrUnsigned", reason, err)
		}
		// It has any time in it, also one before the other was made.
		if err := brings(dr, at.Add(time.Nanosecond)); !errors.Is(err, control.ErrUnsigned) {
			t.Errorf("one with that card, of before (%v): %v, want ErrUnsigned", reason, err)
		}
	}
	if err := a.Proves("policy/text", register.RisingValue(uint64(at.UnixNano()), raw)); err != nil {
		t.Errorf("what is in force already: %v", err)
	}
}

// An application that comes before a node's eyes, signed with a card that does
// not hold any more, is not run, whatever time is in the signature.
func TestLateDeploymentIsNotRun(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a")
	c.edit = func(cfg *node.Config) { cfg.Admins = []string{"dr", "boss"} }
	c.startAll()
	c.ready("a")
	c.put("a", c.signedBy(c.h.Staff("dr"), control.Deployment{Name: "app", Script: countOn}, time.Now().Add(-4*time.Second)))
	c.until("a", "it runs", func(s *control.Snapshot) bool { return len(s.Apps) == 1 && s.Apps[0].State == control.Running })
	good := c.nodes["a"].Register().View().Apps["app"]
	boss := c.h.IssueAt(pki.Request{Role: flow.RoleStaff, Name: "boss", Life: time.Hour}, time.Now())
	before := time.Now().Add(-2 * time.Second)
	if err := c.h.Authority.For(flow.RoleStaff).Revoke(boss.ID.Serial, pki.AffiliationChanged, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.nodes["a"].Revoke(t.Context(), c.h.Staff("dr").ID, must(c.h.Authority.For(flow.RoleStaff).Publish(time.Now()))); err != nil {
		t.Fatal(err)
	}
	late := c.signedBy(boss, control.Deployment{Name: "app", Script: countOn + "# late\n"}, before)
	c.until("a", "it is refused, and it is said why", func(s *control.Snapshot) bool {
		for _, e := range records(t, c.nodes["a"]) {
			if strings.Contains(e.What, "run app, version") && strings.Contains(e.Why, "not signed by anybody who may now") {
				return true
			}
		}
		c.alter("a", good, func(a *register.App) {
			a.Script, a.Signature, a.By, a.At = late.Script, late.Signature, boss.ID.URI, before
		})
		return false
	})
}

// What was refused is told to voters only.
func TestReportsOfRefusals(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b")
	c.startAll()
	c.ready("a")
	c.until("a", "a votes and b does not", func(s *control.Snapshot) bool { return len(s.Register.Voters) == 1 })
	b := c.nodes["b"]
	b.Refuse(flow.ActorID("ward:check"), &flow.Reading{Device: "D", Stream: "hr", Kind: "8867-4", Unit: "/min", Scale: 1_000_000, Samples: []int64{333}},
		flow.Verdict{Reason: flow.TooHigh, Clause: "333 is above 250"})
	for peer, told := range map[string]bool{"a": true, "mallory": false} {
		raw, err := b.ReportTo(t.Context(), flow.Identity{Role: flow.RoleNode, Name: peer})
		if err != nil || !json.Valid(raw) {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), "333") != told {
			t.Errorf("what %s is told has the value: %v, want %v", peer, !told, told)
		}
	}
}
