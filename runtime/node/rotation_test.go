package node_test

import (
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
)

// Gossip gets a new key while all nodes are there, and says so at the end.
func TestRotate(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b", "c")
	c.startAll()
	c.ready("a")
	by := c.h.Staff("dr").ID
	if err := c.nodes["b"].Rotate(t.Context(), by); err != nil {
		t.Fatal(err)
	}
	c.until("c", "it is done", func(s *control.Snapshot) bool {
		for _, e := range s.Events {
			if e.Kind == control.KeyRotated {
				return true
			}
		}
		return false
	})
	c.ready("a")
	c.until("c", "it can be asked for a second time", func(*control.Snapshot) bool {
		return c.nodes["c"].Rotate(t.Context(), by) == nil
	})
}
