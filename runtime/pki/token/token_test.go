//go:build pkcs11 && cgo

package token_test

import (
	"context"
	"crypto"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/pki/token"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A drawer holds software tokens (SoftHSM2); outside tools make the keys in
// them.
type drawer struct {
	t   testing.TB
	dir string
}

func openDrawer(t testing.TB) drawer {
	t.Helper()
	pkitest.Need(t, "softhsm2-util")
	pkitest.Need(t, "pkcs11-tool")
	d := drawer{t, t.TempDir()}
	must(t, os.Mkdir(filepath.Join(d.dir, "tokens"), 0o700))
	conf := filepath.Join(d.dir, "softhsm2.conf")
	must(t, os.WriteFile(conf, fmt.Appendf(nil, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", filepath.Join(d.dir, "tokens")), 0o600))
	t.Setenv("SOFTHSM2_CONF", conf)
	must(t, os.WriteFile(filepath.Join(d.dir, "pin"), []byte("271828\n"), 0o600))
	return d
}

func (d drawer) run(name string, args ...string) string {
	d.t.Helper()
	out, err := exec.CommandContext(d.t.Context(), name, args...).CombinedOutput()
	if err != nil {
		d.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// token makes a token with keys of the given labels.
func (d drawer) token(label string, keys ...string) {
	d.t.Helper()
	d.run("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "31415926", "--pin", "271828")
	for i, k := range keys {
		d.run("pkcs11-tool", "--module", module, "--token-label", label, "--login", "--pin", "271828",
			"--keypairgen", "--key-type", "EC:prime256v1", "--label", k, "--id", fmt.Sprintf("%02x", i+1))
	}
}

func (d drawer) place(label, key string) token.Place {
	return token.Place{Module: module, Token: label, Object: key, PIN: filepath.Join(d.dir, "pin")}
}

func (d drawer) open(label, key string) *token.Key {
	d.t.Helper()
	k, err := token.Open(d.place(label, key).URI())
	must(d.t, err)
	d.t.Cleanup(func() { k.Close() })
	return k
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A hospital whose authorities are in a token: they are saved without their
// keys, loaded with the token, issue, revoke and answer.
func TestAuthorityInToken(t *testing.T) {
	d := openDrawer(t)
	d.token("h1", "issuing", "people")
	now := time.Now()
	a, err := pki.NewAuthorityWith(pkitest.Name, pki.Keys{Issuing: d.open("h1", "issuing"), People: d.open("h1", "people")}, now)
	must(t, err)
	dir := filepath.Join(t.TempDir(), "ca")
	must(t, a.Save(dir, pki.Unsealed())) // the root's key is a file
	if _, err := os.Stat(filepath.Join(dir, "issuing", "key.pem")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a key.pem: %v", err)
	}
	if uri, err := os.ReadFile(filepath.Join(dir, "issuing", "key.uri")); err != nil || !strings.HasPrefix(string(uri), "pkcs11:token=h1;object=issuing") || strings.Contains(string(uri), "271828") {
		t.Errorf("key.uri is %s, %v", uri, err)
	}
	if _, err := pki.LoadAuthority(dir); !errors.Is(err, pki.ErrSealed) {
		t.Errorf("without the token: %v, want %v", err, pki.ErrSealed)
	}
	loaded, err := pki.LoadAuthority(dir, token.Opener)
	must(t, err)
	defer loaded.Close()
	s, err := loaded.Enroll(pki.Request{Role: flow.RoleNode, Name: "bedside"}, now)
	must(t, err)
	v := pki.NewVerifier(a.Trust())
	if _, err := v.Identify(s.Chain, now); err != nil {
		t.Error(err)
	}
	must(t, loaded.Issuing.Revoke(s.ID.Serial, pki.KeyCompromise, now))
	list, err := loaded.Issuing.Publish(now)
	must(t, err)
	if _, err := v.Revoke(list); err != nil {
		t.Error(err)
	}
	if _, err := v.Identify(s.Chain, now); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("Identify = %v, want %v", err, pki.ErrRevoked)
	}
	next, err := loaded.RollWith(pki.Keys{Issuing: d.open("h1", "people")}, now)
	must(t, err)
	must(t, next.SaveBeside(dir, pki.Unsealed()))
	again, err := pki.LoadAuthority(dir, token.Opener)
	if err != nil || len(again.Old) != 1 {
		t.Fatalf("after a roll-over: %v", err)
	}
	must(t, again.Close())
}

// A key that is not the certificate's is not taken for it.
func TestAuthorityWithAnothersKey(t *testing.T) {
	d := openDrawer(t)
	d.token("h1", "issuing", "other")
	a, err := pki.NewAuthorityWith(pkitest.Name, pki.Keys{Issuing: d.open("h1", "issuing")}, time.Now())
	must(t, err)
	dir := filepath.Join(t.TempDir(), "ca")
	must(t, a.Save(dir, pki.Unsealed()))
	must(t, os.WriteFile(filepath.Join(dir, "issuing", "key.uri"), []byte(d.place("h1", "other").URI()), 0o600))
	if _, err := pki.LoadAuthority(dir, token.Opener); err == nil || !strings.Contains(err.Error(), "do not belong together") {
		t.Errorf("LoadAuthority = %v", err)
	}
}

// card is a signer whose key is on a card, enrolled by its public half as cards
// are.
func (d drawer) card(h *pkitest.Hospital, role flow.Role, name string) flow.Signer {
	d.t.Helper()
	d.token(name, "sign")
	key := d.open(name, "sign")
	chain, err := h.Authority.People.Issue(pki.Request{Role: role, Name: name, Key: key.Public()}, time.Now())
	must(d.t, err)
	s, err := pki.NewSigner(key, chain)
	must(d.t, err)
	return s
}

// A nurse opens connections with her card, several at once.
func TestCardOpensConnections(t *testing.T) {
	d := openDrawer(t)
	h := pkitest.New(t)
	nurse := d.card(h, flow.RoleStaff, "n-17")
	own := func(s flow.Signer) func() flow.Signer { return func() flow.Signer { return s } }
	server := pki.ServerTLS(own(h.Node("ward")), h.Verifier(), pki.Only(flow.RoleStaff), "h2")
	client := pki.ClientTLS(own(nurse), h.Verifier(), pki.Named(flow.RoleNode, "ward"), "h2")
	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() {
			id, err := connect(t.Context(), server, client, h.Verifier())
			if err != nil || id.URI != nurse.ID.URI {
				t.Errorf("connected as %s, %v", id.URI, err)
			}
		})
	}
	calls.Wait()
}

// connect tells whom the server sees.
func connect(ctx context.Context, server, client *tls.Config, v *pki.Verifier) (flow.Identity, error) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	failed := make(chan error, 1)
	go func() {
		conn := tls.Client(b, client)
		err := conn.HandshakeContext(ctx)
		if err == nil {
			_, err = io.ReadFull(conn, make([]byte, 1))
		}
		failed <- err
	}()
	conn := tls.Server(a, server)
	if err := conn.HandshakeContext(ctx); err != nil {
		return flow.Identity{}, err
	}
	if _, err := conn.Write([]byte{1}); err != nil {
		return flow.Identity{}, err
	}
	if err := <-failed; err != nil {
		return flow.Identity{}, err
	}
	return pki.PeerIdentity(conn.ConnectionState(), v)
}

// A card signs in COSE what anybody can verify; a request for a certificate, too.
func TestCardSigns(t *testing.T) {
	d := openDrawer(t)
	h := pkitest.New(t)
	nurse := d.card(h, flow.RoleStaff, "n-17")
	b, err := proof.SignStatement(nurse, "policy", []byte("permit"), time.Now())
	must(t, err)
	s, err := proof.OpenStatement(b)
	must(t, err)
	if id, err := h.Verifier().Identify(s.Chain, time.Now()); err != nil || id.URI != nurse.ID.URI || string(s.Body) != "permit" {
		t.Errorf("opened: %q by %s, %v", s.Body, id.URI, err)
	}
	csr, err := pki.NewCSR(nurse.Key)
	must(t, err)
	if _, err := h.Authority.IssueCSR(csr, pki.Request{Role: flow.RolePatient, Name: "p-7f3a"}, time.Now()); err != nil {
		t.Error(err)
	}
}

// Where it goes wrong, the error says where and why.
func TestOpenRefuses(t *testing.T) {
	d := openDrawer(t)
	d.token("h1", "issuing", "twice", "twice")
	d.run("pkcs11-tool", "--module", module, "--token-label", "h1", "--login", "--pin", "271828",
		"--keypairgen", "--key-type", "rsa:2048", "--label", "rsa", "--id", "0a")
	must(t, os.WriteFile(filepath.Join(d.dir, "wrong"), []byte("000000"), 0o600))
	must(t, os.WriteFile(filepath.Join(d.dir, "open"), []byte("271828"), 0o600))
	must(t, os.Chmod(filepath.Join(d.dir, "open"), 0o644))
	for name, change := range map[string]func(*token.Place){
		"no such key":    func(p *token.Place) { p.Object = "none" },
		"two such keys":  func(p *token.Place) { p.Object = "twice" },
		"an RSA key":     func(p *token.Place) { p.Object = "rsa" },
		"no such token":  func(p *token.Place) { p.Token = "h2" },
		"no such module": func(p *token.Place) { p.Module = "/none.so" },
		"wrong PIN":      func(p *token.Place) { p.PIN = filepath.Join(d.dir, "wrong") },
		"PIN for all":    func(p *token.Place) { p.PIN = filepath.Join(d.dir, "open") },
		"no PIN":         func(p *token.Place) { p.PIN = filepath.Join(d.dir, "none") },
	} {
		p := d.place("h1", "issuing")
		change(&p)
		if k, err := token.Open(p.URI()); err == nil {
			t.Errorf("%s: opened", name)
			k.Close()
		} else if !strings.Contains(err.Error(), p.Token) {
			t.Errorf("%s: the error does not say where: %v", name, err)
		}
	}
	k, err := token.Open(d.place("h1", "issuing").URI())
	must(t, err)
	must(t, k.Close())
	if _, err := k.Sign(nil, make([]byte, 32), nil); err == nil {
		t.Error("signed after Close")
	}
}

// A signature of a token, several at once.
func BenchmarkSign(b *testing.B) {
	d := openDrawer(b)
	d.token("h1", "sign")
	k := d.open("h1", "sign")
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := k.Sign(nil, make([]byte, 32), crypto.SHA256); err != nil {
				b.Error(err)
			}
		}
	})
}
