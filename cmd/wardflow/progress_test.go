package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/porttest"
)

// Whoever waits goes on waiting while the node that it asks is started anew.
func TestWaitOverRestart(t *testing.T) {
	t.Parallel()
	h := pkitest.New(t)
	own, admin := h.Node("ward"), h.Staff("admin")
	serve := func(addr string) *control.Server {
		s, err := control.Serve(control.Config{Addr: addr, Backend: controltest.New(nil), May: controltest.May, Own: func() flow.Signer { return own },
			Verify: func(chain []*x509.Certificate) (flow.Identity, error) {
				return h.Verifier().Identify(chain, time.Now())
			}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	addr := porttest.Address(t) // nobody else gets it while the server is away
	s := serve(addr)
	c, err := control.NewClient("https://"+addr, pki.ClientTLS(func() flow.Signer { return admin }, h.Verifier(), pki.Only(flow.RoleNode), "h2"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()

	var out bytes.Buffer
	cmd := &cobra.Command{}
	cmd.SetErr(&out)
	p := patience{most: time.Minute}
	restarted := false
	err = p.watch(t.Context(), c, cmd, func(*control.Snapshot) (string, bool) {
		if restarted {
			return "there again", true
		}
		restarted = true
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		s = serve(addr)
		return "there", false
	})
	defer s.Close()
	if err != nil || out.String() != "there again\n" {
		t.Errorf("watch: %v\n%s", err, out.String())
	}

	// When time is up it says how far things were.
	p.most = time.Millisecond
	if err := p.watch(t.Context(), c, cmd, func(*control.Snapshot) (string, bool) { return "half way", false }); err == nil || !strings.Contains(err.Error(), "after 1ms") {
		t.Errorf("watch that takes too long: %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.watch(over, c, cmd, func(*control.Snapshot) (string, bool) { return "", false }); !errors.Is(err, context.Canceled) {
		t.Errorf("watch that somebody ends: %v", err)
	}
}
