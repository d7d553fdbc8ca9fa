package node_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A node is enrolled anew before the others are done with putting out its revoked
// run: it stays. Until then people can't keep it, and see why.
func TestEnrolledAnewWhileLeaving(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b", "c")
	ask := c.people()
	c.startAll()
	c.ready("a")
	held, err := pki.LoadSigner(filepath.Join(c.dir, "b", "certificate"))
	if err != nil {
		t.Fatal(err)
	}
	crl := c.h.Revoke(held)
	admin := ask("a", c.h.Staff("admin"))
	if _, err := admin.Revoke(t.Context(), crl); err != nil {
		t.Fatal(err)
	}
	b := func(s *control.Snapshot) control.NodeState {
		i := slices.IndexFunc(s.Nodes, func(n control.NodeState) bool { return n.ID == "b" })
		if i < 0 {
			return control.NodeState{}
		}
		return s.Nodes[i]
	}
	s := c.until("a", "b leaves", func(s *control.Snapshot) bool { return b(s).Leaving })
	if why := b(s).Why; !strings.Contains(why, "revoked") {
		t.Errorf("b leaves, and why is %q, want that its certificate was revoked", why)
	}
	if err := c.nodes["a"].Drain(t.Context(), c.h.Staff("admin").ID, "b", false); !errors.Is(err, control.ErrConflict) || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("undrain of b = %v, want ErrConflict that says that it is revoked", err)
	}
	if err := c.nodes["b"].Close(); err != nil && !errors.Is(err, pki.ErrRevoked) {
		t.Error(err)
	}
	delete(c.nodes, "b")
	c.save(filepath.Join("b", "certificate"), c.h.Node("b"))
	c.start("b")
	c.until("a", "b is back and stays", func(s *control.Snapshot) bool {
		return b(s).Up && !b(s).Leaving && !b(s).Draining
	})
	c.until("a", "gossip has a new key", func(*control.Snapshot) bool {
		for _, n := range []flow.NodeID{"a", "b", "c"} {
			s, err := c.nodes[n].Snapshot(t.Context())
			if err == nil && slices.ContainsFunc(s.Events, func(e control.Event) bool { return e.Kind == control.KeyRotated }) {
				return true
			}
		}
		return false
	})
}

// A mark that a revocation has left on a node which shows a good certificate ends
// by itself.
func TestNodeWithAGoodCertificateIsNotPutOut(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b")
	c.startAll()
	c.ready("a")
	r := c.nodes["a"].Register()
	if err := r.PutSetting(t.Context(), "leave/b", []byte(`{"by":"revocation","boot":1}`)); err != nil {
		t.Fatal(err)
	}
	c.until("a", "b stays", func(s *control.Snapshot) bool {
		_, leaves := r.View().Settings["leave/b"]
		return !leaves && slices.ContainsFunc(s.Nodes, func(n control.NodeState) bool { return n.ID == "b" && n.Up && !n.Leaving })
	})
}
