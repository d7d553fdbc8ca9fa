package enroll_test

import (
	"bytes"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/pki"
)

// FuzzRequests: whatever a stranger sends to what answers strangers, it is
// refused in words, and nobody is enrolled.
func FuzzRequests(f *testing.F) {
	a, err := pki.NewAuthority("h1.health.example", time.Now())
	if err != nil {
		f.Fatal(err)
	}
	dir := f.TempDir() + "/ca"
	if err := a.Save(dir, pki.Unsealed()); err != nil {
		f.Fatal(err)
	}
	o, err := enroll.OpenOffice(dir, func() (*pki.Authority, error) { return a, nil }, nil)
	if err != nil {
		f.Fatal(err)
	}
	s, err := enroll.Serve(enroll.Config{Office: o, Listen: "127.0.0.1:0"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	h, _ := s.Handlers()
	for i, body := range []string{`{"token":"x","csr":"AAAA"}`, `{"csr":"MIIB"}`, "MIIBAAAA", "\x30\x03\x02\x01\x00", "", `{"token":"wardflow-token.e30"}`} {
		f.Add(uint8(i), "secret", []byte(body))
	}
	f.Fuzz(func(t *testing.T, which uint8, password string, body []byte) {
		to := []struct{ path, kind string }{
			{"/v1/enroll", "application/json"}, {"/v1/renew", "application/json"}, {"/.well-known/est/simpleenroll", "application/pkcs10"},
			{"/.well-known/est/simplereenroll", "application/pkcs10"}, {"/v1/tokens", "application/json"}, {"/v1/revoke", "application/json"},
		}[which%6]
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, to.path, bytes.NewReader(body))
		r.Header.Set("Content-Type", to.kind)
		r.SetBasicAuth("fuzz", password)
		r.TLS = &tls.ConnectionState{}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code < 400 || w.Code >= 500 || w.Body.Len() == 0 {
			t.Errorf("%s %q: %d %s", to.path, body, w.Code, w.Body)
		}
		holders, err := o.Holders(time.Now())
		if err != nil || len(holders) > 0 {
			t.Errorf("registered: %v, %v", holders, err)
		}
	})
}
