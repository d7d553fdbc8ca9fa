package member

import (
	"crypto/x509"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

func TestCheckZone(t *testing.T) {
	for _, tt := range []struct {
		name  string
		says  map[string]string
		group string
		ok    bool
	}{
		{"nothing", nil, "", true},
		{"nothing, though certified", nil, "h1/3/12/host", true},
		{"all of it", map[string]string{"site": "h1", "floor": "3", "room": "12", "type": "host"}, "h1/3/12/host", true},
		{"a part of it", map[string]string{"site": "h1"}, "h1/3/12/host", true},
		{"another site", map[string]string{"site": "h2", "floor": "3"}, "h1/3/12/host", false},
		{"without a group", map[string]string{"site": "h1"}, "", false},
		{"an empty one without a group", map[string]string{"site": ""}, "", false},
		{"a field that is none", map[string]string{"site": "h1", "country": "x"}, "h1/3/12/host", false},
		{"a field beyond the group", map[string]string{"type": "host"}, "h1/3", false},
	} {
		if err := checkZone(tt.says, tt.group); (err == nil) != tt.ok || err != nil && !errors.Is(err, errZone) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// grouped is an authority whose certificates have a group.
type grouped struct {
	*authority
	group string
}

func (g grouped) Identify(chain []*x509.Certificate, at time.Time) (flow.Identity, error) {
	id, err := g.authority.Identify(chain, at)
	id.Group = g.group
	return id, err
}

// A node that says it stands where its certificate does not is no member with
// anybody, and people hear of it.
func TestFalseZone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		c.log.loud = true
		defer c.stop()
		var told []Refusal
		for _, id := range []flow.NodeID{"a", "b", "liar"} {
			cfg := c.config(id, string(id)+":1", "a:1")
			cfg.Self.Attributes["zone"] = map[string]string{"site": "h1"}
			cfg.Verifier = grouped{c.ca, "h1/3/12/host"}
			if id == "a" {
				cfg.Refused = func(r Refusal) { told = append(told, r) }
			}
			if id == "liar" { // to itself it is right
				cfg.Verifier = grouped{c.ca, "h2/1/1/host"}
				cfg.Self.Attributes["zone"]["site"] = "h2"
			}
			if id != "a" && id != "liar" {
				c.start(cfg)
				c.untilUp("a", "b")
				continue
			}
			c.start(cfg)
		}
		time.Sleep(time.Minute)
		if got := up(c.nodes["a"].All()); !slices.Equal(got, []flow.NodeID{"a", "b"}) {
			t.Errorf("up: %v, want a and b", got)
		}
		if len(told) == 0 || len(told) > 7 {
			t.Errorf("told %d times in a minute, want every ten seconds", len(told))
		}
		for _, r := range told {
			if r.Node != "liar" || r.Who != "spiffe://h1.health.example/node/liar" || !r.Proven {
				t.Errorf("told of %+v, want the liar's zone, and whose word it is", r)
			}
		}
	})
}

// A node that is put back to what it was, or copied, is refused while the later
// run is known.
func TestRolledBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		c.log.loud = true
		defer c.stop()
		a := c.start(c.config("a", "a:1"))
		old := c.config("b", "b:1", "a:1") // its Boot is lower
		c.start(c.config("b", "b:1", "a:1"))
		c.untilUp("a", "b")
		c.crash("b")
		c.until("a", "the loss of b", func(all []Member) bool { return !find(all, "b").Up })
		old.Transport = c.w.port("b:1", c.signers["b"].ID)
		c.start(old)
		time.Sleep(time.Minute)
		if find(a.All(), "b").Up || !slices.ContainsFunc(a.Refusals(), func(r Refusal) bool { return r.Node == "b" && r.Why == errRolledBack.Error() }) {
			t.Errorf("b of before is %+v, refusals %+v", find(a.All(), "b"), a.Refusals())
		}
	})
}
