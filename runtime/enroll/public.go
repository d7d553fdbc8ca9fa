package enroll

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/pki"
)

// What proves itself and may be read by everybody: revocation lists (RFC 5280),
// the authorities' certificates, and OCSP (RFC 6960).

func (s *Server) listRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /crl/{file}", s.list)
	mux.HandleFunc("GET /ca/{file}", s.authorityCert)
	mux.HandleFunc("POST /ocsp", s.ocspPost)
}

// withOCSP answers OCSP requests in the path before mux sees them: it would tidy
// the slashes of their base64 up.
func (s *Server) withOCSP(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/ocsp/") {
			s.ocspGet(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// named finds an authority by the name of a file: its name, such as issuing, or
// its key identifier in hex.
func (s *Server) named(file, ext string) *pki.CA {
	name, ok := strings.CutSuffix(file, ext)
	if !ok {
		return nil
	}
	for _, ca := range s.office.Authority().All() {
		if ca.Name() == name || pki.KeyID(ca.Cert) == name {
			return ca
		}
	}
	return nil
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	ca := s.named(r.PathValue("file"), ".crl")
	if ca == nil {
		http.NotFound(w, r)
		return
	}
	der, err := ca.List()
	if err != nil || der == nil {
		http.Error(w, "no list was published", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/pkix-crl") // RFC 2585, section 3
	w.Write(der)
}

func (s *Server) authorityCert(w http.ResponseWriter, r *http.Request) {
	ca := s.named(r.PathValue("file"), ".cer")
	if ca == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/pkix-cert") // RFC 2585, section 3
	w.Write(ca.Cert.Raw)
}

func (s *Server) ocspPost(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, pki.MaxOCSP))
	if err != nil {
		b = nil
	}
	s.ocsp(w, r, b)
}

// ocspGet takes a request in the path: base64, with or without URL escapes
// (RFC 6960, appendix A.1).
func (s *Server) ocspGet(w http.ResponseWriter, r *http.Request) {
	text := strings.TrimPrefix(r.URL.EscapedPath(), "/ocsp/")
	text, err := url.PathUnescape(text)
	if err != nil || len(text) > 2*pki.MaxOCSP {
		text = ""
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		b = nil
	}
	s.ocsp(w, r, b)
}

// askMost is how many questions of OCSP one address may put within a minute: what
// was never issued costs a signature each.
const askMost = 600

func (s *Server) ocsp(w http.ResponseWriter, r *http.Request, request []byte) {
	if s.asked.count(r.RemoteAddr, time.Now()) > askMost {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "too many questions from this address: ask again in a minute", http.StatusTooManyRequests)
		return
	}
	answer, err := s.office.Authority().OCSP(request, time.Now())
	if err != nil {
		s.log.Debug("OCSP request was not answered", "addr", r.RemoteAddr, "err", err)
	}
	w.Header().Set("Content-Type", "application/ocsp-response")
	w.Write(answer)
}
