package node_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/register"
)

// signed signs a deployment as somebody who may deploy.
func (c *cluster) signed(d control.Deployment) control.Deployment {
	return c.signedBy(c.h.Staff("dr"), d, time.Now())
}

func (c *cluster) signedBy(who flow.Signer, d control.Deployment, at time.Time) control.Deployment {
	c.t.Helper()
	var err error
	if d.Signature, err = control.SignDeployment(who, &d, at); err != nil {
		c.t.Fatal(err)
	}
	return d
}

const countOn = `
source : std.Counter()
sink : test.Sink(store_tokens=0, quiet=1)
source.integer > sink.token
`

// What nobody who may has signed just so is not taken, and it is said why.
func TestUnsignedIsNotDeployed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a")
	c.edit = func(cfg *node.Config) { cfg.Admins = []string{"dr"} }
	c.startAll()
	c.ready("a")
	d := control.Deployment{Name: "app", Script: countOn}
	other := d
	other.Script += "# more\n"
	named := d
	named.Name = "other"
	with := d
	with.Includes = map[string]string{"x": "y"}
	now := time.Now()
	for _, tt := range []struct {
		name string
		d    control.Deployment
		is   error
		want string
	}{
		{"not signed", d, control.ErrUnsigned, "not signed"},
		{"garbage", control.Deployment{Name: "app", Script: countOn, Signature: []byte("x")}, control.ErrUnsigned, ""},
		{"another script", put(d, c.signed(other).Signature), control.ErrUnsigned, "the script was altered"},
		{"another application", put(d, c.signed(named).Signature), control.ErrUnsigned, "but as other"},
		{"other includes", put(d, c.signed(with).Signature), control.ErrUnsigned, "includes was altered"},
		{"a policy", put(d, must(control.SignPolicy(c.h.Staff("dr"), "", now))), control.ErrUnsigned, "but as a policy"},
		{"another root", c.signedBy(c.h.Rogue().Staff("dr"), d, now), control.ErrUnsigned, "root"},
		{"a neighbour", c.signedBy(c.h.Neighbour().Staff("dr"), d, now), control.ErrUnsigned, ""},
		{"a node", c.signedBy(c.h.Node("a"), d, now), control.ErrUnsigned, "is a node"},
		{"a patient", c.signedBy(c.h.Patient("p-1"), d, now), control.ErrUnsigned, "is a patient"},
		{"a nurse", c.signedBy(c.h.Staff("nurse"), d, now), control.ErrDenied, "staff/nurse may not deploy application app"},
		{"before its certificate", c.signedBy(c.h.Staff("dr"), d, now.Add(-time.Hour)), control.ErrUnsigned, "not valid yet"},
		{"in the future", c.signedBy(c.h.Staff("dr"), d, now.Add(time.Hour)), control.ErrUnsigned, "ahead of this node's clock"},
	} {
		_, err := c.nodes["a"].Deploy(t.Context(), c.h.Staff("dr").ID, tt.d)
		if !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %v with %q", tt.name, err, tt.is, tt.want)
		}
	}
	if apps := c.nodes["a"].Register().View().Apps; len(apps) > 0 {
		t.Errorf("the register has %d applications that nobody could deploy", len(apps))
	}
	first := c.signed(d)
	c.put("a", c.signed(other))
	if _, err := c.nodes["a"].Deploy(t.Context(), c.h.Staff("dr").ID, first); !errors.Is(err, control.ErrConflict) || !strings.Contains(err.Error(), "newer") {
		t.Errorf("what was signed before what runs: %v, want ErrConflict", err)
	}
}

func put(d control.Deployment, signature []byte) control.Deployment {
	d.Signature = signature
	return d
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (c *cluster) put(at flow.NodeID, d control.Deployment) {
	c.t.Helper()
	if _, err := c.nodes[at].Deploy(c.t.Context(), c.h.Staff("dr").ID, d); err != nil {
		c.t.Fatal(err)
	}
}

// A node that has something else agreed than what was signed gets no other node
// to run it: what ran goes on as it was, and it is said why.
func TestAlteredIsNotRun(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a")
	c.edit = func(cfg *node.Config) { cfg.Admins = []string{"dr", "boss"} }
	c.startAll()
	c.ready("a")
	boss := c.h.Staff("boss")
	ago := func(d time.Duration) time.Time { return time.Now().Add(-d) } // a list of revocations counts seconds
	c.put("a", c.signedBy(boss, control.Deployment{Name: "app", Script: countOn + "# first\n"}, ago(4*time.Second)))
	reg := c.nodes["a"].Register()
	older := reg.View().Apps["app"]
	c.put("a", c.signedBy(boss, control.Deployment{Name: "app", Script: countOn}, ago(3*time.Second)))
	s := c.until("a", "it runs", func(s *control.Snapshot) bool { return link(s, "app:source.integer").Tokens > 5 })
	was := epochsOf(s)
	good := reg.View().Apps["app"]
	for _, tt := range []struct {
		name  string
		alter func(*register.App)
		want  string
	}{
		{"no signature", func(a *register.App) { a.Signature = nil }, "not signed"},
		{"script", func(a *register.App) { a.Script += "\n" }, "the script was altered"},
		{"an argument that runs", func(a *register.App) {
			a.Graph.Actors[0].Args = map[string]flow.Value{"start": int64(9)}
		}, "has other arguments than in the script"},
		{"an argument in both graphs", func(a *register.App) {
			a.Graph.Actors[0].Args = map[string]flow.Value{"start": int64(9)}
			a.Source = a.Graph
		}, "compiles to something else"},
		{"a link more", func(a *register.App) {
			a.Graph.Links = append(a.Graph.Links, flow.Link{From: flow.Endpoint{Actor: "app:source", Port: "integer"}, To: flow.Endpoint{Actor: "app:sink", Port: "other"}})
		}, "the script has no link"},
		{"who deployed it", func(a *register.App) { a.By = c.h.Staff("dr").ID.URI }, "as the register says"},
		{"when", func(a *register.App) { a.At = a.At.Add(time.Hour) }, "as the register says"},
		{"an older version", func(a *register.App) { *a = older }, "deploy it anew to go back"},
		{"another's signature", func(a *register.App) {
			d := c.signedBy(c.h.Staff("nurse"), control.Deployment{Name: "app", Script: countOn}, time.Now())
			a.Signature, a.By, a.At = d.Signature, c.h.Staff("nurse").ID.URI, signedAt(d)
		}, "staff/nurse may not deploy"},
	} {
		// The leader, which is honest here, may mend it before anybody looks.
		s := c.until("a", tt.name+" is refused, and it is said why", func(s *control.Snapshot) bool {
			for _, e := range s.Events {
				if strings.Contains(e.Text, tt.want) && strings.Contains(e.Text, "run app, version") {
					return true
				}
			}
			c.alter("a", good, tt.alter)
			return false
		})
		if now := epochsOf(s); !maps.Equal(now, was) {
			t.Errorf("%s: what ran was touched: epochs %v, were %v", tt.name, now, was)
		}
	}
	c.alter("a", good, func(a *register.App) { a.Signature = nil })
	c.until("a", "it is said with the application", func(s *control.Snapshot) bool {
		return s.Apps[0].State == control.Faulted && strings.Contains(s.Apps[0].Why, "a does not run it: not signed")
	})
	c.alter("a", good, func(*register.App) {})
	c.until("a", "what was signed runs again", func(s *control.Snapshot) bool { return s.Apps[0].State == control.Running })
	// One that was signed in good time runs, though its signer is revoked since,
	// and what the revoked one signs afterwards does not.
	c.revoke("a", boss)
	// Who has the stolen card could have written that time: a node that has never
	// seen it does not believe it.
	if err := c.nodes["a"].Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(c.dir, "a", "signed.json")); err != nil {
		t.Fatal(err)
	}
	c.start("a")
	c.until("a", "it is not run by a node that does not know it", func(s *control.Snapshot) bool {
		return len(s.Apps) == 1 && s.Apps[0].State == control.Faulted && strings.Contains(s.Apps[0].Why, "may have been stolen")
	})
	c.put("a", c.signed(control.Deployment{Name: "app", Script: countOn}))
	c.until("a", "it runs when somebody else has signed it", func(s *control.Snapshot) bool { return s.Apps[0].State == control.Running })
}

// alter has an altered application agreed, as no honest node would.
func (c *cluster) alter(at flow.NodeID, app register.App, alter func(*register.App)) {
	c.t.Helper()
	app.Graph.Actors, app.Graph.Links = slices.Clone(app.Graph.Actors), slices.Clone(app.Graph.Links)
	alter(&app)
	reg := c.nodes[at].Register()
	for {
		view := reg.View()
		_, err := reg.PutAppPlan(c.t.Context(), app, view.Apps["app"].Version, view.Of("app"))
		if err == nil {
			return
		}
		if !errors.Is(err, register.ErrVersion) {
			c.t.Fatalf("the register does not take it at all: %v", err)
		}
	}
}

func signedAt(d control.Deployment) time.Time { return must(proof.OpenStatement(d.Signature)).At }

// revoke revokes a person, and tries to deploy with what that one has signed.
func (c *cluster) revoke(at flow.NodeID, who flow.Signer) {
	c.t.Helper()
	crl := c.h.Revoke(who)
	late := c.signedBy(who, control.Deployment{Name: "app", Script: countOn}, time.Now())
	if _, err := c.nodes[at].Revoke(c.t.Context(), c.h.Staff("dr").ID, crl); err != nil {
		c.t.Fatal(err)
	}
	_, err := c.nodes[at].Deploy(c.t.Context(), c.h.Staff("dr").ID, late)
	if !errors.Is(err, control.ErrUnsigned) || !strings.Contains(err.Error(), "revoked") {
		c.t.Errorf("what a revoked person has signed: %v, want ErrUnsigned", err)
	}
	s := c.until(at, "what was signed before goes on", func(s *control.Snapshot) bool { return len(s.Apps) == 1 })
	if s.Apps[0].State != control.Running {
		c.t.Errorf("the application of a person revoked since is %s: %s", s.Apps[0].State, s.Apps[0].Why)
	}
}

func epochsOf(s *control.Snapshot) map[flow.ActorID]uint64 {
	m := map[flow.ActorID]uint64{}
	for _, a := range s.Actors {
		m[a.ID] = a.Epoch
	}
	return m
}
