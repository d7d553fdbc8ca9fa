package enroll

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// Bounds on what callers send, and how long one waits for news.
const (
	maxBody  = 64 << 10
	pollWait = 25 * time.Second
)

// A Request is what a holder asks: the body of enroll, renew and web.
type Request struct {
	Token string `json:"token,omitempty"` // to enroll: the token's secret
	CSR   []byte `json:"csr"`             // PKCS #10, DER, base64
}

// An Answer is what a holder gets.
type Answer struct {
	Chain string   `json:"chain"`           // PEM, its own certificate first
	Trust string   `json:"trust,omitempty"` // PEM: whom to believe
	Lists [][]byte `json:"lists,omitempty"` // the newest revocation lists, DER, base64
	Node  string   `json:"node,omitempty"`  // YAML: settings that all nodes have in common
}

// A Change asks to revoke or to reinstate somebody: Who as for [Office.Revoke],
// or one certificate by its serial number.
type Change struct {
	Who    string `json:"who,omitempty"`
	Serial string `json:"serial,omitempty"`
	Reason string `json:"reason,omitempty"` // of RFC 5280; default unspecified
}

// A Changed says what came of it.
type Changed struct {
	Holder *Entry   `json:"holder,omitempty"`
	Lists  [][]byte `json:"lists"` // DER: give them to everybody
}

// News is what [Client.News] waits for.
type News struct {
	Cursor string   `json:"cursor"` // for the next time
	Trust  string   `json:"trust"`  // PEM
	Lists  [][]byte `json:"lists"`  // DER
}

// routes are all that answers with TLS.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/enroll", s.answer(s.enroll))
	mux.HandleFunc("POST /v1/renew", s.answer(s.renew))
	mux.HandleFunc("POST /v1/web", s.answer(s.webCertificate))
	mux.HandleFunc("POST /v1/tokens", s.answer(s.makeToken))
	mux.HandleFunc("POST /v1/revoke", s.answer(s.revoke))
	mux.HandleFunc("POST /v1/reinstate", s.answer(s.reinstate))
	mux.HandleFunc("GET /v1/holders", s.answer(s.holders))
	mux.HandleFunc("GET /v1/trust", s.trust)
	mux.HandleFunc("GET /v1/crl", s.answer(s.news))
	s.estRoutes(mux)
	s.listRoutes(mux)
	return s.recorded(secured(s.withOCSP(mux)))
}

// publicRoutes are all that answers without TLS.
func (s *Server) publicRoutes() http.Handler {
	mux := http.NewServeMux()
	s.listRoutes(mux)
	return s.recorded(secured(s.withOCSP(mux)))
}

func secured(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if r.TLS != nil {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		h.ServeHTTP(w, r)
	})
}

// answer writes what a handler returns as JSON. Whoever is refused is
// disconnected, and comes through the gate before the next try.
func (s *Server) answer(handle func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		v, err := handle(r)
		if err != nil {
			refuse(r, err)
			w.Header().Set("Connection", "close")
			problemOf(err).write(w)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v) // the caller may be gone
	}
}

// read is the body of a request, in strict JSON.
func read[T any](r *http.Request) (T, error) {
	var v T
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return v, fmt.Errorf("%w: want Content-Type application/json", errBody)
	}
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		return v, fmt.Errorf("%w: %w", errBody, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return v, fmt.Errorf("%w: more than one value", errBody)
	}
	return v, nil
}

// peer is who asks, by its certificate, judged now: somebody whose role calls.
func (s *Server) peer(r *http.Request) (flow.Identity, *x509.Certificate, error) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return flow.Identity{}, nil, errNobody
	}
	id, err := pki.CallerIdentity(*r.TLS, s.verifier)
	if err != nil {
		s.office.tell(claimed(r.TLS.PeerCertificates[0]), r.RemoteAddr, false, asks(r), err)
	}
	return id, r.TLS.PeerCertificates[0], err
}

// claimed is whom a certificate says that it is of.
func claimed(c *x509.Certificate) string {
	if len(c.URIs) > 0 {
		return c.URIs[0].String()
	}
	return c.Subject.String()
}

func (s *Server) enroll(r *http.Request) (any, error) {
	req, err := read[Request](r)
	if err != nil {
		return nil, err
	}
	chain, err := s.office.Enrol(req.Token, req.CSR, r.RemoteAddr, time.Now())
	if err != nil {
		return nil, err
	}
	a := s.answerWith(chain)
	if h, err := pki.Read(chain[0]); err == nil && h.Role == flow.RoleNode {
		a.Node = string(s.cfg.Node)
	}
	return a, nil
}

func (s *Server) answerWith(chain []*x509.Certificate) Answer {
	all, _, _ := s.lists.get()
	return Answer{Chain: encodePEM(chain), Trust: s.trustPEM(), Lists: all}
}

func (s *Server) trustPEM() string { return encodeTrust(s.office.Authority().Trust()) }

func (s *Server) renew(r *http.Request) (any, error) {
	chain, err := s.again(r, s.office.Renew)
	if err != nil {
		return nil, err
	}
	return s.answerWith(chain), nil
}

func (s *Server) webCertificate(r *http.Request) (any, error) {
	chain, err := s.again(r, s.office.Web)
	if err != nil {
		return nil, err
	}
	return Answer{Chain: encodePEM(chain)}, nil
}

// again certifies a key of a holder by the certificate that the holder shows.
func (s *Server) again(r *http.Request, certify func(flow.Identity, *x509.Certificate, []byte, string, time.Time) ([]*x509.Certificate, error)) ([]*x509.Certificate, error) {
	id, cert, err := s.peer(r)
	if err != nil {
		return nil, err
	}
	req, err := read[Request](r)
	if err != nil {
		return nil, err
	}
	return certify(id, cert, req.CSR, r.RemoteAddr, time.Now())
}

// registrar is a member of staff who may register others.
func (s *Server) registrar(r *http.Request) (Caller, error) {
	id, _, err := s.peer(r)
	if err != nil {
		return Caller{}, err
	}
	c := Caller{Who: id.URI, Proven: true, From: r.RemoteAddr}
	if id.Role == flow.RoleStaff {
		for _, name := range s.cfg.Registrars {
			if id.Name == name {
				return c, nil
			}
		}
	}
	err = fmt.Errorf("%s is no registrar of this CA service: %w", id.URI, ErrMayNot)
	s.office.tell(id.URI, r.RemoteAddr, true, asks(r), err)
	return c, err
}

func (s *Server) makeToken(r *http.Request) (any, error) {
	by, err := s.registrar(r)
	if err != nil {
		return nil, err
	}
	inv, err := read[Invitation](r)
	if err != nil {
		return nil, err
	}
	t, err := s.office.Invite(inv, s.url, by, time.Now())
	if err != nil {
		return nil, err
	}
	return map[string]string{"token": t.String(), "holder": t.Holder}, nil
}

func (s *Server) revoke(r *http.Request) (any, error) {
	by, err := s.registrar(r)
	if err != nil {
		return nil, err
	}
	c, err := read[Change](r)
	if err != nil {
		return nil, err
	}
	why := pki.Unspecified
	if c.Reason != "" {
		if why, err = pki.ParseReason(c.Reason); err != nil {
			return nil, fmt.Errorf("%w: %w", errBody, err)
		}
	}
	if c.Serial != "" {
		lists, err := s.office.RevokeSerial(c.Serial, why, by, time.Now())
		s.take(lists)
		return Changed{Lists: lists}, err
	}
	e, lists, err := s.office.Revoke(c.Who, why, by, time.Now())
	s.take(lists)
	return Changed{Holder: &e, Lists: lists}, err
}

func (s *Server) reinstate(r *http.Request) (any, error) {
	by, err := s.registrar(r)
	if err != nil {
		return nil, err
	}
	c, err := read[Change](r)
	if err != nil {
		return nil, err
	}
	e, lists, err := s.office.Reinstate(c.Who, by, time.Now())
	s.take(lists)
	return Changed{Holder: &e, Lists: lists}, err
}

func (s *Server) holders(r *http.Request) (any, error) {
	if _, err := s.registrar(r); err != nil {
		return nil, err
	}
	return s.office.Holders(time.Now())
}

// trust is for whoever has a token, before it shows it: the root in it proves
// itself by the token's hash.
func (s *Server) trust(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/pem-certificate-chain")
	io.WriteString(w, s.trustPEM())
}

// news answers when there are other lists or another trust than those that the
// cursor after stands for, or with the same after a while.
func (s *Server) news(r *http.Request) (any, error) {
	if _, _, err := s.peer(r); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), pollWait)
	defer cancel()
	after := r.URL.Query().Get("after")
	for {
		all, cursor, changed := s.lists.get()
		trust := s.trustPEM()
		cursor = hashOf(trust)[:16] + cursor
		if cursor != after || ctx.Err() != nil {
			return News{Cursor: cursor, Trust: trust, Lists: all}, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}
