package node

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/gate"
	"github.com/wardflow/wardflow/runtime/ingest/mqtt"
	"github.com/wardflow/wardflow/runtime/pki"
)

// This file is where readings come over MQTT: from devices that connect to this
// node, and from a broker of the hospital's.

// openMQTT listens for devices over MQTT, and follows the outside broker.
func (n *Node) openMQTT(context.Context) error {
	c := n.cfg.Ingest
	if c.MQTT != "" {
		b, err := mqtt.Serve(mqtt.Config{Listen: c.MQTT, TLS: pki.WebTLS(n.renewal.webCertificate, n.verifier, pki.Ours(n.signer, flow.RoleDevice)),
			Gate: gate.New(n.limits("listener for devices over MQTT")), Verifier: n.verifier, Core: n.ingest, Audit: n.audit, Log: n.log})
		if err != nil {
			return err
		}
		n.log.Info("listening for devices over MQTT", "addr", b.Addr())
		n.ends = append(n.ends, b.Close)
	}
	if c.Broker == "" {
		return nil
	}
	conf, err := n.brokerTLS(c)
	if err != nil {
		return err
	}
	f, err := mqtt.Follow(mqtt.FollowConfig{Broker: c.Broker, TLS: conf, Client: string(n.cfg.Node), Verifier: n.verifier, Core: n.ingest,
		Allow: n.ours, Audit: n.audit, Log: n.log})
	if err != nil {
		return err
	}
	n.ends = append(n.ends, f.Close)
	return nil
}

// brokerTLS shows the node's certificate to the outside broker. The broker's is
// judged by the hospital's trust, or by roots of its own, and must name the host.
func (n *Node) brokerTLS(c IngestConfig) (*tls.Config, error) {
	u, err := url.Parse(c.Broker)
	if err != nil {
		return nil, err
	}
	if c.BrokerRoots == "" {
		return pki.WebClientTLS(n.signer, n.verifier, u.Hostname()), nil
	}
	b, err := os.ReadFile(c.BrokerRoots)
	if err != nil {
		return nil, fmt.Errorf("ingest.broker_roots: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("ingest.broker_roots: %s holds no PEM certificates", c.BrokerRoots)
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: roots, ServerName: u.Hostname(),
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return pki.Certificate(n.signer()) }}, nil
}

// checkBroker refuses what is no broker.
func (c *IngestConfig) checkBroker() error {
	if c.Broker == "" {
		return nil
	}
	if u, err := url.Parse(c.Broker); err != nil || !strings.HasPrefix(c.Broker, "mqtts://") || u.Hostname() == "" {
		return fmt.Errorf("ingest.broker %q: want mqtts://host:port; there is no other way to it than TLS", c.Broker)
	}
	return nil
}

// any reports whether devices from outside come to this node at all.
func (c *IngestConfig) any() bool { return c.HTTPS != "" || c.MQTT != "" || c.Broker != "" }
