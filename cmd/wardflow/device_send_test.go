package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial/housetest"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A device outside brings readings to a running hospital with this command,
// sealed and plain; each counts once, and it is told why one is refused.
func TestDeviceSend(t *testing.T) {
	t.Parallel()
	h := housetest.Open(t, housetest.Config{})
	cert := filepath.Join(t.TempDir(), "monitor")
	if err := pki.SaveSigner(cert, h.Monitor); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "readings.jsonl")
	at := time.Now().UTC().Format(time.RFC3339Nano)
	write := func(lines ...string) {
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	line := func(seq int, value string) string {
		return fmt.Sprintf(`{"stream":"temp","seq":%d,"kind":"8310-5","unit":"Cel","at":%q,"value":%q}`, seq, at, value)
	}
	send := func(args ...string) (outcomes []ingest.Outcome, err error) {
		var out bytes.Buffer
		cmd := deviceCommand()
		cmd.SetOut(&out)
		cmd.SetErr(os.Stderr)
		cmd.SetArgs(append([]string{"send", "--cert", cert, "--trust", h.File("trust.pem"), "--to", "https://" + h.Configs[housetest.Ward].Ingest.HTTPS, file}, args...))
		cmd.SilenceUsage, cmd.SilenceErrors = true, true
		err = cmd.ExecuteContext(t.Context())
		for dec := json.NewDecoder(&out); dec.More(); {
			var o ingest.Outcome
			if e := dec.Decode(&o); e != nil {
				t.Fatal(e)
			}
			outcomes = append(outcomes, o)
		}
		return outcomes, err
	}
	says := func(what string, got []ingest.Outcome, want ...string) {
		t.Helper()
		var said []string
		for _, o := range got {
			said = append(said, fmt.Sprintf("%d %s%s", o.Seq, o.Outcome, map[bool]string{true: ": " + o.Reason}[o.Reason != ""]))
		}
		if strings.Join(said, ", ") != strings.Join(want, ", ") {
			t.Errorf("%s: %q, want %q", what, said, want)
		}
	}

	write(line(1, "36.6"), "", line(2, "36.7"))
	got, err := send()
	if err != nil {
		t.Fatal(err)
	}
	says("sealed", got, "1 accepted", "2 accepted")

	write(line(2, "36.7"), line(3, "36.8"))
	if got, err = send("--plain"); err != nil {
		t.Error(err)
	}
	says("plain, and one again", got, "2 already", "3 accepted")

	write(line(4, "1.1"), line(5, "36.9"))
	if got, err = send(); err == nil || !strings.Contains(err.Error(), "1 reading was refused") {
		t.Errorf("a cold patient: %v", err)
	}
	says("a cold patient", got, "4 refused: too low", "5 accepted")

	for what, bad := range map[string]string{"line 1: ": "36.6", "this is a float": strings.Replace(line(6, "x"), `"x"`, "36.6", 1),
		"the certificate is that of": strings.Replace(line(6, "1"), "{", `{"device":"3474257BF40000000000AAAA",`, 1)} {
		write(bad)
		if _, err := send(); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v, want %s", bad, err, what)
		}
	}
}
