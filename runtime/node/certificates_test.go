package node_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
)

// One node tells of the certificates of all, of the authorities once, and of a card
// only that there is one. When a node goes, its certificates do, and the timeline
// has it.
func TestCertificatesAndTimeline(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b")
	epc, err := pki.ParseEPC("urn:epc:id:giai:0614141.5678")
	if err != nil {
		t.Fatal(err)
	}
	c.save(filepath.Join("b", "identities", "monitor"), c.h.Issue(pki.Request{Role: flow.RoleDevice, EPC: epc, Group: "h1/3/icu-1/ecg"}))
	const pseudonym = "p-7f3a"
	c.save(filepath.Join("cards", pseudonym), c.h.Issue(pki.Request{Role: flow.RolePatient, Name: pseudonym}))
	edit := c.edit
	c.edit = func(cfg *node.Config) {
		if edit != nil {
			edit(cfg)
		}
		cfg.Cards = filepath.Join(c.dir, "cards")
		cfg.Voters = cfg.Voters[:1] // so that a goes on without b
	}
	c.startAll()
	c.ready("a")
	var found *control.Certificates
	c.until("a", "both nodes tell of theirs", func(*control.Snapshot) bool {
		if found, err = c.nodes["a"].Certificates(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(found.Silent) == 0 && of(found, control.UseNode) == 2
	})
	if of(found, control.UseRoot) != 1 || of(found, control.UseIssuer) < 1 || of(found, control.UseCard) != 2 || of(found, control.UseIdentity) != 1 {
		t.Errorf("found %+v", found.Items)
	}
	for _, x := range found.Items {
		switch {
		case x.Use == control.UseCard && (x.URI != "" || x.Serial != "" || strings.Contains(x.Name+x.Failed+x.Mend, pseudonym)):
			t.Errorf("a card says whose it is: %+v", x)
		case x.Use == control.UseRoot && !slices.Equal(x.Nodes, []flow.NodeID{"a", "b"}):
			t.Errorf("the root is believed by both, and said to be by %v", x.Nodes)
		case x.Use == control.UseIdentity && (x.Role != flow.RoleDevice || x.State != control.CertificateGood || x.Nodes[0] != "b" || !strings.Contains(x.Failed, "no CA service")):
			t.Errorf("the monitor: %+v", x)
		}
	}
	c.close("b")
	c.until("a", "the timeline has b's end, and its certificates are missed", func(*control.Snapshot) bool {
		line, err := c.nodes["a"].Timeline(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if found, err = c.nodes["a"].Certificates(t.Context()); err != nil {
			t.Fatal(err)
		}
		down := slices.ContainsFunc(line.Spans, func(s control.Span) bool { return s.Node == "b" && s.State == control.SpanDown && s.Until.IsZero() })
		return down && len(found.Silent) == 1 && found.Silent[0].Node == "b" && of(found, control.UseNode) == 1
	})
	started := time.Now()
	c.close("a")
	c.start("a")
	c.until("a", "a knows after a restart how it was before, and that nobody watched meanwhile", func(*control.Snapshot) bool {
		line, err := c.nodes["a"].Timeline(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return line.Since.Before(started) && slices.ContainsFunc(line.Spans, func(s control.Span) bool {
			return s.Node == "a" && s.State == control.SpanUp && !s.Until.IsZero()
		}) && slices.ContainsFunc(line.Spans, func(s control.Span) bool { return s.Node == "a" && s.Until.IsZero() })
	})
}

// close ends a node for good, or until it is started again.
func (c *cluster) close(name flow.NodeID) {
	c.t.Helper()
	if err := c.nodes[name].Close(); err != nil {
		c.t.Fatal(err)
	}
	delete(c.nodes, name)
}

func of(c *control.Certificates, use control.CertificateUse) (n int) {
	for _, x := range c.Items {
		if x.Use == use {
			n++
		}
	}
	return n
}
