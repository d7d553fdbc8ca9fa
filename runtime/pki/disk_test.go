package pki_test

import (
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// What is saved is loaded, and goes on as before.
func TestAuthorityOnDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "somewhere", "ca")
	h := pkitest.New(t)
	before := h.Node("before")
	if err := h.Authority.Save(dir, pki.Unsealed()); err != nil {
		t.Fatal(err)
	}
	saved := h.Node("saved") // by the CA that is now on disk

	a, err := pki.LoadAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := a.Enroll(pki.Request{Role: flow.RoleNode, Name: "loaded"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	trust, err := pki.LoadTrust(filepath.Join(dir, "trust.pem"))
	if err != nil {
		t.Fatal(err)
	}
	v := pki.NewVerifier(trust)
	for _, s := range []flow.Signer{before, saved, loaded} {
		if _, err := v.Identify(s.Chain, time.Now()); err != nil {
			t.Error(err)
		}
	}
	issued, err := a.Issuing.Issued()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, i := range issued {
		names = append(names, i.URI)
	}
	if got, want := strings.Join(names, " "), before.ID.URI+" "+saved.ID.URI+" "+loaded.ID.URI; got != want {
		t.Errorf("issued %s, want %s", got, want)
	}
	if issued, err := a.Root.Issued(); err != nil || len(issued) != 2 {
		t.Errorf("the root has issued %v, %v, want two authorities", issued, err)
	}

	if err := pkitest.New(t).Authority.Save(dir, pki.Unsealed()); !errors.Is(err, pki.ErrExists) {
		t.Errorf("Save over a CA = %v, want ErrExists", err)
	}
	if left, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(left) != 1 {
		t.Errorf("beside the CA: %v, %v", left, err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "root")); err != nil {
		t.Fatal(err)
	}
	if a, err = pki.LoadAuthority(dir); err != nil || a.Root != nil {
		t.Errorf("LoadAuthority without the root = %v", err)
	}
}

func TestCAOnDisk(t *testing.T) {
	dir := t.TempDir()
	h := pkitest.New(t)
	if err := h.Authority.Issuing.Save(dir, pki.Unsealed()); err != nil {
		t.Fatal(err)
	}
	if err := h.Authority.People.Save(dir, pki.Unsealed()); !errors.Is(err, pki.ErrExists) {
		t.Errorf("Save over a CA = %v, want ErrExists", err)
	}
	ca, err := pki.LoadCA(dir)
	if err != nil || !ca.Cert.Equal(h.Authority.Issuing.Cert) || ca.Domain() != pkitest.Name {
		t.Errorf("LoadCA = %v", err)
	}
	// Without its log a CA issues nothing.
	if err := os.Remove(filepath.Join(dir, "issued.jsonl")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "issued.jsonl"), 0o700); err != nil {
		t.Fatal(err)
	}
	key, err := pki.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	if chain, err := ca.Issue(pki.Request{Role: flow.RoleNode, Name: "x", Key: key.Public()}, time.Now()); err == nil || chain != nil {
		t.Errorf("Issue = %d certificates, %v, want an error", len(chain), err)
	}
}

// A CA's directory that does not hold together is not used.
func TestLoadCARefuses(t *testing.T) {
	h, rogue := pkitest.New(t), pkitest.New(t)
	for _, tt := range []struct {
		name  string
		spoil func(dir string) error
		want  string
	}{
		{"no key", func(dir string) error { return os.Remove(filepath.Join(dir, "key.pem")) }, "no such file"},
		{"no PEM", func(dir string) error { return os.WriteFile(filepath.Join(dir, "cert.pem"), []byte("hello"), 0o600) }, "holds no PEM certificate"},
		{"key as certificate", func(dir string) error {
			return os.Rename(filepath.Join(dir, "key.pem"), filepath.Join(dir, "cert.pem"))
		}, "holds a PRIVATE KEY"},
		{"certificate as key", func(dir string) error {
			b, err := os.ReadFile(filepath.Join(dir, "cert.pem"))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "key.pem"), b, 0o600)
		}, "want one PEM block PRIVATE KEY"},
		{"another CA's certificate", func(dir string) error {
			return pki.SaveTrust(filepath.Join(dir, "cert.pem"), pki.Trust{Roots: rogue.Authority.Issuing.Chain()})
		}, "do not belong together"},
		{"another root", func(dir string) error {
			return pki.SaveTrust(filepath.Join(dir, "cert.pem"), pki.Trust{Roots: []*x509.Certificate{h.Authority.Issuing.Cert, rogue.Authority.Root.Cert}})
		}, "ECDSA verification failure"},
		{"no root", func(dir string) error {
			return pki.SaveTrust(filepath.Join(dir, "cert.pem"), pki.Trust{Roots: []*x509.Certificate{h.Authority.Issuing.Cert}})
		}, "does not end with a root"},
		{"open key", func(dir string) error { return os.Chmod(filepath.Join(dir, "key.pem"), 0o644) }, "chmod 600"},
	} {
		dir := filepath.Join(t.TempDir(), "ca")
		if err := h.Authority.Save(dir, pki.Unsealed()); err != nil {
			t.Fatal(err)
		}
		if err := tt.spoil(filepath.Join(dir, "issuing")); err != nil {
			t.Fatal(err)
		}
		if _, err := pki.LoadAuthority(dir); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: LoadAuthority = %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestSignerOnDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "monitor")
	h := pkitest.New(t)
	old := h.Device(monitor, ecg)
	if err := pki.SaveSigner(dir, old); err != nil {
		t.Fatal(err)
	}
	got, err := pki.LoadSigner(dir)
	if err != nil || got.ID != old.ID || len(got.Chain) != 2 {
		t.Fatalf("LoadSigner = %+v, %v, want %+v", got.ID, err, old.ID)
	}
	info, err := os.Stat(filepath.Join(dir, "key.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key.pem has mode %v, %v", info.Mode(), err)
	}

	renewed := h.Device(monitor, ecg)
	if err := pki.SaveSigner(dir, renewed); err != nil {
		t.Fatal(err)
	}
	if got, err = pki.LoadSigner(dir); err != nil || got.ID.Leaf != renewed.ID.Leaf {
		t.Fatalf("LoadSigner = %+v, %v, want the renewed", got.ID, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("left in the directory: %v, %v", left, err)
	}

	for _, mode := range []os.FileMode{0o604, 0o640, 0o660} {
		if err := os.Chmod(filepath.Join(dir, "key.pem"), mode); err != nil {
			t.Fatal(err)
		}
		if _, err := pki.LoadSigner(dir); !errors.Is(err, pki.ErrExposed) || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("LoadSigner with a key of mode %o = %v, want ErrExposed", mode, err)
		}
	}
}

// Wherever SaveSigner is cut short, there is a pair to load: the old one or the
// new one.
func TestSaveSignerCutShort(t *testing.T) {
	h := pkitest.New(t)
	old, renewed := h.Node("bedside"), h.Node("bedside")
	saved := func(s flow.Signer) (key, cert []byte) {
		t.Helper()
		dir := t.TempDir()
		if err := pki.SaveSigner(dir, s); err != nil {
			t.Fatal(err)
		}
		key, err := os.ReadFile(filepath.Join(dir, "key.pem"))
		if err != nil {
			t.Fatal(err)
		}
		if cert, err = os.ReadFile(filepath.Join(dir, "cert.pem")); err != nil {
			t.Fatal(err)
		}
		return key, cert
	}
	oldKey, oldCert := saved(old)
	newKey, newCert := saved(renewed)
	for _, tt := range []struct {
		name      string
		key, cert []byte
		next      []byte
		want      flow.Signer
	}{
		{"before the certificate", oldKey, oldCert, newKey, old},
		{"between certificate and key", oldKey, newCert, newKey, renewed},
		{"the first time, between certificate and key", nil, newCert, newKey, renewed},
	} {
		dir := t.TempDir()
		for file, b := range map[string][]byte{"key.pem": tt.key, "cert.pem": tt.cert, "key.pem.next": tt.next} {
			if b == nil {
				continue
			}
			if err := os.WriteFile(filepath.Join(dir, file), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := pki.LoadSigner(dir)
		if err != nil || got.ID.Leaf != tt.want.ID.Leaf {
			t.Errorf("cut short %s: %v", tt.name, err)
		}
	}
	dir := t.TempDir()
	for file, b := range map[string][]byte{"key.pem": oldKey, "cert.pem": newCert} {
		if err := os.WriteFile(filepath.Join(dir, file), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pki.LoadSigner(dir); err == nil || !strings.Contains(err.Error(), "do not belong together") {
		t.Errorf("LoadSigner of another's key = %v, want an error", err)
	}
}

func TestTrustIsChecked(t *testing.T) {
	dir := t.TempDir()
	h := pkitest.New(t)
	a, rogue := h.Authority, h.Rogue().Authority
	good := a.Trust()
	for _, tt := range []struct {
		name  string
		trust pki.Trust
		want  string
	}{
		{"good", good, ""},
		{"no root", pki.Trust{Issuers: good.Issuers}, "needs a root"},
		{"no hospital", pki.Trust{Roots: good.Roots}, "needs a root and at least one hospital"},
		{"a hospital below another root", pki.Trust{Roots: rogue.Trust().Roots, Issuers: good.Issuers}, "none of the roots has signed it"},
		{"a holder", pki.Trust{Roots: good.Roots, Issuers: h.Node("x").Chain[:1]}, "not the certificate of an authority"},
	} {
		file := filepath.Join(dir, tt.name+".pem")
		if err := pki.SaveTrust(file, tt.trust); err != nil {
			t.Fatal(err)
		}
		got, err := pki.LoadTrust(file)
		if tt.want == "" {
			if err != nil || len(got.Roots) != 1 || len(got.Issuers) != 2 {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: LoadTrust = %v, want %q", tt.name, err, tt.want)
		}
	}
}
