package main

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// servePeople runs the control API of a node "ward" for a script, with the
// backend behind it. The script finds wardflow-data with context.yaml, the
// authorities, and the certificates staff/admin, stranger/admin and others;
// $NODE is where the API is.
func servePeople(env *testscript.Env, t *testing.T, backend control.Backend, others func(*pkitest.Hospital) map[string]flow.Signer) (*control.Server, error) {
	h := pkitest.New(t)
	own := h.Node("ward")
	s, err := control.Serve(control.Config{
		Backend: backend,
		May:     controltest.May,
		Own:     func() flow.Signer { return own },
		Verify: func(chain []*x509.Certificate) (flow.Identity, error) {
			return h.Verifier().Identify(chain, time.Now())
		},
	})
	if err != nil {
		return nil, err
	}
	env.Defer(func() { s.Close() })
	data := filepath.Join(env.WorkDir, "wardflow-data")
	if err := h.Authority.Save(filepath.Join(data, "ca"), pki.Unsealed()); err != nil {
		return nil, err
	}
	signers := others(h)
	signers["staff/admin"], signers["stranger/admin"] = h.Staff("admin"), h.Rogue().Staff("admin")
	for dir, signer := range signers {
		if err := pki.SaveSigner(filepath.Join(data, dir), signer); err != nil {
			return nil, err
		}
	}
	node := "https://" + s.Addr().String()
	env.Setenv("NODE", node)
	env.Setenv("HOME", env.WorkDir)
	context := "node: " + strconv.Quote(node) + "\ncert: staff/admin\ntrust: ca/trust.pem\n"
	return s, os.WriteFile(filepath.Join(data, "context.yaml"), []byte(context), 0o600)
}
