package node

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/trace"
)

// A TraceConfig says where the ways of tokens are recorded.
type TraceConfig struct {
	Endpoint string `yaml:"endpoint,omitempty"` // of an OTLP collector: https://HOST:PORT, or http://127.0.0.1:4318 on this host

	// Share is how many of the ways that begin at this node's actors are recorded, 0
	// to 1: 0.01 is one in a hundred. Ways that were begun elsewhere are recorded on
	// in any case.
	Share float64 `yaml:"share,omitempty"`

	// Roots are who may vouch for the collector's certificate: a PEM file, or "system"
	// for those of this host. The node shows its own certificate.
	Roots string `yaml:"roots,omitempty"`
}

func (c *TraceConfig) check() error {
	if err := trace.CheckEndpoint(c.Endpoint); err != nil {
		return fmt.Errorf("trace.endpoint: %w", err)
	}
	if !(c.Share >= 0 && c.Share <= 1) {
		return fmt.Errorf("trace.share %g: want a share from 0 to 1, such as 0.01", c.Share)
	}
	if strings.HasPrefix(c.Endpoint, "https:") && c.Roots == "" {
		return errors.New(`trace.roots is missing: a PEM file with who vouches for the collector's certificate, or "system"`)
	}
	return nil
}

// openTracer begins to record the ways of tokens, if the configuration says so. The
// collector need not be there.
func (n *Node) openTracer(context.Context) error {
	c := n.cfg.Trace
	if c == nil {
		return nil
	}
	roots, err := collectorRoots(c.Roots)
	if err != nil {
		return fmt.Errorf("trace.roots: %w", err)
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: roots,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return pki.Certificate(n.signer()) }}
	n.tracer, err = trace.New(trace.Config{Node: n.cfg.Node, Version: n.facts.version, Endpoint: c.Endpoint, Share: c.Share, TLS: conf, Log: n.log})
	if err != nil {
		return err
	}
	n.ends = append(n.ends, n.tracer.Close)
	return nil
}

// collectorRoots are those of a file; nil: of this host.
func collectorRoots(file string) (*x509.CertPool, error) {
	if file == "" || file == systemRoots {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no PEM certificates", file)
	}
	return roots, nil
}

// traced adds the tracer to what an engine is told.
func (n *Node) traced(cfg engine.Config) engine.Config {
	if n.tracer != nil { // a nil *Tracer would be a Tracer
		cfg.Tracer = n.tracer
	}
	return cfg
}
