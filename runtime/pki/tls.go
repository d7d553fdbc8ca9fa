package pki

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What all our TLS configurations share: TLS 1.3 only; CurvePreferences nil, so
// Go's hybrid with ML-KEM comes first; the peer judged in VerifyConnection, as
// VerifyPeerCertificate does not run on a resumed connection.

// ServerTLS is the configuration of a listener whose clients must all show a
// certificate. own is asked at each handshake, so a renewed certificate needs no
// restart. allow decides about a peer whose certificate is good; see [Only] and
// [Named]. Of protos (ALPN), if any are given, one must be agreed upon.
func ServerTLS(own func() flow.Signer, v *Verifier, allow func(flow.Identity) error, protos ...string) *tls.Config {
	conf := serverTLS(own, protos)
	conf.ClientAuth = tls.RequireAnyClientCert // who it is, VerifyConnection decides
	conf.VerifyConnection = func(cs tls.ConnectionState) error {
		if err := agreed(cs, protos); err != nil {
			return err
		}
		return v.admit(cs, allow, caller)
	}
	return conf
}

// OpenServerTLS is the configuration of a listener whose clients may show a
// certificate: one that is shown must be good and allowed, and [PeerIdentity]
// tells whose it is. A client without one is let in as nobody.
func OpenServerTLS(own func() flow.Signer, v *Verifier, allow func(flow.Identity) error, protos ...string) *tls.Config {
	conf := serverTLS(own, protos)
	conf.ClientAuth = tls.RequestClientCert
	conf.VerifyConnection = func(cs tls.ConnectionState) error {
		if len(cs.PeerCertificates) == 0 {
			return nil
		}
		return v.admit(cs, allow, caller)
	}
	return conf
}

// ClientTLS is the configuration of a client that shows a certificate and
// judges the server's; own and allow are as in [ServerTLS]. The server's host
// name plays no part: names of nodes are in their SPIFFE IDs, so say in allow
// whom you mean to reach.
func ClientTLS(own func() flow.Signer, v *Verifier, allow func(flow.Identity) error, protos ...string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		NextProtos: protos,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return Certificate(own())
		},
		// This turns off crypto/tls's own check, which is by host name and by
		// the roots of the web. VerifyConnection does ours, and always runs.
		InsecureSkipVerify: true,
		VerifyConnection: func(cs tls.ConnectionState) error {
			if err := agreed(cs, protos); err != nil {
				return err
			}
			return v.admit(cs, allow, server)
		},
	}
}

// PeerIdentity says who is at the other end of a connection, now. Its error is
// a [Refusal]; without a certificate the reason is [ErrNoCertificate].
func PeerIdentity(cs tls.ConnectionState, v *Verifier) (flow.Identity, error) {
	return v.Identify(cs.PeerCertificates, v.now())
}

// CallerIdentity is [PeerIdentity] of a client, at a server that judges each
// request and not only the connection: its role must be one that calls. A
// patient's card, which only signs, is refused with [ErrDirection].
func CallerIdentity(cs tls.ConnectionState, v *Verifier) (flow.Identity, error) {
	id, err := PeerIdentity(cs, v)
	if err != nil {
		return flow.Identity{}, err
	}
	if p := profiles[id.Role]; !p.calls {
		return flow.Identity{}, &Refusal{Who: id.URI, Reason: ErrDirection, Err: fmt.Errorf("a %s %s", id.Role, p)}
	}
	return id, nil
}

// Only allows the given roles.
func Only(roles ...flow.Role) func(flow.Identity) error {
	return func(id flow.Identity) error {
		if !slices.Contains(roles, id.Role) {
			return fmt.Errorf("it is a %s, and only %v may", id.Role, roles)
		}
		return nil
	}
}

// Named allows one holder: role and name.
func Named(role flow.Role, name string) func(flow.Identity) error {
	return func(id flow.Identity) error {
		if id.Role != role || id.Name != name {
			return fmt.Errorf("want %s %s", role, name)
		}
		return nil
	}
}

// Certificate is a signer as crypto/tls wants it.
func Certificate(s flow.Signer) (*tls.Certificate, error) {
	if s.Key == nil || len(s.Chain) == 0 {
		return nil, errors.New("we have no certificate to show")
	}
	c := &tls.Certificate{PrivateKey: s.Key, Leaf: s.Chain[0]}
	for _, x := range s.Chain {
		c.Certificate = append(c.Certificate, x.Raw)
	}
	return c, nil
}

func serverTLS(own func() flow.Signer, protos []string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		NextProtos: protos,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return Certificate(own())
		},
	}
}

// A side is that of the peer on a connection.
type side bool

const (
	caller side = false
	server side = true
)

// admit identifies the peer and asks whether it may be on its side of the
// connection, and here at all.
func (v *Verifier) admit(cs tls.ConnectionState, allow func(flow.Identity) error, s side) error {
	id, err := PeerIdentity(cs, v)
	if err != nil {
		return err
	}
	p := profiles[id.Role]
	if err := v.Fresh(id, v.now()); err != nil {
		return err
	}
	if s == caller && !p.calls || s == server && !p.serves {
		return &Refusal{Who: id.URI, Reason: ErrDirection, Err: fmt.Errorf("a %s %s", id.Role, p)}
	}
	if allow == nil {
		return &Refusal{Who: id.URI, Reason: ErrNotAllowed, Err: errors.New("nobody is")}
	}
	if err := allow(id); err != nil {
		return &Refusal{Who: id.URI, Reason: ErrNotAllowed, Err: err}
	}
	return nil
}

// agreed refuses a peer that left the protocol open where we name ours: what it
// would say could be meant for something else.
func agreed(cs tls.ConnectionState, protos []string) error {
	if len(protos) > 0 && !slices.Contains(protos, cs.NegotiatedProtocol) {
		return fmt.Errorf("the peer speaks none of %q", protos)
	}
	return nil
}
