package node_test

import (
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A hospital's authorities, in the clusters of these tests, are two months old.
const twoMonths = 60 * 24 * time.Hour

// monitorOf asks for a certificate of the tests' monitor, for a day.
func monitorOf(t *testing.T) pki.Request {
	t.Helper()
	epc, err := pki.ParseEPC("urn:epc:id:giai:0614141.5678")
	if err != nil {
		t.Fatal(err)
	}
	return pki.Request{Role: flow.RoleDevice, EPC: epc, Group: "h1/3/icu-1/ecg"}
}

// A node identifies who has signed something by a certificate that has ended
// since, on a voter and on a node without log alike; not by one that had ended
// then, that ended too long ago, or that is revoked.
func TestKnownForWhatComesLate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	c := newClusterSince(t, now.Add(-twoMonths), "a", "b")
	c.startAll()
	c.ready("b")
	began := now.Add(-72 * time.Hour)
	req := monitorOf(t)
	old := c.h.IssueAt(req, began)
	lasts := c.h.Device(req.EPC.URI(), req.Group)
	bed := c.h.IssueAt(pki.Request{Role: flow.RoleCollector, Name: "bed-1", Group: "h1/3/icu-1/collector"}, began)
	ancient := c.h.IssueAt(req, now.Add(-pki.Late-25*time.Hour))
	unheard := c.h.IssueAt(req, began)
	for _, s := range []flow.Signer{old, lasts, bed} {
		if err := c.nodes["b"].Register().PutCertificate(t.Context(), s.Chain[0].Raw); err != nil {
			t.Fatal(err)
		}
	}
	for _, at := range c.names {
		k := c.nodes[at].NewKnown()
		for _, tt := range []struct {
			what   string
			who    flow.Signer
			signed time.Time
			want   error
		}{
			{"while it held", old, began.Add(time.Hour), nil},
			{"once more", old, began.Add(23 * time.Hour), nil},
			{"after its end", old, began.Add(25 * time.Hour), pki.ErrExpired},
			{"before its beginning", old, began.Add(-time.Hour), pki.ErrNotYet},
			{"by the one that lasts", lasts, now, nil},
			{"by the one that lasts, of long ago", lasts, now.Add(-48 * time.Hour), nil},
			{"by one nobody has heard of", unheard, began, flow.ErrLater},
		} {
			cert, id, err := k.Device(tt.who.ID.Leaf, tt.signed)
			if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) || err == nil && (id.EPC != old.ID.EPC || !cert.Equal(tt.who.Chain[0])) {
				t.Errorf("at %s, signed %s: %s, %v, want %v", at, tt.what, id.URI, err, tt.want)
			}
		}
		if _, id, err := k.Collector(bed.ID.Leaf, began.Add(time.Hour)); err != nil || id.URI != bed.ID.URI {
			t.Errorf("at %s: collector %s, %v", at, id.URI, err)
		}
		if _, _, err := k.Device(bed.ID.Leaf, began.Add(time.Hour)); err == nil {
			t.Errorf("at %s a collector passes for a device", at)
		}
		// Nobody waits for what is forgotten.
		if _, _, err := k.Device(ancient.ID.Leaf, now.Add(-pki.Late-2*time.Hour)); err == nil || errors.Is(err, flow.ErrLater) || !strings.Contains(err.Error(), "more than 14 days ago") {
			t.Errorf("at %s, signed by what is forgotten: %v", at, err)
		}
		if cert, err := k.Certificate(ancient.ID.Leaf); cert != nil || err != nil {
			t.Errorf("at %s: Certificate of what is forgotten = %v, %v", at, cert, err)
		}
		c.nodes[at].Verifier().RevokeEPC(req.EPC)
		for _, who := range []flow.Signer{old, lasts} {
			if _, _, err := k.Device(who.ID.Leaf, began.Add(time.Hour)); !errors.Is(err, pki.ErrRevoked) {
				t.Errorf("at %s, by a device that is revoked since: %v", at, err)
			}
		}
	}
}

// The leader has certificates forgotten that count for nothing any more, and only
// those; nobody brings them back, and who had them at hand is not misled.
func TestOldCertificatesAreForgotten(t *testing.T) {
	t.Parallel()
	now := time.Now()
	c := newClusterSince(t, now.Add(-twoMonths), "a", "b")
	c.startAll()
	c.ready("b")
	req := monitorOf(t)
	var kept []flow.Signer
	for _, ended := range []time.Duration{-time.Hour, time.Hour, pki.Late - time.Hour} {
		kept = append(kept, c.h.IssueAt(req, now.Add(-24*time.Hour-ended)))
	}
	soon := c.h.IssueAt(req, now.Add(-24*time.Hour-pki.Late+4*time.Second)) // counts for seconds still
	put := func(at flow.NodeID, s flow.Signer) error {
		return c.nodes[at].Register().PutCertificate(t.Context(), s.Chain[0].Raw)
	}
	certificates := func(n int) func(*control.Snapshot) bool {
		return func(*control.Snapshot) bool { return c.nodes["b"].Register().View().Certificates == n }
	}
	for _, s := range append(kept, soon) {
		if err := put("b", s); err != nil {
			t.Fatal(err)
		}
	}
	a, b := c.nodes["a"].NewKnown(), c.nodes["b"].NewKnown()
	if _, _, err := b.Device(soon.ID.Leaf, now.Add(-pki.Late-time.Hour)); err != nil {
		t.Errorf("before it is forgotten: %v", err)
	}
	c.until("b", "the one that counts for nothing is forgotten", certificates(len(kept)))
	for what, k := range map[string]interface {
		Device([32]byte, time.Time) (*x509.Certificate, flow.Identity, error)
	}{"who had it": b, "who asks for it first": a} {
		if _, _, err := k.Device(soon.ID.Leaf, now.Add(-pki.Late-time.Hour)); err == nil || errors.Is(err, flow.ErrLater) {
			t.Errorf("%s: %v, want it refused for good", what, err)
		}
		for i, s := range kept {
			if _, id, err := k.Device(s.ID.Leaf, s.ID.NotAfter.Add(-time.Hour)); err != nil || id.EPC != s.ID.EPC {
				t.Errorf("%s: certificate %d that counts: %v", what, i, err)
			}
		}
	}
	if err := put("b", soon); err == nil || !strings.Contains(err.Error(), "nothing is believed by it any more") {
		t.Errorf("a node without a vote puts it again: %v", err)
	}
	if err := put("a", soon); err != nil { // a voter is believed
		t.Fatal(err)
	}
	c.until("b", "it is forgotten again", certificates(len(kept)))
}
