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

// The scripts of testdata/control talk to a ward that only looks alive. Each
// finds $WORK/wardflow-data/context.yaml, the certificates staff/admin,
// node/records and stranger/admin, and $NODE; the command ward misbehaves:
//
//	ward refuse LINK WHY
//	ward down NODE WHY
func TestControlScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/control",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup:               func(env *testscript.Env) error { return serveWard(env, t) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ward": func(ts *testscript.TestScript, _ bool, args []string) {
				w := ts.Value(wardKey{}).(*controltest.Ward)
				if len(args) != 3 {
					ts.Fatalf("usage: ward refuse|down WHAT WHY")
				}
				switch args[0] {
				case "refuse":
					w.Refuse(flow.LinkID(args[1]), args[2])
				case "down":
					w.Down(flow.NodeID(args[1]), args[2])
				}
			},
		},
	})
}

type wardKey struct{}

func serveWard(env *testscript.Env, t *testing.T) error {
	h := pkitest.New(t)
	own := h.Node("ward")
	at := controltest.Begin.Add(10 * time.Minute) // so that what is printed is always the same
	w := controltest.New(func() time.Time { return at })
	s, err := control.Serve(control.Config{
		Backend: w,
		Own:     func() flow.Signer { return own },
		Verify: func(chain []*x509.Certificate) (flow.Identity, error) {
			return h.Verifier().Identify(chain, time.Now())
		},
	})
	if err != nil {
		return err
	}
	env.Defer(func() { s.Close() })
	data := filepath.Join(env.WorkDir, "wardflow-data")
	if err := h.Authority.Save(filepath.Join(data, "ca")); err != nil {
		return err
	}
	for dir, signer := range map[string]flow.Signer{"staff/admin": h.Staff("admin"), "node/records": h.Node("records"), "stranger/admin": h.Rogue().Staff("admin")} {
		if err := pki.SaveSigner(filepath.Join(data, dir), signer); err != nil {
			return err
		}
	}
	node := "https://" + s.Addr().String()
	env.Values[wardKey{}] = w
	env.Setenv("NODE", node)
	env.Setenv("HOME", env.WorkDir)
	context := "node: " + strconv.Quote(node) + "\ncert: staff/admin\ntrust: ca/trust.pem\n"
	return os.WriteFile(filepath.Join(data, "context.yaml"), []byte(context), 0o600)
}
