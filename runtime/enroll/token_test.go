package enroll_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// csr is a request for a fresh key that asks for a SPIFFE ID, "" for none.
func csr(t *testing.T, uri string) []byte {
	t.Helper()
	key, err := pki.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.CertificateRequest{}
	if uri != "" {
		u, err := url.Parse(uri)
		if err != nil {
			t.Fatal(err)
		}
		tmpl.URIs = []*url.URL{u}
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, tmpl, key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

const monitorID = "spiffe://h1.health.example/device/giai/0614141.5678"

// What a token is good for: once, in time, for whom it was made.
func TestTokens(t *testing.T) {
	now := time.Now()
	for _, tt := range []struct {
		name string
		use  func(t *testing.T, h *hall, tok enroll.Token) error
		want error  // nil: it is good
		why  string // in the error
	}{
		{"in time", func(t *testing.T, h *hall, tok enroll.Token) error {
			_, err := h.office.Enrol(tok.Secret, csr(t, monitorID), "", now.Add(10*time.Minute))
			return err
		}, nil, ""},
		{"with a request that names nobody", func(t *testing.T, h *hall, tok enroll.Token) error {
			_, err := h.office.Enrol(tok.Secret, csr(t, ""), "", now)
			return err
		}, nil, ""},
		{"the whole token", func(t *testing.T, h *hall, tok enroll.Token) error {
			_, err := h.office.Enrol(tok.String(), csr(t, ""), "", now)
			return err
		}, nil, ""},
		{"late", func(t *testing.T, h *hall, tok enroll.Token) error {
			_, err := h.office.Enrol(tok.Secret, csr(t, monitorID), "", now.Add(10*time.Minute+2*time.Second))
			return err
		}, enroll.ErrToken, "it ended at"},
		{"twice", func(t *testing.T, h *hall, tok enroll.Token) error {
			h.office.Enrol(tok.Secret, csr(t, monitorID), "", now)
			_, err := h.office.Enrol(tok.Secret, csr(t, monitorID), "", now)
			return err
		}, enroll.ErrToken, "it was used at"},
		{"twice, with a restart between", func(t *testing.T, h *hall, tok enroll.Token) error {
			h.office.Enrol(tok.Secret, csr(t, monitorID), "", now)
			_, err := h.open().Enrol(tok.Secret, csr(t, monitorID), "", now)
			return err
		}, enroll.ErrToken, "it was used at"},
		{"for another device", func(t *testing.T, h *hall, tok enroll.Token) error {
			_, err := h.office.Enrol(tok.Secret, csr(t, "spiffe://h1.health.example/device/giai/0614141.42"), "", now)
			return err
		}, pki.ErrCSR, "0614141.42"},
		{"with bytes that are no request", func(t *testing.T, h *hall, tok enroll.Token) error {
			_, err := h.office.Enrol(tok.Secret, []byte("please"), "", now)
			return err
		}, pki.ErrCSR, ""},
		{"a guess", func(t *testing.T, h *hall, tok enroll.Token) error {
			_, err := h.office.Enrol(tok.Secret[1:]+"A", csr(t, monitorID), "", now)
			return err
		}, enroll.ErrToken, ""},
		{"made void by another", func(t *testing.T, h *hall, tok enroll.Token) error {
			again := device()
			again.Again = true
			h.invite(again)
			_, err := h.office.Enrol(tok.Secret, csr(t, monitorID), "", now)
			return err
		}, enroll.ErrToken, "it ended at"},
		{"of one who was revoked meanwhile", func(t *testing.T, h *hall, tok enroll.Token) error {
			if _, _, err := h.office.Revoke(monitorID, pki.CessationOfOperation, desk, now); err != nil {
				t.Fatal(err)
			}
			_, err := h.office.Enrol(tok.Secret, csr(t, monitorID), "", now)
			return err
		}, enroll.ErrToken, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHall(t)
			tok, err := h.office.Invite(device(), "https://127.0.0.1:7480", desk, now)
			if err != nil {
				t.Fatal(err)
			}
			if err = tt.use(t, h, tok); !errors.Is(err, tt.want) || err != nil && !strings.Contains(err.Error(), tt.why) {
				t.Fatalf("got %v, want %v because %q", err, tt.want, tt.why)
			}
			ev := h.heard("enrol with a token")
			if ev.Refused() != (tt.want != nil) || tt.name != "a guess" && ev.Who != monitorID {
				t.Errorf("on record: %+v", ev)
			}
		})
	}
}

// A request for somebody else does not use the token up.
func TestWrongRequestKeepsToken(t *testing.T) {
	h := newHall(t)
	tok := h.invite(device())
	if _, err := h.office.Enrol(tok.Secret, csr(t, "spiffe://h1.health.example/node/ward"), "", time.Now()); err == nil {
		t.Fatal("a device's token made a node")
	}
	if _, err := h.office.Enrol(tok.Secret, csr(t, monitorID), "", time.Now()); err != nil {
		t.Fatal(err)
	}
}

// Who may be invited.
func TestInvitations(t *testing.T) {
	for _, tt := range []struct {
		name string
		inv  enroll.Invitation
		ca   string
		why  string // "": it is granted
	}{
		{"a device", device(), "", ""},
		{"a node with hosts", enroll.Invitation{Role: flow.RoleNode, Name: "ward", Hosts: []string{"10.0.0.7", "ward.h1.health.example"}}, "", ""},
		{"a member of staff", enroll.Invitation{Role: flow.RoleStaff, Name: "n-17"}, "", ""},
		{"nobody", enroll.Invitation{}, "", "want one of the roles"},
		{"a device without EPC", enroll.Invitation{Role: flow.RoleDevice, Group: "h1/3/icu-3/ecg"}, "", "EPC"},
		{"a device with a name", enroll.Invitation{Role: flow.RoleDevice, Name: "x", EPC: monitor, Group: "h1/3/icu-3/ecg"}, "", "named by its EPC"},
		{"a device without a group", enroll.Invitation{Role: flow.RoleDevice, EPC: monitor}, "", "a group is needed"},
		{"a node with an EPC", enroll.Invitation{Role: flow.RoleNode, Name: "x", EPC: monitor}, "", "only a device has an EPC"},
		{"a group that is none", enroll.Invitation{Role: flow.RoleCollector, Name: "x", Group: "/"}, "", "group"},
		{"a name that is none", enroll.Invitation{Role: flow.RoleNode, Name: "../x"}, "", "name"},
		{"for too long", enroll.Invitation{Role: flow.RoleNode, Name: "x", For: time.Hour}, "", "want at most 10m"},
		{"too long a life", enroll.Invitation{Role: flow.RoleNode, Name: "x", Life: 10000 * time.Hour}, "", "life"},
		{"the CA service's name", enroll.Invitation{Role: flow.RoleNode, Name: "x", Hosts: []string{"ca.h1.health.example"}}, "", "nobody else gets it"},
		{"somebody else's name", enroll.Invitation{Role: flow.RoleNode, Name: "x", Hosts: []string{"www.example.com"}}, "", "below h1.health.example"},
		{"an address of the world", enroll.Invitation{Role: flow.RoleNode, Name: "x", Hosts: []string{"8.8.8.8"}}, "", "private network"},
		{"a device with hosts", enroll.Invitation{Role: flow.RoleDevice, EPC: monitor, Group: "h1/3/icu-3/ecg", Hosts: []string{"10.0.0.7"}}, "", "only a node"},
		{"no address of the service", device(), "http://10.0.0.5", "want https://host:port"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHall(t)
			ca := tt.ca
			if ca == "" {
				ca = "https://10.0.0.5:7480"
			}
			_, err := h.office.Invite(tt.inv, ca, desk, time.Now())
			if (err == nil) != (tt.why == "") || err != nil && !strings.Contains(err.Error(), tt.why) {
				t.Fatalf("Invite = %v, want an error with %q", err, tt.why)
			}
			holders, err := h.office.Holders(time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if (len(holders) == 1) != (tt.why == "") {
				t.Errorf("registered: %+v", holders)
			}
		})
	}
}

// The same EPC twice is refused, and the first is left as it was; of 50 who try
// at once, in two processes, one wins.
func TestOneWins(t *testing.T) {
	h := newHall(t)
	other := h.open()
	var wg sync.WaitGroup
	tokens, errs := make(chan enroll.Token, 50), make(chan error, 50)
	for i := range 50 {
		o := h.office
		if i%2 == 1 {
			o = other
		}
		wg.Go(func() {
			tok, err := o.Invite(device(), "https://10.0.0.5:7480", desk, time.Now())
			if err != nil {
				errs <- err
			} else {
				tokens <- tok
			}
		})
	}
	wg.Wait()
	if len(tokens) != 1 {
		t.Fatalf("%d invitations of one device, want 1", len(tokens))
	}
	for range len(errs) {
		if err := <-errs; !errors.Is(err, enroll.ErrExists) {
			t.Errorf("%v, want ErrExists", err)
		}
	}
	tok := <-tokens
	used := make(chan error, 50)
	for i := range 50 {
		o := h.office
		if i%2 == 1 {
			o = other
		}
		req := csr(t, "")
		wg.Go(func() {
			_, err := o.Enrol(tok.Secret, req, "", time.Now())
			used <- err
		})
	}
	wg.Wait()
	good := 0
	for range 50 {
		if err := <-used; err == nil {
			good++
		} else if !errors.Is(err, enroll.ErrToken) {
			t.Errorf("%v, want ErrToken", err)
		}
	}
	issued, err := h.office.Authority().Issuing.Issued()
	if err != nil {
		t.Fatal(err)
	}
	if good != 1 || len(issued) != 1 {
		t.Errorf("%d enrolled with one token, and %d certificates were issued", good, len(issued))
	}
}

// What is on disk holds no secret, and a line that a crash cut short was never
// there.
func TestRegistryOnDisk(t *testing.T) {
	h := newHall(t)
	tok := h.invite(device())
	file := filepath.Join(h.dir, "registry.jsonl")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), tok.Secret) {
		t.Error("the token's secret is in the registry")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("registry: %v, %v", info.Mode(), err)
	}
	h.invite(enroll.Invitation{Role: flow.RoleNode, Name: "ward"})
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for cut := len(b); cut < len(whole); cut++ {
		if err := os.WriteFile(file, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		o := h.open()
		holders, err := o.Holders(time.Now())
		if err != nil || len(holders) != 1 || holders[0].URI != monitorID {
			t.Fatalf("cut after %d of %d bytes: %v, %v", cut, len(whole), holders, err)
		}
		if cut%16 == 0 { // and it can be written to again
			if _, err := o.Invite(enroll.Invitation{Role: flow.RoleNode, Name: "ward"}, "https://10.0.0.5:7480", desk, time.Now()); err != nil {
				t.Fatalf("cut after %d bytes: %v", cut, err)
			}
		}
	}
	if err := os.WriteFile(file, append([]byte("{\"entries\": 1}\n"), whole...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := enroll.OpenOffice(h.dir, func() (*pki.Authority, error) { return pki.LoadAuthority(h.dir) }, nil); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a registry that was written over: %v", err)
	}
}

// A registry that has grown long is written anew, for all who have it open.
func TestRegistryShrinks(t *testing.T) {
	h := newHall(t)
	other := h.open()
	h.invite(enroll.Invitation{Role: flow.RoleNode, Name: "ward"})
	file := filepath.Join(h.dir, "registry.jsonl")
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.Repeat(old, 2000), 0o600); err != nil {
		t.Fatal(err)
	}
	h.invite(device())
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(b), "\n"); n > 10 {
		t.Errorf("the registry has %d lines of 2 holders", n)
	}
	for _, o := range []*enroll.Office{h.office, other, h.open()} {
		if all, err := o.Holders(time.Now()); err != nil || len(all) != 2 {
			t.Errorf("%v, %v", all, err)
		}
	}
}

// FuzzParseToken: what is read as a token is written the same again, and can
// only be of one form.
func FuzzParseToken(f *testing.F) {
	f.Add("wardflow-token.")
	f.Add("wardflow-token.eyJjYSI6Imh0dHBzOi8vYToxIn0")
	f.Add(enroll.Token{CA: "https://10.0.0.5:7480", Root: strings.Repeat("ab", 32), Holder: monitorID, Secret: "S"}.String())
	f.Fuzz(func(t *testing.T, s string) {
		tok, err := enroll.ParseToken(s)
		if err != nil {
			return
		}
		if tok.String() != strings.TrimSpace(s) {
			t.Errorf("%q is read as %q", s, tok)
		}
		if err := enroll.CheckURL(tok.CA); err != nil {
			t.Error(err)
		}
	})
}

// FuzzRegistry: whatever stands in the file, opening it gives an error or a
// registry that can be written to.
func FuzzRegistry(f *testing.F) {
	e, err := json.Marshal(map[string]any{"entries": []enroll.Entry{{URI: monitorID, Role: flow.RoleDevice, EPC: monitor, State: enroll.Active}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(e, '\n'))
	f.Add([]byte("{}\n{\"tokens\":[{\"hash\":\"\"}]}\n{"))
	f.Add([]byte("\n\n"))
	dir := filepath.Join(f.TempDir(), "ca")
	a, err := pki.NewAuthority("h1.health.example", time.Now())
	if err != nil {
		f.Fatal(err)
	}
	if err := a.Save(dir, pki.Unsealed()); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, "registry.jsonl"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		o, err := enroll.OpenOffice(dir, func() (*pki.Authority, error) { return a, nil }, nil)
		if err != nil {
			return
		}
		inv := enroll.Invitation{Role: flow.RoleNode, Name: "fuzzed", Again: true}
		if _, err := o.Invite(inv, "https://10.0.0.5:7480", desk, time.Now()); err != nil {
			t.Fatalf("%q: %v", b, err)
		}
	})
}

// An authority whose key can't be used issues nothing, and the token is gone;
// the holder may be invited as at first.
func TestTokenIsUsedUpFirst(t *testing.T) {
	h := newHall(t)
	tok := h.invite(device())
	broken, err := pki.NewAuthority(pkitest.Name, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "ca")
	if err := broken.Save(bad, pki.Unsealed()); err != nil {
		t.Fatal(err)
	}
	o, err := enroll.OpenOffice(h.dir, func() (*pki.Authority, error) { return pki.LoadAuthority(bad) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(bad, "issuing")); err != nil { // no issuance can be put on record
		t.Fatal(err)
	}
	if _, err := o.Enrol(tok.Secret, csr(t, ""), "", time.Now()); err == nil {
		t.Fatal("a certificate was issued that is not on record")
	}
	if _, err := h.office.Enrol(tok.Secret, csr(t, ""), "", time.Now()); !errors.Is(err, enroll.ErrToken) {
		t.Errorf("the token again: %v, want ErrToken", err)
	}
	h.invite(device())
}
