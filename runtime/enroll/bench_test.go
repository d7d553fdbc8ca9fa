package enroll_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// One renewal, both ends: a new connection with mutual TLS, a new key, the
// certificate, and the line on disk that says so.
func BenchmarkRenew(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "ca")
	a, err := pki.NewAuthority(pkitest.Name, time.Now().Add(-24*time.Hour))
	if err != nil {
		b.Fatal(err)
	}
	if err := a.Save(dir, pki.Unsealed()); err != nil {
		b.Fatal(err)
	}
	o, err := enroll.OpenOffice(dir, func() (*pki.Authority, error) { return pki.LoadAuthority(dir) }, nil)
	if err != nil {
		b.Fatal(err)
	}
	cfg := enroll.Config{Office: o, Listen: "127.0.0.1:0"}
	cfg.Gate.Rate, cfg.Gate.All = 1e6, 1e6
	s, err := enroll.Serve(cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var own flow.Signer
	c, err := enroll.NewClient(s.URL(), func() flow.Signer { return own }, pki.NewVerifier(a.Trust()))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		// In the office's folder, as another process would: each by a name of its own.
		req := pki.Request{Role: flow.RoleNode, Name: fmt.Sprint("ward-", i)}
		if own, err = a.Enroll(req, time.Now().Add(-13*time.Hour)); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, _, err = c.Renew(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
