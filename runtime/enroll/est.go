package enroll

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/pki"
)

// Enrolment over Secure Transport (RFC 7030), for devices of other makers: a
// thin face on what enroll and renew do. A token is the password of HTTP Basic
// (section 3.2.3), under any name.

const estPath = "/.well-known/est/"

func (s *Server) estRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+estPath+"cacerts", s.estCerts)
	mux.HandleFunc("GET "+estPath+"csrattrs", s.estAttributes)
	mux.HandleFunc("POST "+estPath+"simpleenroll", s.est(s.estEnroll))
	mux.HandleFunc("POST "+estPath+"simplereenroll", s.est(s.estReenroll))
}

// estCerts gives the authorities out (section 4.1).
func (s *Server) estCerts(w http.ResponseWriter, r *http.Request) {
	t := s.office.Authority().Trust()
	s.estWrite(w, slices.Concat(t.Roots, t.Issuers))
}

// estAttributes says that a request needs nothing but its key (section 4.5.2).
func (s *Server) estAttributes(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusNoContent)
}

// est reads a request, and writes what handle gives for it.
func (s *Server) est(handle func(r *http.Request, csr []byte) ([]*x509.Certificate, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		csr, err := estBody(w, r)
		var chain []*x509.Certificate
		if err == nil {
			chain, err = handle(r, csr)
		}
		if err == nil {
			s.estWrite(w, chain[:1]) // the certificate alone (section 4.2.3)
			return
		}
		refuse(r, err)
		w.Header().Set("Connection", "close")
		p := problemOf(err)
		if errors.Is(err, errNoToken) {
			w.Header().Set("WWW-Authenticate", `Basic realm="enrolment token as password"`)
			p.Status = http.StatusUnauthorized
		}
		http.Error(w, p.Error(), p.Status)
	}
}

var errNoToken = errors.New("enrolment needs a token, as the password of HTTP Basic: wardflow ca token makes one")

func (s *Server) estEnroll(r *http.Request, csr []byte) ([]*x509.Certificate, error) {
	_, token, ok := r.BasicAuth()
	if !ok {
		return nil, errNoToken
	}
	return s.office.Enrol(token, csr, r.RemoteAddr, time.Now())
}

func (s *Server) estReenroll(r *http.Request, csr []byte) ([]*x509.Certificate, error) {
	id, cert, err := s.peer(r)
	if err != nil {
		return nil, err
	}
	return s.office.Renew(id, cert, csr, r.RemoteAddr, time.Now())
}

// estBody is the PKCS #10 in a request: base64 of its DER (RFC 8951, section 3).
func estBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/pkcs10" {
		return nil, fmt.Errorf("%w: want Content-Type application/pkcs10", errBody)
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 2*pki.MaxCSR))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBody, err)
	}
	if len(b) > 0 && b[0] == 0x30 { // DER as it is, which some clients send
		return b, nil
	}
	der, err := base64.StdEncoding.DecodeString(strings.Map(notSpace, string(b)))
	if err != nil {
		return nil, fmt.Errorf("%w: want the base64 of a PKCS #10 in DER", errBody)
	}
	return der, nil
}

func notSpace(r rune) rune {
	if strings.ContainsRune(" \t\r\n", r) {
		return -1
	}
	return r
}

func (s *Server) estWrite(w http.ResponseWriter, certs []*x509.Certificate) {
	der, err := certsOnly(certs)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/pkcs7-mime; smime-type=certs-only")
	w.Header().Set("Content-Transfer-Encoding", "base64")
	enc := base64.StdEncoding.EncodeToString(der)
	for len(enc) > 76 {
		io.WriteString(w, enc[:76]+"\r\n")
		enc = enc[76:]
	}
	io.WriteString(w, enc+"\r\n")
}
