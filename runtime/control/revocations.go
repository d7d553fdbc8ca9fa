package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Lists of revocations: what `wardflow ca revoke` brings to the cluster.

// A Revoker takes lists of revocations. A [Backend] that is none answers
// [ErrNotFound].
type Revoker interface {
	// Revoke takes a list (RFC 5280, section 5), in DER or PEM, tells all nodes,
	// and waits a few seconds at most until those that are up have it. It needs no
	// majority. A list that no authority of the hospital has signed is
	// [ErrInvalid]; one that is older than what is known changes nothing.
	Revoke(ctx context.Context, by flow.Identity, crl []byte) (*Revoked, error)
	// Revocations is what the node knows to be revoked.
	Revocations(ctx context.Context) (*Revoked, error)
}

// Revoked is what is revoked, and how far that is known.
type Revoked struct {
	APIVersion string           `json:"apiVersion"`
	Lists      []RevocationList `json:"lists"`             // the newest of each authority
	Have       []flow.NodeID    `json:"have"`              // nodes that have all of them
	Missing    []flow.NodeID    `json:"missing,omitempty"` // nodes that are up and have not said so yet
}

// A RevocationList is what an authority has revoked.
type RevocationList struct {
	Issuer     string       `json:"issuer"` // key identifier of the authority, hex
	Number     uint64       `json:"number"`
	ThisUpdate time.Time    `json:"thisUpdate"`
	NextUpdate time.Time    `json:"nextUpdate"` // from then on nobody new of that authority is let in
	Revoked    []Revocation `json:"revoked"`
}

// A Revocation is one certificate that is revoked.
type Revocation struct {
	Serial string    `json:"serial"` // hex
	At     time.Time `json:"at"`
	Reason string    `json:"reason"` // as RFC 5280, section 5.3.1, names it
}

// maxList is how many bytes of a list are taken: as PEM, one of the largest that
// authorities make (MaxList of package pki) has not quite this many.
const maxList = 3 << 20

// listTypes are the content types of a list: RFC 2585, and what curl sends for
// PEM.
var listTypes = []string{"application/pkix-crl", "application/x-pem-file", "application/octet-stream"}

// A list proves itself, so any member of staff may bring one.
func (s *Server) revocationRoutes() []route {
	return []route{
		{"GET /revocations", "see", s.getRevocations},
		{"POST /revocations", "check", s.postRevocations},
	}
}

func (s *Server) revoker() (Revoker, error) {
	if r, ok := s.cfg.Backend.(Revoker); ok {
		return r, nil
	}
	return nil, fmt.Errorf("lists of revocations here: %w", ErrNotFound)
}

func (s *Server) getRevocations(w http.ResponseWriter, r *http.Request) error {
	rv, err := s.revoker()
	if err != nil {
		return err
	}
	got, err := rv.Revocations(r.Context())
	if err != nil {
		return fmt.Errorf("show what is revoked: %w", err)
	}
	return reply(w, http.StatusOK, got.whole())
}

// postRevocations takes the list as the body. Any member of staff may bring one:
// it is the authority's signature that counts.
func (s *Server) postRevocations(w http.ResponseWriter, r *http.Request) error {
	rv, err := s.revoker()
	if err != nil {
		return err
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); !slices.Contains(listTypes, kind) {
		return problem(http.StatusUnsupportedMediaType, "bad-request", "bad request", "content type %q", kind).hint("send %s", listTypes[0])
	}
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Now().Add(s.cfg.Patience)) // not for every writer, in tests
	defer func() { _ = rc.SetReadDeadline(time.Time{}) }()
	crl, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxList))
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return problem(http.StatusRequestEntityTooLarge, "too-large", "too large", "the list is over %d bytes", large.Limit)
	}
	if err != nil {
		return problem(http.StatusBadRequest, "bad-request", "bad request", "body: %v", err)
	}
	got, err := rv.Revoke(r.Context(), CallerOf(r).ID, crl)
	if err != nil {
		return fmt.Errorf("take a list of revocations: %w", err)
	}
	return reply(w, http.StatusOK, got.whole())
}

// whole is r with nothing missing for who reads JSON.
func (r *Revoked) whole() Revoked {
	v := *r
	v.APIVersion, v.Lists, v.Have = APIVersion, slices.Clone(list(v.Lists)), list(v.Have)
	for i := range v.Lists {
		v.Lists[i].Revoked = list(v.Lists[i].Revoked)
	}
	return v
}
