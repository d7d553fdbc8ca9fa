package contracts

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi/abigen"
)

// What is committed in build is what the sources give, byte for byte.
func TestBuild(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is missing, so the contracts can't be compiled again: %v", tool, err)
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "compile.mjs", "RuleManager.sol"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := command(t, dir, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"); err != nil {
		t.Skipf("the compiler can't be fetched: npm ci: %v\n%s", err, out)
	}
	if out, err := command(t, dir, "node", "compile.mjs", "out"); err != nil {
		t.Fatalf("compile: %v\n%s", err, out)
	}
	var text [2]string
	for i, name := range []string{"RuleManager.abi", "RuleManager.bin"} {
		got := read(t, filepath.Join(dir, "out", name))
		if !bytes.Equal(got, read(t, filepath.Join("build", name))) {
			t.Errorf("build/%s is not what the sources give: go generate ./contracts, and read the diff", name)
		}
		text[i] = string(got)
	}
	code, err := abigen.BindV2([]string{"RuleManager"}, text[:1], []string{strings.TrimSpace(text[1])}, "build", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if code != string(read(t, filepath.Join("build", "rule_manager.go"))) {
		t.Error("build/rule_manager.go is not what abigen gives: go generate ./contracts, and read the diff")
	}
}

func command(t *testing.T, dir, name string, args ...string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	return cmd.CombinedOutput()
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
