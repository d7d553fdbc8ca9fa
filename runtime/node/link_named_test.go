package node_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
)

// Who forgets the application is told which actor there is.
func TestWhyLinkKnowsWhatWasMeant(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a")
	c.types = talking()
	c.startAll()
	c.deploy("a", "app", oneBed)
	_, err := c.nodes["a"].WhyLink(t.Context(), "d", "app:d")
	if !errors.Is(err, control.ErrNotFound) || !strings.Contains(err.Error(), "there is app:d") {
		t.Errorf("WhyLink = %v, want ErrNotFound that names app:d", err)
	}
}
