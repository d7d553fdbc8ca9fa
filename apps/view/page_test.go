package view_test

import (
	"crypto/x509"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/view"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// A person opens the page, logs in, looks around, and finds everything by name
// and by keyboard. WARDFLOW_SHOTS names a folder for pictures of it.
func TestPage(t *testing.T) {
	for _, need := range []string{"/usr/bin/chromium", "node_modules/playwright-core"} {
		if _, err := os.Stat(need); err != nil {
			t.Skipf("no %s: `make test` installs it", need)
		}
	}
	h := pkitest.New(t)
	own := h.Node("ward")
	start := time.Now()
	ward := controltest.New(func() time.Time { return controltest.Begin.Add(30*time.Minute + time.Since(start)) })
	ward.Fill("ward:bed3:check.passed > ward:store.in", 241)
	ward.Fill("ward:bed3:collector.out > ward:bed3:check.in", 160)
	ward.Refuse("ward:bed2:hr.out > ward:bed2:collector.in", "certificate of another root: CN=Ministry of Health Root")
	s, err := control.Serve(control.Config{
		Backend: ward,
		Own:     func() flow.Signer { return own },
		Verify: func(chain []*x509.Certificate) (flow.Identity, error) {
			return h.Verifier().Identify(chain, time.Now())
		},
		Page: view.Files(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	arg, err := json.Marshal(map[string]string{"url": "https://" + s.Addr().String(), "link": s.Login("").Link, "shots": os.Getenv("WARDFLOW_SHOTS")})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "node", "e2e/page.mjs", string(arg)).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}
