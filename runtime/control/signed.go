package control

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// What people sign: an application, and the policy. The statement goes with
// what it is about to every node, and each verifies it before it acts on it.

// The kinds of statements.
const (
	KindDeployment = "deployment"
	KindPolicy     = "policy"
)

// ErrUnsigned reports that something came without the signature it needs, or
// with one that is about something else.
var ErrUnsigned = errors.New("not signed")

// A deploying is the body of a statement about an application: its texts by
// their SHA-256, in hexadecimal digits.
type deploying struct {
	App      string            `json:"app"`
	Hospital string            `json:"hospital"` // the trust domain
	Script   string            `json:"script"`
	Includes map[string]string `json:"includes,omitempty"` // by name
}

// SignDeployment says, over the signer's name, that a deployment shall run. A
// later time replaces an earlier one, and nobody can go back to an earlier.
func SignDeployment(by flow.Signer, d *Deployment, at time.Time) ([]byte, error) {
	hospital, err := hospitalOf(by.Chain)
	if err != nil {
		return nil, fmt.Errorf("sign the deployment of %s: %w", d.Name, err)
	}
	return signJSON(by, KindDeployment, d.body(hospital), at)
}

func (d *Deployment) body(hospital string) deploying {
	b := deploying{App: d.Name, Hospital: hospital, Script: sum(d.Script)}
	for name, text := range d.Includes {
		if b.Includes == nil {
			b.Includes = map[string]string{}
		}
		b.Includes[name] = sum(text)
	}
	return b
}

func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// Is reports whether a statement says that this very deployment shall run: the
// application, its texts, and the hospital of the signer's certificate. The
// error is an [ErrUnsigned] that says what differs.
func (d *Deployment) Is(st *proof.Statement) error {
	var said deploying
	if err := openJSON(st, KindDeployment, &said); err != nil {
		return err
	}
	want := d.body(said.Hospital)
	switch hospital, err := hospitalOf(st.Chain); {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrUnsigned, err)
	case said.Hospital != hospital:
		return fmt.Errorf("%w for this hospital, but for %s", ErrUnsigned, said.Hospital)
	case said.App != want.App:
		return fmt.Errorf("%w as %s, but as %s", ErrUnsigned, want.App, said.App)
	case said.Script != want.Script:
		return fmt.Errorf("%w as it is: the script was altered", ErrUnsigned)
	case !maps.Equal(said.Includes, want.Includes):
		return fmt.Errorf("%w as it is: what the script includes was altered", ErrUnsigned)
	}
	return nil
}

// A ruling is the body of a statement about the policy.
type ruling struct {
	Hospital string `json:"hospital"`
	Text     string `json:"text"` // "": the built-in rules alone
}

// SignPolicy says, over the signer's name, that a text is the hospital's own
// policy; "" goes back to the built-in rules.
func SignPolicy(by flow.Signer, text string, at time.Time) ([]byte, error) {
	hospital, err := hospitalOf(by.Chain)
	if err != nil {
		return nil, fmt.Errorf("sign the policy: %w", err)
	}
	return signJSON(by, KindPolicy, ruling{Hospital: hospital, Text: text}, at)
}

// PolicyIn is the text of a statement about the policy.
func PolicyIn(st *proof.Statement) (text string, err error) {
	var said ruling
	if err := openJSON(st, KindPolicy, &said); err != nil {
		return "", err
	}
	if hospital, err := hospitalOf(st.Chain); err != nil || said.Hospital != hospital {
		return "", fmt.Errorf("%w for this hospital, but for %s", ErrUnsigned, said.Hospital)
	}
	return said.Text, nil
}

func signJSON(by flow.Signer, kind string, body any, at time.Time) ([]byte, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return proof.SignStatement(by, kind, b, at)
}

func openJSON(st *proof.Statement, kind string, into any) error {
	if st.Kind != kind {
		return fmt.Errorf("%w as a %s, but as a %s", ErrUnsigned, kind, st.Kind)
	}
	d := json.NewDecoder(bytes.NewReader(st.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w in a form that is understood: %v", ErrUnsigned, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%w in a form that is understood: something follows", ErrUnsigned)
	}
	return nil
}

// hospitalOf is the trust domain of a person's certificate, less the people's.
func hospitalOf(chain []*x509.Certificate) (string, error) {
	if len(chain) == 0 || len(chain[0].URIs) != 1 {
		return "", errors.New("the certificate has no SPIFFE ID")
	}
	return strings.TrimPrefix(chain[0].URIs[0].Host, "people."), nil
}

// signer is the certificate that a client shows, to sign with.
func signer(conf *tls.Config) (flow.Signer, error) {
	var cert *tls.Certificate
	switch {
	case conf.GetClientCertificate != nil:
		c, err := conf.GetClientCertificate(&tls.CertificateRequestInfo{Version: tls.VersionTLS13,
			SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256}})
		if err != nil {
			return flow.Signer{}, fmt.Errorf("%w: %w", ErrUnsigned, err)
		}
		cert = c
	case len(conf.Certificates) > 0:
		cert = &conf.Certificates[0]
	}
	if cert == nil || len(cert.Certificate) == 0 {
		return flow.Signer{}, fmt.Errorf("%w: there is no certificate to sign with", ErrUnsigned)
	}
	key, ok := cert.PrivateKey.(crypto.Signer)
	if !ok {
		return flow.Signer{}, fmt.Errorf("%w: a %T can't sign", ErrUnsigned, cert.PrivateKey)
	}
	s := flow.Signer{Key: key}
	for _, der := range cert.Certificate {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return flow.Signer{}, err
		}
		s.Chain = append(s.Chain, c)
	}
	return s, nil
}
