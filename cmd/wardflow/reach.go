package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

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

	file string // of the context; "": the first of contextFiles that is there
}

// contextFiles are where a context is looked for, in this order.
func contextFiles() []string {
	var files []string
	if file := os.Getenv("WARDFLOW_CONTEXT"); file != "" {
		return []string{file}
	}
	files = append(files, filepath.Join("wardflow-data", "context.yaml")) // the demo's
	if dir, err := os.UserConfigDir(); err == nil {
		files = append(files, filepath.Join(dir, "wardflow", "context.yaml"))
	}
	return files
}

// flags adds what says where to reach a node to a command and all below it.
func (r *reach) flags(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.StringVar(&r.file, "context", "", "context file with node, cert and trust (default $WARDFLOW_CONTEXT, wardflow-data/context.yaml, or the one in your configuration folder)")
	f.StringVar(&r.Node, "node", "", "address of any node's control API: https://HOST:PORT")
	f.StringVar(&r.Cert, "cert", "", "folder with your certificate: cert.pem, and key.pem or, for a card, key.uri")
	f.StringVar(&r.Trust, "trust", "", "file with the authorities you trust: trust.pem")
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
	files := contextFiles()
	if r.file != "" {
		files = []string{r.file}
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) && r.file == "" {
			continue
		}
		if err != nil {
			return at, fmt.Errorf("context: %w", err)
		}
		var from reach
		if err := yaml.Unmarshal(text, &from); err != nil {
			return at, fmt.Errorf("context %s: %w", file, err)
		}
		at.Node = or(at.Node, from.Node)
		at.Cert = or(at.Cert, beside(file, from.Cert))
		at.Trust = or(at.Trust, beside(file, from.Trust))
		break
	}
	for _, need := range []struct{ flag, value, example string }{{"node", at.Node, "https://127.0.0.1:7443"}, {"cert", at.Cert, "staff/admin"}, {"trust", at.Trust, "trust.pem"}} {
		if need.value == "" {
			return at, usageError{fmt.Errorf("no --%s: give one, such as %s, or a --context file that has it", need.flag, need.example)}
		}
	}
	return at, nil
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
