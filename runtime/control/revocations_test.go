package control_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// A revoker is a ward that takes lists of revocations.
type revoker struct {
	*controltest.Ward
	by  flow.Identity
	crl []byte
}

func (r *revoker) Revoke(ctx context.Context, by flow.Identity, crl []byte) (*control.Revoked, error) {
	if _, err := pki.ReadList(crl); err != nil {
		return nil, fmt.Errorf("%w: %w", control.ErrInvalid, err)
	}
	r.by, r.crl = by, crl
	return r.Revocations(ctx)
}

func (r *revoker) Revocations(context.Context) (*control.Revoked, error) {
	l, err := pki.ReadList(r.crl)
	if err != nil {
		return &control.Revoked{}, nil
	}
	return &control.Revoked{Lists: []control.RevocationList{{Issuer: l.Issuer, Number: l.Number, Revoked: []control.Revocation{{Serial: l.Entries[0].Serial}}}},
		Have: []flow.NodeID{"ward"}, Missing: []flow.NodeID{"home"}}, nil
}

func TestRevocations(t *testing.T) {
	var r *revoker
	b := newBench(t, func(cfg *control.Config) {
		r = &revoker{Ward: cfg.Backend.(*controltest.Ward)}
		cfg.Backend = r
	})
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	if got, err := c.Revocations(t.Context()); err != nil || len(got.Lists) != 0 {
		t.Fatalf("Revocations = %+v, %v, want none", got, err)
	}
	lost := b.h.Device("urn:epc:id:giai:0614141.5678", "h1/3/icu-3/ecg")
	crl := b.h.Revoke(lost)
	got, err := c.Revoke(t.Context(), crl)
	if err != nil || len(got.Lists) != 1 || got.Lists[0].Revoked[0].Serial != lost.ID.Serial || !reflect.DeepEqual(got.Missing, []flow.NodeID{"home"}) {
		t.Fatalf("Revoke = %+v, %v, want %s", got, err, lost.ID.Serial)
	}
	if r.by.Name != "admin" || !reflect.DeepEqual(r.crl, crl) {
		t.Errorf("the node was given %d bytes by %q", len(r.crl), r.by.Name)
	}
	if _, err := c.Revoke(t.Context(), []byte("no list")); !errors.Is(err, control.ErrInvalid) {
		t.Errorf("Revoke of nonsense = %v, want ErrInvalid", err)
	}
	if _, err := c.Revoke(t.Context(), make([]byte, 3<<20+1)); err == nil || !strings.Contains(err.Error(), "over") {
		t.Errorf("Revoke of 3 MiB = %v", err)
	}
	staff := b.browser(b.h.Staff("admin"))
	if status, _, body := b.do(staff, "POST", "/api/v1/revocations", "{}"); status != http.StatusUnsupportedMediaType {
		t.Errorf("JSON: %d %s", status, body)
	}
	if status, _, _ := b.do(b.viewer(), "POST", "/api/v1/revocations", "", "Content-Type", "application/pkix-crl"); status != http.StatusForbidden {
		t.Errorf("a viewer brings a list: %d", status)
	}
}

// of makes a server a node of a hospital.
func of(h *pkitest.Hospital, node string) func(*control.Config) {
	return func(cfg *control.Config) {
		own := h.Node(node)
		cfg.Own = func() flow.Signer { return own }
		cfg.Verify = func(chain []*x509.Certificate) (flow.Identity, error) {
			return h.Verifier().Identify(chain, time.Now())
		}
		cfg.Changed = h.Verifier().Changed
	}
}

// closedPort is an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A node that takes no lists says so.
func TestNoRevocations(t *testing.T) {
	b := newBench(t)
	if _, err := b.client(b.h.Staff("admin"), b.h.Verifier()).Revocations(t.Context()); !errors.Is(err, control.ErrNotFound) {
		t.Errorf("Revocations = %v, want ErrNotFound", err)
	}
}

// Who is revoked is cut off at once: open connections and streams end, those of
// viewers too whom they let in, and nothing is answered any more.
func TestRevokedCallersAreCutOff(t *testing.T) {
	h := pkitest.New(t)
	b := newBench(t, of(h, "ward"), func(cfg *control.Config) { cfg.Heartbeat = time.Hour })
	nurse, other := h.Staff("nurse"), h.Staff("other")
	open := func(c *http.Client) io.Reader {
		resp, err := c.Get(b.url + "/api/v1/events")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("events: %s", resp.Status)
		}
		return resp.Body
	}
	theirs := b.browser(nurse)
	_, _, body := b.do(theirs, "POST", "/api/v1/logins", "{}")
	_, token, _ := strings.Cut(body, "#login=")
	token, _, _ = strings.Cut(token, `"`)
	guest := b.browser(flow.Signer{})
	if status, _, body := b.do(guest, "POST", "/api/v1/session", fmt.Sprintf(`{"token":%q}`, token)); status != http.StatusCreated {
		t.Fatalf("log in: %d %s", status, body)
	}
	streams := map[string]io.Reader{"of the revoked": open(theirs), "of whom they let in": open(guest)}
	stays := b.browser(other)
	still := bufio.NewReader(open(stays))

	h.Revoke(nurse)
	for whose, s := range streams {
		done := make(chan error, 1)
		go func() { _, err := io.Copy(io.Discard, s); done <- err }()
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Errorf("the stream %s is open after a minute", whose)
		}
	}
	for whose, c := range map[string]*http.Client{"the revoked": theirs, "whom they let in": guest} {
		if status, _, _ := b.do(c, "GET", "/api/v1/status", ""); status != http.StatusForbidden && status != http.StatusUnauthorized {
			t.Errorf("%s is answered %d", whose, status)
		}
	}
	if status, _, _ := b.do(stays, "GET", "/api/v1/status", ""); status != http.StatusOK {
		t.Errorf("somebody else is answered %d", status)
	}
	for e := nextEvent(t, still); e["event"] != "snapshot"; e = nextEvent(t, still) {
		if e["event"] == "bye" {
			t.Fatalf("somebody else is told good-bye: %v", e)
		}
	}
}

// A node without a vote names those that have one, and the client asks them, with
// the same certificate.
func TestElsewhere(t *testing.T) {
	h := pkitest.New(t)
	voter, home := newBench(t, of(h, "ward")), newBench(t, of(h, "home"))
	e := &control.ElsewhereError{Node: "home", Voters: []control.Voter{{Node: "dark"},
		{Node: "gone", Control: closedPort(t)}, {Node: "ward", Control: strings.TrimPrefix(voter.url, "https://")}}}
	home.ward.Fail(e)
	c := home.client(h.Staff("admin"), h.Verifier())
	if err := c.Drain(t.Context(), "bedside", true); err != nil {
		t.Errorf("Drain by way of another node = %v", err)
	}
	if did := strings.Join(voter.ward.Did(), " "); !strings.Contains(did, "bedside") {
		t.Errorf("the voter has done %q", did)
	}
	if _, err := c.Deploy(t.Context(), control.Deployment{Name: "night", Script: "/* night */"}); err != nil {
		t.Errorf("Deploy by way of another node = %v", err)
	}
	// Nobody is sent round in circles, nor to an address that is none.
	for _, v := range []control.Voter{{Node: "home", Control: strings.TrimPrefix(home.url, "https://")}, {Node: "evil", Control: "evil.example/path?x=@"}} {
		home.ward.Fail(&control.ElsewhereError{Node: "home", Voters: []control.Voter{v}})
		if err := c.Drain(t.Context(), "bedside", true); err == nil {
			t.Errorf("sent to %v and back: no error", v)
		}
	}
	status, _, body := home.do(home.browser(h.Staff("admin")), "DELETE", "/api/v1/nodes/bedside", "")
	if status != http.StatusMisdirectedRequest || !strings.Contains(body, "urn:wardflow:problem:elsewhere") {
		t.Errorf("to curl: %d %s", status, body)
	}
}

// A stranger who answers at a voter's address is not believed.
func TestElsewhereIsANode(t *testing.T) {
	home := newBench(t)
	evil := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer evil.Close()
	home.ward.Fail(&control.ElsewhereError{Node: "home", Voters: []control.Voter{{Node: "evil", Control: strings.TrimPrefix(evil.URL, "https://")}}})
	if err := home.client(home.h.Staff("admin"), home.h.Verifier()).Drain(t.Context(), "bedside", true); !errors.Is(err, control.ErrUntrusted) {
		t.Errorf("Drain by way of a stranger = %v, want ErrUntrusted", err)
	}
}

// When no new list of revocations has come for too long, nobody is let in whom an
// old one says nothing about; but a new list is taken.
func TestStaleListsLetNobodyIn(t *testing.T) {
	stale := errors.New("its authority's revocation list is out of date")
	b := newBench(t, func(cfg *control.Config) {
		cfg.Backend = &revoker{Ward: cfg.Backend.(*controltest.Ward)}
		cfg.Fresh = func(id flow.Identity) error {
			if id.Role == flow.RoleStaff {
				return stale
			}
			return nil
		}
	})
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	if _, err := c.Snapshot(t.Context()); !errors.Is(err, control.ErrDenied) || !strings.Contains(err.Error(), "out of date") {
		t.Errorf("Snapshot = %v, want ErrDenied and why", err)
	}
	if _, err := c.Revoke(t.Context(), b.h.Revoke(b.h.Staff("nurse"))); err != nil {
		t.Errorf("Revoke = %v: nobody could mend it", err)
	}
	if status, _, _ := b.do(b.viewer(), "GET", "/api/v1/status", ""); status != http.StatusOK {
		t.Errorf("a viewer, who has no certificate, is answered %d", status)
	}
}
