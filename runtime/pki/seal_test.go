package pki_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

var secret = []byte("correct horse battery")

// cheap makes sealing a fifth as dear for a test.
func cheap(t *testing.T) {
	t.Helper()
	t.Cleanup(pki.CheapSeal())
}

func known(pass []byte) pki.Opener {
	return pki.Passphrase(func() ([]byte, error) { return pass, nil })
}

// A sealed authority opens with its passphrase only, and issues then.
func TestSealed(t *testing.T) {
	cheap(t)
	a := pkitest.New(t).Authority
	dir := filepath.Join(t.TempDir(), "ca")
	must(t, a.Save(dir, pki.Sealed(secret)))
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte("BEGIN PRIVATE KEY")) {
			t.Errorf("%s holds a key that is not sealed", path)
		}
		return err
	}))
	opened := load(t, dir, known(secret))
	if _, err := pki.NewVerifier(a.Trust()).Identify(enroll(t, opened, "bedside").Chain, time.Now()); err != nil {
		t.Error(err)
	}
	roll(t, opened) // opens the root's, too
	for name, open := range map[string][]pki.Opener{
		"none":           nil,
		"wrong":          {known([]byte("incorrect horse battery"))},
		"empty":          {known(nil)},
		"not to be read": {pki.Passphrase(func() ([]byte, error) { return nil, os.ErrPermission })},
	} {
		if _, err := pki.LoadAuthority(dir, open...); !errors.Is(err, pki.ErrSealed) {
			t.Errorf("%s: LoadAuthority = %v, want %v", name, err, pki.ErrSealed)
		}
	}
}

// A root's key is not touched until it signs.
func TestRootStaysSealed(t *testing.T) {
	cheap(t)
	h := pkitest.New(t)
	dir := filepath.Join(t.TempDir(), "ca")
	must(t, h.Authority.Save(dir, pki.Sealed(secret)))
	must(t, os.RemoveAll(filepath.Join(dir, "root")))
	must(t, h.Authority.Root.Save(filepath.Join(dir, "root"), pki.Sealed([]byte("the ministry's own"))))
	a := load(t, dir, known(secret))
	enroll(t, a, "bedside")
	if _, err := a.Roll(time.Now()); !errors.Is(err, pki.ErrSealed) {
		t.Errorf("Roll = %v, want %v", err, pki.ErrSealed)
	}
}

// No choice is none: keys are not written in the clear by default, and not
// sealed with next to nothing.
func TestSealRefuses(t *testing.T) {
	a := pkitest.New(t).Authority
	for name, seal := range map[string]pki.Seal{"no choice": {}, "short": pki.Sealed([]byte("12345678901"))} {
		dir := filepath.Join(t.TempDir(), "ca")
		if err := a.Save(dir, seal); err == nil {
			t.Errorf("%s: Save = nil", name)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: something was left: %v", name, err)
		}
	}
}

// A key that was altered where it lies, or put in place of another, is none.
func TestSealAltered(t *testing.T) {
	cheap(t)
	a, dir := pkitest.New(t).Authority, t.TempDir()
	must(t, a.Issuing.Save(filepath.Join(dir, "issuing"), pki.Sealed(secret)))
	file := filepath.Join(dir, "issuing", "key.pem")
	good, err := os.ReadFile(file)
	must(t, err)
	block, _ := pem.Decode(good)
	for _, at := range []int{0, 30, 60, 95, 130} { // up to the private number; what follows it is not needed
		block.Bytes[at] ^= 1
		must(t, os.WriteFile(file, pem.EncodeToMemory(block), 0o600))
		if _, err := pki.LoadCA(filepath.Dir(file), known(secret)); err == nil {
			t.Errorf("bit of byte %d flipped: LoadCA = nil", at)
		}
		block.Bytes[at] ^= 1
	}
	must(t, a.People.Save(filepath.Join(dir, "people"), pki.Unsealed()))
	other, err := os.ReadFile(filepath.Join(dir, "people", "key.pem"))
	must(t, err)
	must(t, os.WriteFile(file, other, 0o600))
	if _, err := pki.LoadCA(filepath.Dir(file), known(secret)); err == nil || !strings.Contains(err.Error(), "do not belong together") {
		t.Errorf("the people CA's: LoadCA = %v", err)
	}
}

// openssl opens what we sealed, and we open what openssl sealed.
func TestOpenSSLOpensSealed(t *testing.T) {
	s := pkitest.OpenShop(t)
	a := pkitest.New(t).Authority
	must(t, a.Issuing.Save(filepath.Join(s.Dir, "issuing"), pki.Sealed(secret)))
	s.Write("pass", append(secret, '\n'))
	if out, err := s.Try("pkey -in issuing/key.pem -passin pass:wrong|horse -noout"); err == nil {
		t.Errorf("openssl opens it with another passphrase: %s", out)
	}
	s.Run("pkey -in issuing/key.pem -passin file:pass -pubout -outform DER -out public.der")
	want, err := x509.MarshalPKIXPublicKey(a.Issuing.Cert.PublicKey)
	must(t, err)
	if !bytes.Equal(s.Read("public.der"), want) {
		t.Error("openssl reads another key")
	}
	info := s.Run("asn1parse -in issuing/key.pem")
	for _, want := range []string{"PBES2", "scrypt", "aes-256-cbc"} {
		if !strings.Contains(info, want) {
			t.Errorf("asn1parse does not say %s:\n%s", want, info)
		}
	}
	for _, how := range []string{"-scrypt", "-v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 20000"} {
		s.Run("pkcs8 -topk8 -in issuing/key.pem -passin file:pass -passout pass:correct|horse|battery %s -out theirs.pem", how)
		s.Write("issuing/key.pem", s.Read("theirs.pem"))
		if _, err := pki.LoadCA(filepath.Join(s.Dir, "issuing"), pki.Passphrase(pki.PassphraseFile(filepath.Join(s.Dir, "pass"), nil))); err != nil {
			t.Errorf("sealed by openssl with %s: %v", how, err)
		}
	}
}

// A passphrase is the first line of a file that nobody else can read, or of
// standard input.
func TestPassphraseFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pass")
	must(t, os.WriteFile(file, []byte("correct horse battery\r\nsecond line\n"), 0o600))
	if got, err := pki.PassphraseFile(file, nil)(); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("PassphraseFile = %q, %v", got, err)
	}
	if got, err := pki.PassphraseFile("-", strings.NewReader("correct horse battery"))(); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("from standard input: %q, %v", got, err)
	}
	must(t, os.Chmod(file, 0o640))
	if _, err := pki.PassphraseFile(file, nil)(); !errors.Is(err, pki.ErrExposed) {
		t.Errorf("a file of the group: %v, want %v", err, pki.ErrExposed)
	}
}
