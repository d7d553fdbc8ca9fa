package listeners_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

var (
	runTestSSL = flag.Bool("testssl", false, "have testssl.sh judge each listener; takes some minutes")
	onlySSL    = flag.String("listener", "", "only the listeners whose names begin so")
)

// A finding is one line of what testssl.sh says.
type finding struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Finding  string `json:"finding"`
}

// above are the severities above LOW, and those of a run that did not come to its
// end.
var above = []string{"MEDIUM", "HIGH", "CRITICAL", "FATAL"}

// meant says why a finding about a listener is as it should be; "" when it is not.
func meant(d door, f finding) string {
	if strings.HasSuffix(d.name, " door") && f.ID == "cert_trust" && strings.Contains(f.Finding, "does not match supplied URI") {
		return "nodes know each other by the SPIFFE ID in the certificate, and no host name plays a part"
	}
	return ""
}

// Somebody else judges our listeners, and finds nothing above "low".
func TestSSL(t *testing.T) {
	if !*runTestSSL {
		t.Skip("takes some minutes: ask for it with -testssl")
	}
	pkitest.Need(t, "testssl")
	h := open(t)
	for _, d := range doors(h) {
		if d.plain || !strings.HasPrefix(d.name, *onlySSL) {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			said := judge(t, d.addr, h.File("trust.pem"))
			if len(said) < 30 || !slices.ContainsFunc(said, func(f finding) bool { return f.ID == "TLS1_3" && strings.HasPrefix(f.Finding, "offered") }) {
				t.Errorf("testssl.sh has not looked properly: %d findings: %v", len(said), said)
			}
			for _, f := range said {
				if !slices.Contains(above, f.Severity) {
					continue
				}
				if why := meant(d, f); why != "" {
					t.Logf("%s %s: %s: meant: %s", f.Severity, f.ID, f.Finding, why)
					continue
				}
				t.Errorf("%s %s: %s", f.Severity, f.ID, f.Finding)
			}
		})
	}
}

// judge has testssl.sh look at an address, with the hospital's roots as those
// that it trusts.
func judge(t *testing.T, addr, trust string) (said []finding) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	file := filepath.Join(t.TempDir(), "said.json")
	cmd := exec.CommandContext(ctx, "testssl", "--quiet", "--color", "0", "--warnings", "off", "--ip", "one", "--connect-timeout", "10", "--openssl-timeout", "10",
		"--add-ca", trust, "--jsonfile", file, addr)
	// Our certificates live for a day and renew themselves: that one ends within a
	// month is no neglect.
	cmd.Env = append(os.Environ(), "DAYS2WARN1=0", "DAYS2WARN2=0")
	out, err := cmd.CombinedOutput() // its exit code counts its findings
	b, e := os.ReadFile(file)
	if e != nil {
		t.Fatalf("testssl.sh: %v\n%s", err, out)
	}
	if err := json.Unmarshal(b, &said); err != nil {
		t.Fatalf("testssl.sh: %v\n%s", err, out)
	}
	if dir := os.Getenv("TESTSSL_KEEP"); dir != "" {
		os.WriteFile(filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "_")+".txt"), out, 0o644)
	}
	return said
}
