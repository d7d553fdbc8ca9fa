package main

import (
	"crypto/tls"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// How a command finds the node it talks to, and shows who is asking.

// A reach is a node's address with the certificate to show and the roots to
// trust. A context file holds one, with paths from its own folder.
type reach struct {
	Node  string `yaml:"node"`  // https://HOST:PORT
	Cert  string `yaml:"cert"`  // folder with cert.pem and key.pem
	Trust string `yaml:"trust"` // PEM file with the ministry's root and the hospital's authorities

	context string // name or file of the context; "": the one that is chosen otherwise
}

// flags adds what says where to reach a node to a command and all below it.
func (r *reach) flags(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.StringVar(&r.context, "context", "", "context to use, by its name or file: see wardflow help contexts")
	f.StringVar(&r.Node, "node", "", "address of any node's control API: https://HOST:PORT")
	f.StringVar(&r.Cert, "cert", "", "folder with your certificate: cert.pem, and key.pem or, for a card, key.uri")
	f.StringVar(&r.Trust, "trust", "", "file with the authorities you trust: trust.pem")
	completeContext(cmd)
}

// client is ready to ask the node. The caller closes it.
func (r *reach) client() (*control.Client, error) {
	at, err := r.complete()
	if err != nil {
		return nil, err
	}
	conf, err := at.tls("h2", "http/1.1")
	if err != nil {
		return nil, err
	}
	c, err := control.NewClient(at.Node, conf)
	if err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

// tls shows the certificate, and believes nodes of the trust only.
func (r *reach) tls(protos ...string) (*tls.Config, error) {
	trust, err := pki.LoadTrust(r.Trust)
	if err != nil {
		return nil, fmt.Errorf("whom to trust: %w", err)
	}
	own, err := ownSigner(r.Cert)
	if err != nil {
		return nil, fmt.Errorf("your certificate: %w", err)
	}
	return pki.ClientTLS(func() flow.Signer { return own }, pki.NewVerifier(trust), pki.Only(flow.RoleNode), protos...), nil
}

// complete fills what no flag gave from the context file.
func (r *reach) complete() (reach, error) {
	at := *r
	if at.Node != "" && at.Cert != "" && at.Trust != "" {
		return at, nil
	}
	from, err := chosen(r.context)
	if err != nil {
		return at, err
	}
	if from.file != "" {
		c, err := readContext(from.file)
		if err != nil {
			return at, fmt.Errorf("%w\n  it is the context %s: `wardflow context list` shows others", err, from.why)
		}
		at.Node, at.Cert, at.Trust = or(at.Node, c.Node), or(at.Cert, c.Cert), or(at.Trust, c.Trust)
	}
	for _, need := range []struct{ flag, value, example string }{{"node", at.Node, "https://127.0.0.1:7443"}, {"cert", at.Cert, "staff/admin"}, {"trust", at.Trust, "trust.pem"}} {
		if need.value == "" {
			return at, usageError{fmt.Errorf("no --%s: give one, such as %s, or a --context that has it\n  `wardflow context add` keeps one for all commands, `wardflow help contexts` tells more", need.flag, need.example)}
		}
	}
	return at, nil
}

// nodeAddress is a node's control API as it is written: https://HOST:PORT.
func nodeAddress(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return nil, usageError{fmt.Errorf("node address %q: want https://HOST:PORT", s)}
	}
	return u, nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func beside(file, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}
