package control_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
)

func TestJudgeCertificate(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	now := controltest.Begin
	for _, tt := range []struct {
		name       string
		life, left time.Duration
		itself     bool // its node renews it
		refused    bool
		want       control.CertificateState
		share      float64
	}{
		{name: "a node's, new", life: day, left: 24 * hour, itself: true, want: control.CertificateGood, share: 1},
		{name: "a node's, about to be renewed", life: day, left: 10 * hour, itself: true, want: control.CertificateGood, share: 10.0 / 24},
		{name: "a node's that should have been renewed", life: day, left: 8 * hour, itself: true, want: control.CertificateEnding, share: 1.0 / 3},
		{name: "ended", life: day, left: 0, itself: true, want: control.CertificateEnded},
		{name: "ended long ago and revoked", life: day, left: -day, refused: true, want: control.CertificateEnded},
		{name: "revoked", life: day, left: 20 * hour, itself: true, refused: true, want: control.CertificateRefused, share: 20.0 / 24},
		{name: "a clock that is wrong", life: day, left: 25 * hour, itself: true, want: control.CertificateNotYet, share: 1},
		{name: "a root with years to go", life: 25 * 365 * day, left: 6 * 365 * day, want: control.CertificateGood, share: 0.24},
		{name: "a root in its last quarter", life: 25 * 365 * day, left: 90 * day, want: control.CertificateEnding, share: 90.0 / 25 / 365},
		{name: "a card", life: 30 * day, left: 12 * day, want: control.CertificateGood, share: 0.4},
		{name: "a card with a third left", life: 30 * day, left: 10 * day, want: control.CertificateEnding, share: 1.0 / 3},
		{name: "no life at all", life: 0, left: -time.Second, want: control.CertificateEnded},
	} {
		c := control.Certificate{From: now.Add(tt.left - tt.life), Until: now.Add(tt.left)}
		if tt.itself {
			c.Renews = now.Add(hour)
		}
		if tt.refused {
			c.State = control.CertificateRefused
		}
		c.Judge(now)
		if c.State != tt.want || c.Left < tt.share-1e-9 || c.Left > tt.share+1e-9 {
			t.Errorf("%s: %q with %.4f left, want %q with %.4f", tt.name, c.State, c.Left, tt.want, tt.share)
		}
	}
}

// What several nodes have is one line with all of them; cards are counted each.
func TestJoinCertificates(t *testing.T) {
	root := control.Certificate{Use: control.UseRoot, Name: "Root", Serial: "1", Until: controltest.Begin.Add(time.Hour)}
	card := control.Certificate{Use: control.UseCard, Name: "a card", Until: controltest.Begin}
	on := func(c control.Certificate, n flow.NodeID) control.Certificate {
		c.Nodes = []flow.NodeID{n}
		return c
	}
	got := control.JoinCertificates([]control.Certificate{on(root, "b"), on(card, "a"), on(root, "a"), on(card, "a"), on(root, "b")})
	if len(got) != 3 || got[0].Use != control.UseCard || got[1].Use != control.UseCard || !slices.Equal(got[2].Nodes, []flow.NodeID{"a", "b"}) {
		t.Errorf("joined to %+v", got)
	}
}

// Who may look sees them, also by a one-time link: no key, and no card's owner.
func TestCertificatesAndTimeline(t *testing.T) {
	b := newBench(t)
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	found, err := c.Certificates(t.Context())
	if err != nil || len(found.Items) < 15 || found.APIVersion != control.APIVersion {
		t.Fatalf("certificates: %+v, %v", found, err)
	}
	if !slices.IsSortedFunc(found.Items, func(a, b control.Certificate) int { return a.Until.Compare(b.Until) }) {
		t.Error("the one that ends first is not the first")
	}
	for _, x := range found.Items {
		if x.Use == control.UseCard && (x.URI != "" || x.Serial != "" || x.Name != "a card") {
			t.Errorf("a card says whose it is: %+v", x)
		}
	}
	line, err := c.Timeline(t.Context())
	if err != nil || len(line.Spans) < 10 || line.Node != "ward" || !line.Since.Equal(controltest.Begin) {
		t.Fatalf("timeline: %+v, %v", line, err)
	}
	for _, path := range []string{"/api/v1/certificates", "/api/v1/timeline"} {
		if status, _, body := b.do(b.browser(flow.Signer{}), "GET", path, ""); status != http.StatusUnauthorized {
			t.Errorf("%s for nobody: %d %s", path, status, body)
		}
		status, _, body := b.do(b.browser(b.h.Staff("admin")), "GET", path, "")
		if status != http.StatusOK || strings.Contains(body, ":null") || strings.Contains(body, "0001-01-01") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}
