package pkitest

import (
	"crypto/x509"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/pki"
)

//go:embed openssl.cnf
var opensslConf []byte

// Need skips a test if a program is missing, and says why. On CI, where all are
// installed, it fails.
func Need(tb testing.TB, program string) {
	tb.Helper()
	_, err := exec.LookPath(program)
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		tb.Fatalf("%s is not installed, and on CI it must be", program)
	default:
		tb.Skipf("%s is not installed: an outside judge is missing", program)
	}
}

// A Shop is a directory in which openssl works: the outside tool that judges our
// certificates and makes bad ones.
type Shop struct {
	Dir string

	tb testing.TB
}

// OpenShop makes an empty shop; without openssl it skips the test.
func OpenShop(tb testing.TB) Shop {
	tb.Helper()
	Need(tb, "openssl")
	s := Shop{tb.TempDir(), tb}
	s.Write("openssl.cnf", opensslConf)
	s.Write("index.txt", nil)
	s.Write("crlnumber", fmt.Appendf(nil, "%010X\n", time.Now().Unix()+1))
	return s
}

// Write puts a file into the shop that only its owner can read.
func (s Shop) Write(file string, b []byte) {
	s.tb.Helper()
	if err := os.WriteFile(filepath.Join(s.Dir, file), b, 0o600); err != nil {
		s.tb.Fatal(err)
	}
}

// Read gives a file of the shop.
func (s Shop) Read(file string) []byte {
	s.tb.Helper()
	b, err := os.ReadFile(filepath.Join(s.Dir, file))
	if err != nil {
		s.tb.Fatal(err)
	}
	return b
}

// Try runs openssl with arguments given in one line; | stands for a space in
// one of them.
func (s Shop) Try(format string, args ...any) (string, error) {
	words := strings.Fields(fmt.Sprintf(format, args...))
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "|", " ")
	}
	cmd := exec.CommandContext(s.tb.Context(), "openssl", words...)
	cmd.Dir = s.Dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// Run is [Shop.Try] that must go well.
func (s Shop) Run(format string, args ...any) string {
	s.tb.Helper()
	out, err := s.Try(format, args...)
	if err != nil {
		s.tb.Fatalf("openssl "+format+": %v\n%s", append(args, err, out)...)
	}
	return out
}

// Chain reads certificates NAME.pem of the shop.
func (s Shop) Chain(names ...string) []*x509.Certificate {
	s.tb.Helper()
	var chain []*x509.Certificate
	for _, f := range names {
		c, err := pki.LoadChain(filepath.Join(s.Dir, f+".pem"))
		if err != nil {
			s.tb.Fatal(err)
		}
		chain = append(chain, c...)
	}
	return chain
}

// Sign makes a key NAME.key and a certificate NAME.pem with the extensions of a
// section of openssl.cnf, signed by the authority by, or by itself.
func (s Shop) Sign(name, section, subject, by string, from, to time.Time) {
	s.tb.Helper()
	s.Run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out %s.key", name)
	s.Run("req -new -config openssl.cnf -key %s.key -subj %s -out %[1]s.csr", name, subject)
	signer := fmt.Sprintf("-cert %s.pem -keyfile %[1]s.key", by)
	if by == name {
		signer = fmt.Sprintf("-selfsign -keyfile %s.key", name)
	}
	const utc = "20060102150405Z"
	s.Run("ca -config openssl.cnf -batch -notext -in %s.csr -out %[1]s.pem -extensions %s -startdate %s -enddate %s %s",
		name, section, from.UTC().Format(utc), to.UTC().Format(utc), signer)
}

// Revoke makes a revocation list, in PEM, signed by the authority by, that has
// the given certificates for keyCompromise.
func (s Shop) Revoke(by string, names ...string) []byte {
	s.tb.Helper()
	for _, n := range names {
		s.Run("ca -config openssl.cnf -revoke %s.pem -crl_reason keyCompromise -cert %s.pem -keyfile %[2]s.key", n, by)
	}
	s.Run("ca -config openssl.cnf -gencrl -cert %s.pem -keyfile %[1]s.key -out %[1]s.crl", by)
	return s.Read(by + ".crl")
}
