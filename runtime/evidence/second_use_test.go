package evidence_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/evidence"
)

// The second verifier as a command: it exits with 0, 1 or 2, and what can't be read
// takes one line to say.
func TestSecondVerifierUsed(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node here to run the second verifier with")
	}
	good := filepath.Join("testdata", "golden", "signed")
	bundle, trust := filepath.Join(good, "proof.json"), filepath.Join(good, "trust.pem")
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		must(t, os.WriteFile(name, []byte(text), 0o600))
		return name
	}
	whole, err := os.ReadFile(bundle)
	must(t, err)
	half := file("half.json", string(whole[:len(whole)/2]))
	noise := file("noise", "\x1b[2J\x00\xff\x30\x82\n")
	empty := file("empty", "")
	vouched := filepath.Join("testdata", "golden", "vouched")
	text, err := os.ReadFile(filepath.Join(vouched, "proof.json"))
	must(t, err)
	b, err := evidence.Parse(text)
	must(t, err)
	crl := file("issuing.crl", string(b.Lists[0]))
	for _, tt := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"a bundle that holds", []string{bundle, trust}, 0, "\nPROVED\n"},
		{"a list of his own", []string{filepath.Join(vouched, "proof.json"), filepath.Join(vouched, "trust.pem"), "--list", crl, "--witnesses", "1"}, 0, "\nPROVED\n"},
		{"more witnesses than there are", []string{bundle, trust, "--witnesses", "9"}, 1, "\nNOT PROVED: "},
		{"JSON that is no bundle", []string{file("null.json", "{}"), trust}, 1, "\nNOT PROVED: "},
		{"nothing", nil, 2, "verify.mjs: want BUNDLE TRUST.pem"},
		{"no trust", []string{bundle}, 2, "verify.mjs: want BUNDLE TRUST.pem"},
		{"an unknown flag", []string{bundle, trust, "--witness", "2"}, 2, "verify.mjs: want BUNDLE TRUST.pem"},
		{"a flag without its value", []string{bundle, trust, "--list"}, 2, "verify.mjs: want BUNDLE TRUST.pem"},
		{"no number", []string{bundle, trust, "--witnesses", "two"}, 2, "verify.mjs: want BUNDLE TRUST.pem"},
		{"no such bundle", []string{filepath.Join(dir, "none.json"), trust}, 2, "none.json: not a bundle of wardflow prove: ENOENT"},
		{"a folder", []string{dir, trust}, 2, "not a bundle of wardflow prove: EISDIR"},
		{"half a bundle", []string{half, trust}, 2, "half.json: not a bundle of wardflow prove: "},
		{"an empty bundle", []string{empty, trust}, 2, "empty: not a bundle of wardflow prove: "},
		{"noise as a bundle", []string{noise, trust}, 2, "noise: not a bundle of wardflow prove: "},
		{"no such trust", []string{bundle, filepath.Join(dir, "none.pem")}, 2, "none.pem: not a file of certificates: ENOENT"},
		{"noise as trust", []string{bundle, noise}, 2, "noise: not a file of certificates: "},
		{"no such list", []string{bundle, trust, "--list", filepath.Join(dir, "none.crl")}, 2, "none.crl: not a list of revocations: ENOENT"},
		{"noise as a list", []string{bundle, trust, "--list", noise}, 2, "noise: not a list of revocations: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out, said bytes.Buffer
			cmd := exec.CommandContext(t.Context(), node, append([]string{secondVerifier}, tt.args...)...)
			cmd.Stdout, cmd.Stderr = &out, &said
			var exit *exec.ExitError
			if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if code := cmd.ProcessState.ExitCode(); code != tt.code {
				t.Errorf("it exits with %d, want %d", code, tt.code)
			}
			text := out.String()
			if tt.code == 2 {
				if text != "" {
					t.Errorf("it gives a verdict: %s", text)
				}
				if text = said.String(); strings.Count(text, "\n") != 1 {
					t.Errorf("it takes more than a line: %s", text)
				}
			}
			if !strings.Contains(text, tt.want) {
				t.Errorf("it says %q, want %q in it", text, tt.want)
			}
			if strings.Contains(text, "\x1b") {
				t.Errorf("it moves the terminal: %q", text)
			}
		})
	}
}
