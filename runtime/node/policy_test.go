package node_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/register"
)

const noCounters = `@id("no-counters") @says("counters are not to be believed")
forbid (principal is Actor, action == Action::"link", resource is Actor) when { principal.type == "std.Counter" };
`

// A link ends when the policy no longer allows it, on one node and between two,
// and comes back when it does; a script that it would refuse is not deployed.
func TestPolicyEndsLinks(t *testing.T) {
	t.Parallel()
	for _, names := range [][]flow.NodeID{{"a"}, {"a", "b"}} {
		t.Run(string(names[len(names)-1]), func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, names...)
			c.startAll()
			c.ready("a")
			at := names[len(names)-1]
			c.deploy("a", "app", countOn+"apply sink : runtime_name(name=\""+string(at)+"\")\n")
			flows := func(s *control.Snapshot) bool {
				l := link(s, "app:source.integer")
				return l.Up && l.Tokens > 5
			}
			c.until(at, "tokens flow", flows)
			check := c.policy("a", noCounters)
			if len(check.Cut) != 1 || !strings.Contains(check.Cut[0].Why, "not to be believed") {
				t.Errorf("the change says that it cuts %+v, want the one link", check.Cut)
			}
			for _, n := range names {
				c.until(n, "the link is refused", func(s *control.Snapshot) bool {
					l := link(s, "app:source.integer")
					return !l.Up && strings.Contains(l.Refused, "counters are not to be believed")
				})
			}
			w, err := c.nodes[at].WhyLink(t.Context(), "app:source", "app:sink.token")
			if err != nil || w.May || !strings.Contains(steps(w), "no: the policy allows it: counters are not to be believed (rule no-counters)") {
				t.Errorf("why: %v\n%s", err, steps(w))
			}
			_, err = c.nodes["a"].Deploy(t.Context(), c.h.Staff("dr").ID, c.signed(control.Deployment{Name: "more", Script: countOn}))
			if !errors.Is(err, control.ErrPolicy) || !strings.Contains(err.Error(), "link more:source.integer > more:sink.token, from a node (std.Counter)") {
				t.Errorf("deploying what it refuses: %v", err)
			}
			c.policy("a", "")
			n := link(c.until(at, "it is there", func(s *control.Snapshot) bool { return len(s.Links) == 1 }), "app:source.integer").Tokens
			c.until(at, "tokens flow again", func(s *control.Snapshot) bool {
				l := link(s, "app:source.integer")
				return l.Up && l.Tokens > n+5
			})
			if w, err = c.nodes[at].WhyLink(t.Context(), "app:source", "app:sink"); err != nil || !w.May {
				t.Errorf("why: %v\n%s", err, steps(w))
			}
			if w, err = c.nodes[at].WhyLink(t.Context(), "app:sink", "app:source"); err != nil || w.May || !strings.Contains(steps(w), "no: the script has the link") {
				t.Errorf("why not the other way: %v\n%s", err, steps(w))
			}
		})
	}
}

func steps(w *control.LinkWhy) string {
	if w == nil {
		return ""
	}
	var b strings.Builder
	for _, s := range w.Steps {
		b.WriteString(map[bool]string{true: "yes", false: "no"}[s.OK] + ": " + s.What + ": " + s.Why + "\n")
	}
	return b.String()
}

// policy puts a text that an admin has signed.
func (c *cluster) policy(at flow.NodeID, text string) *control.PolicyCheck {
	c.t.Helper()
	who := c.h.Staff("dr")
	check, err := c.nodes[at].PutPolicy(c.t.Context(), who.ID, must(control.SignPolicy(who, text, time.Now())))
	if err != nil {
		c.t.Fatal(err)
	}
	return check
}

// Nobody but an admin changes the policy, and nobody goes back to an older one:
// neither by asking for it nor by having it agreed. It outlives a restart.
func TestWhoChangesThePolicy(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a")
	c.startAll()
	c.ready("a")
	a := c.nodes["a"]
	sign := func(who flow.Signer, text string, at time.Time) []byte {
		return must(control.SignPolicy(who, text, at))
	}
	old := sign(c.h.Staff("dr"), `permit (principal is Staff, action, resource);`, time.Now())
	c.policy("a", noCounters)
	c.until("a", "it is in force", func(*control.Snapshot) bool {
		p, err := a.Policy(t.Context())
		return err == nil && p.Own == noCounters && p.By == c.h.Staff("dr").ID.URI
	})
	for _, tt := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"nothing", nil, "not signed"},
		{"garbage", []byte("x"), "not signed"},
		{"a nurse", sign(c.h.Staff("nurse"), "", time.Now()), "none of the admins"},
		{"a stranger of that name", sign(c.h.Rogue().Staff("dr"), "", time.Now()), "root"},
		{"a node of that name", sign(c.h.Node("dr"), "", time.Now()), "is a node"},
		{"a deployment", c.signed(control.Deployment{Name: "x", Script: "y"}).Signature, "but as a deployment"},
		{"an older one", old, "a newer one"},
	} {
		if _, err := a.PutPolicy(t.Context(), c.h.Staff("dr").ID, tt.raw); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want it refused because of %q", tt.name, err, tt.want)
		}
		// What a dishonest leader has agreed changes nothing either.
		if err := a.Register().PutSetting(t.Context(), "policy/text", register.RisingValue(uint64(time.Now().Add(time.Hour).UnixNano()), tt.raw)); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if p, err := a.Policy(t.Context()); err != nil || p.Own != noCounters {
			t.Errorf("%s: the policy is %q, %v", tt.name, p.Own, err)
		}
	}
	if _, err := a.PutPolicy(t.Context(), c.h.Staff("dr").ID, sign(c.h.Staff("dr"), "permit (", time.Now())); !errors.Is(err, control.ErrInvalid) || !strings.Contains(err.Error(), "1:") {
		t.Errorf("a text with a mistake: %v, want ErrInvalid with its place", err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	c.start("a")
	if p, err := c.nodes["a"].Policy(t.Context()); err != nil || p.Own != noCounters {
		t.Errorf("after a restart the policy is %q, %v", p.Own, err)
	}
}

// Who is not named, and not permitted by a rule, may change nothing; with nobody
// named the error says what to write. A rule of the hospital's own permits more.
func TestRights(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a")
	c.edit = func(cfg *node.Config) { cfg.Admins = nil }
	c.startAll()
	c.ready("a")
	deploy := func(who flow.Signer) error {
		_, err := c.nodes["a"].Deploy(t.Context(), who.ID, c.signedBy(who, control.Deployment{Name: "app", Script: countOn}, time.Now()))
		return err
	}
	ann := c.h.Staff("ann")
	if err := deploy(ann); !errors.Is(err, control.ErrDenied) || !strings.Contains(err.Error(), `write "admins: [ann]" into the node.yaml of every node`) {
		t.Errorf("with nobody named: %v", err)
	}
	if err := c.nodes["a"].Close(); err != nil {
		t.Fatal(err)
	}
	c.edit = nil // dr is an admin
	c.start("a")
	c.ready("a")
	if err := deploy(ann); !errors.Is(err, control.ErrDenied) || !strings.Contains(err.Error(), "staff/ann may not deploy application app") {
		t.Errorf("ann, who is not named: %v", err)
	}
	c.policy("a", `@id("ann") @says("Ann may deploy") permit (principal == Staff::"ann", action == Action::"deploy", resource is App);`)
	c.until("a", "ann may", func(*control.Snapshot) bool { return deploy(ann) == nil })
	c.until("a", "what she has deployed runs", func(s *control.Snapshot) bool { return link(s, "app:source.integer").Tokens > 5 })
	check, err := c.nodes["a"].CheckPolicy(t.Context(), "")
	if err != nil || len(check.Apps) != 1 || check.Apps[0].Name != "app" {
		t.Errorf("taking her right away: %+v, %v; want to be told of her application", check, err)
	}
}

// A policy that a node has kept, and that was changed on its disk, is not put
// into force: the node says so and does not start.
func TestKeptPolicyAltered(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a")
	c.startAll()
	c.ready("a")
	c.policy("a", noCounters)
	c.until("a", "it is in force", func(*control.Snapshot) bool {
		p, _ := c.nodes["a"].Policy(t.Context())
		return p.Own == noCounters
	})
	if err := c.nodes["a"].Close(); err != nil {
		t.Fatal(err)
	}
	delete(c.nodes, "a")
	c.flip("a", "policy.cose")
	if err := c.tryStart("a"); err == nil || !strings.Contains(err.Error(), "policy.cose") {
		t.Errorf("start with an altered policy: %v, want an error that names the file", err)
	}
}

// flip changes one byte of a file of a node.
func (c *cluster) flip(of flow.NodeID, file string) {
	c.t.Helper()
	path := filepath.Join(c.dir, string(of), file)
	b, err := os.ReadFile(path)
	if err != nil {
		c.t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		c.t.Fatal(err)
	}
}
