package enroll

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A Client speaks to a CA service. It believes the service by the certificate
// that the hospital's authority has given it, wherever it listens.
type Client struct {
	url  string
	own  func() flow.Signer
	http *http.Client
}

// maxAnswer bounds what is read of an answer: revocation lists are the most.
const maxAnswer = 32 * pki.MaxList // lists of ten roots' authorities, in base64

// callWithin is how long one call may take, except one that waits for news.
const callWithin = 20 * time.Second

// NewClient makes a client of the service at ca (https://host:port). own is the
// certificate to show, asked for at each handshake; nil shows none. v says whom
// to believe, and is asked each time.
func NewClient(ca string, own func() flow.Signer, v *pki.Verifier) (*Client, error) {
	if err := CheckURL(ca); err != nil {
		return nil, err
	}
	host, err := serviceName(v.Trust())
	if err != nil {
		return nil, err
	}
	// HTTP/1.1 over a connection for each request: what is shown is always the
	// newest certificate.
	t := &http.Transport{TLSClientConfig: pki.WebClientTLS(own, v, host), DisableKeepAlives: true,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: pollWait + callWithin, MaxResponseHeaderBytes: 16 << 10}
	return &Client{url: ca, own: own, http: &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("the CA service sends nobody elsewhere")
	}}}, nil
}

// serviceName is the name in the certificate of the CA service of whom we trust.
func serviceName(t pki.Trust) (string, error) {
	for _, c := range t.Issuers {
		for _, d := range c.PermittedURIDomains {
			if !strings.HasPrefix(d, "people.") {
				return caHost(d), nil
			}
		}
	}
	return "", errors.New("no hospital's authority is trusted")
}

// Renew asks for a certificate that says what the present one says, for a key
// that nobody has had before.
func (c *Client) Renew(ctx context.Context) (flow.Signer, Answer, error) {
	if c.own == nil {
		return flow.Signer{}, Answer{}, errors.New("renew: no certificate to renew")
	}
	before := c.own()
	key, csr, err := newRequest(before.ID.URI)
	if err != nil {
		return flow.Signer{}, Answer{}, fmt.Errorf("renew %s: %w", before.ID.URI, err)
	}
	return c.renewWith(ctx, before, key, csr)
}

// renewWith may be tried again with the same key and request: should an answer
// have been lost, the same comes once more.
func (c *Client) renewWith(ctx context.Context, before flow.Signer, key crypto.Signer, csr []byte) (flow.Signer, Answer, error) {
	a, err := post[Answer](ctx, c, "/v1/renew", Request{CSR: csr})
	if err != nil {
		return flow.Signer{}, Answer{}, fmt.Errorf("renew %s: %w", before.ID.URI, err)
	}
	s, err := signerOf(key, a.Chain)
	if err == nil && (s.ID.URI != before.ID.URI || s.ID.Role != before.ID.Role || s.ID.Group != before.ID.Group || s.ID.EPC != before.ID.EPC) {
		err = fmt.Errorf("the CA service gave a certificate of %s", s.ID.URI)
	}
	if err != nil {
		return flow.Signer{}, Answer{}, fmt.Errorf("renew %s: %w", before.ID.URI, err)
	}
	return s, a, nil
}

// ErrNoHosts reports a node that was registered without host names, and has no
// certificate for browsers therefore: see [Invitation].Hosts.
var ErrNoHosts = errors.New("the CA service knows no host names of this node")

// Web asks for a node's certificate for browsers; without host names the error
// is [ErrNoHosts].
func (c *Client) Web(ctx context.Context) (flow.Signer, error) {
	key, csr, err := newRequest("")
	if err != nil {
		return flow.Signer{}, fmt.Errorf("certificate for browsers: %w", err)
	}
	a, err := post[Answer](ctx, c, "/v1/web", Request{CSR: csr})
	if err != nil {
		return flow.Signer{}, fmt.Errorf("certificate for browsers: %w", err)
	}
	if a.Chain == "" {
		return flow.Signer{}, ErrNoHosts
	}
	chain, err := decodePEM(a.Chain)
	if err != nil {
		return flow.Signer{}, fmt.Errorf("certificate for browsers: %w", err)
	}
	return pki.NewWebSigner(key, chain)
}

// Invite asks, as a registrar, for the token of somebody who is to enrol.
func (c *Client) Invite(ctx context.Context, inv Invitation) (Token, error) {
	a, err := post[struct{ Token, Holder string }](ctx, c, "/v1/tokens", inv)
	if err != nil {
		return Token{}, err
	}
	return ParseToken(a.Token)
}

// Revoke takes back what a holder has, as a registrar.
func (c *Client) Revoke(ctx context.Context, ch Change) (Changed, error) {
	return post[Changed](ctx, c, "/v1/revoke", ch)
}

// Reinstate lifts a suspension, as a registrar.
func (c *Client) Reinstate(ctx context.Context, who string) (Changed, error) {
	return post[Changed](ctx, c, "/v1/reinstate", Change{Who: who})
}

// Holders are all that are registered, for a registrar.
func (c *Client) Holders(ctx context.Context) ([]Holder, error) {
	return call[[]Holder](ctx, c, http.MethodGet, "/v1/holders", nil)
}

// News waits until there is another trust, or other revocation lists, than those
// that the cursor of the last News stands for, and for less than a minute. With
// the cursor "" it answers at once.
func (c *Client) News(ctx context.Context, cursor string) (News, error) {
	ctx, cancel := context.WithTimeout(ctx, pollWait+callWithin)
	defer cancel()
	return call[News](ctx, c, http.MethodGet, "/v1/crl?after="+url.QueryEscape(cursor), nil)
}

// Close ends the client's idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func post[A any](ctx context.Context, c *Client, path string, body any) (A, error) {
	var none A
	b, err := json.Marshal(body)
	if err != nil {
		return none, err
	}
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	return call[A](ctx, c, http.MethodPost, path, b)
}

func call[A any](ctx context.Context, c *Client, method, path string, body []byte) (A, error) {
	var a A
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return a, fmt.Errorf("CA service %s: %w", c.url, bare(err))
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return a, fmt.Errorf("CA service %s: %w", c.url, err)
	}
	if answer.StatusCode != http.StatusOK {
		p := &Problem{}
		if json.Unmarshal(b, p) != nil || p.Title == "" {
			p = &Problem{Title: answer.Status, Status: answer.StatusCode}
		}
		return a, p
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return a, fmt.Errorf("CA service %s: its answer can't be read: %w", c.url, err)
	}
	return a, nil
}

// bare takes method and address from an error of net/http; ours says where.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// newRequest makes a key and a PKCS #10 for it, which asks for a SPIFFE ID if
// one is given.
func newRequest(uri string) (crypto.Signer, []byte, error) {
	key, err := pki.NewKey()
	if err != nil {
		return nil, nil, err
	}
	tmpl := &x509.CertificateRequest{}
	if uri != "" {
		u, err := url.Parse(uri)
		if err != nil {
			return nil, nil, err
		}
		tmpl.URIs = []*url.URL{u}
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, tmpl, key)
	return key, csr, err
}

func signerOf(key crypto.Signer, chain string) (flow.Signer, error) {
	certs, err := decodePEM(chain)
	if err != nil {
		return flow.Signer{}, fmt.Errorf("the CA service's answer: %w", err)
	}
	return pki.NewSigner(key, certs)
}

// An Enrolled is what a token was exchanged for.
type Enrolled struct {
	Signer flow.Signer
	Trust  pki.Trust
	Lists  [][]byte // revocation lists, DER
	Node   string   // YAML for a node's file, or ""
}

// ErrRoot reports a CA service that can't show the root that the token names:
// it is not the one that the token is from. The token was not shown to it.
var ErrRoot = errors.New("the service there does not have the root that the token names")

// Enroll exchanges a token for a certificate, for a key that it makes. It first
// gets the authorities' certificates and checks the root by the token's hash;
// the token is shown only to a server that those vouch for.
func Enroll(ctx context.Context, t Token) (*Enrolled, error) {
	e, err := enroll(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("enrol %s: %w", t.Holder, err)
	}
	return e, nil
}

func enroll(ctx context.Context, t Token) (*Enrolled, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	trust, err := fetchTrust(ctx, t)
	if err != nil {
		return nil, err
	}
	v := pki.NewVerifier(trust)
	c, err := NewClient(t.CA, nil, v)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	key, csr, err := newRequest(t.Holder)
	if err != nil {
		return nil, err
	}
	a, err := post[Answer](ctx, c, "/v1/enroll", Request{Token: t.Secret, CSR: csr})
	if err != nil {
		return nil, err
	}
	s, err := signerOf(key, a.Chain)
	if err != nil {
		return nil, err
	}
	if s.ID.URI != t.Holder {
		return nil, fmt.Errorf("the CA service gave a certificate of %s", s.ID.URI)
	}
	certs, err := decodePEM(a.Trust) // from a server that is proved, so with other roots as well
	if err == nil {
		trust, err = pki.NewTrust(certs)
	}
	if err != nil {
		return nil, fmt.Errorf("the CA service's trust: %w", err)
	}
	if s.ID, err = pki.NewVerifier(trust).Identify(s.Chain, time.Now()); err != nil {
		return nil, fmt.Errorf("what the CA service gave does not hold: %w", err)
	}
	return &Enrolled{Signer: s, Trust: trust, Lists: a.Lists, Node: a.Node}, nil
}

// fetchTrust gets what the service says is to be believed, over a connection
// that proves nothing, and takes the token's root and what it has signed.
func fetchTrust(ctx context.Context, t Token) (pki.Trust, error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, t.CA+"/v1/trust", nil)
	if err != nil {
		return pki.Trust{}, err
	}
	// Nothing is said on this connection, and what comes proves itself by its hash.
	conf := &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true}
	h := &http.Client{Transport: &http.Transport{TLSClientConfig: conf, DisableKeepAlives: true}}
	answer, err := h.Do(r)
	if err != nil {
		return pki.Trust{}, fmt.Errorf("CA service %s: %w", t.CA, bare(err))
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return pki.Trust{}, fmt.Errorf("CA service %s: %w", t.CA, err)
	}
	certs, err := decodePEM(string(b))
	if err != nil {
		return pki.Trust{}, fmt.Errorf("%s: %w: %w", t.CA, ErrRoot, err)
	}
	return pinned(certs, t)
}

// pinned is the trust of the token's root alone.
func pinned(certs []*x509.Certificate, t Token) (pki.Trust, error) {
	var root *x509.Certificate
	for _, c := range certs {
		if sum := sha256.Sum256(c.Raw); hex.EncodeToString(sum[:]) == t.Root {
			root = c
		}
	}
	if root == nil {
		return pki.Trust{}, fmt.Errorf("%s: %w", t.CA, ErrRoot)
	}
	keep := []*x509.Certificate{root}
	for _, c := range certs {
		if !c.Equal(root) && c.IsCA && c.CheckSignatureFrom(root) == nil && len(c.PermittedURIDomains) > 0 {
			keep = append(keep, c)
		}
	}
	return pki.NewTrust(keep)
}
