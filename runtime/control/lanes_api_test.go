package control_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
)

// A pondering backend checks for as long as its gate is shut.
type pondering struct {
	control.Backend
	in, gate chan struct{}
}

func (s *pondering) Check(context.Context, control.Deployment) ([]control.Issue, error) {
	s.in <- struct{}{}
	<-s.gate
	return nil, nil
}

// While a script is worked out for a viewer, no other viewer has one worked out: it
// is told so in time.
func TestViewersWaitForTheirTurn(t *testing.T) {
	hold := &pondering{in: make(chan struct{}, 9), gate: make(chan struct{})}
	b := newBench(t, func(c *control.Config) {
		hold.Backend, c.Backend = c.Backend, hold
		c.Within = 50 * time.Millisecond
	})
	c := b.browser(b.h.Staff("admin"))
	first := make(chan int, 1)
	const body = `{"name":"a","script":""}`
	go func() {
		status, _, _ := b.do(c, "POST", "/api/v1/check", body)
		first <- status
	}()
	<-hold.in
	for _, path := range []string{"/api/v1/check", "/api/v1/scripts/format", "/api/v1/apps?dry-run"} {
		status, _, text := b.do(c, "POST", path, body)
		if status != http.StatusServiceUnavailable || !strings.Contains(text, "worked out") {
			t.Errorf("%s beside another: %d %s, want 503", path, status, text)
		}
	}
	close(hold.gate)
	if status := <-first; status != http.StatusOK {
		t.Errorf("the first: %d", status)
	}
	if status, _, text := b.do(c, "POST", "/api/v1/check", body); status != http.StatusOK {
		t.Errorf("after it: %d %s", status, text)
	}
}
