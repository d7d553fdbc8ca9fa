package contracts

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
)

var long = flag.Bool("long", false, "compile everything again, and fuzz for minutes")

// The laws in test/*.t.sol hold for whatever forge thinks of, against the
// bytecode that is in build.
func TestForge(t *testing.T) {
	t.Parallel()
	args := []string{"test"}
	cmd := forge(t, args...)
	if *long {
		cmd.Env = append(cmd.Env, "FOUNDRY_PROFILE=long")
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("forge test: %v\n%s", err, out)
	}
	passed := regexp.MustCompile(`(?m)^\[PASS\]`).FindAll(out, -1)
	if len(passed) < 8 {
		t.Errorf("forge ran %d tests, want at least 8:\n%s", len(passed), out)
	}
	t.Logf("%s", out)
}

// forge lint finds nothing but what foundry.toml leaves out, each for its reason.
func TestLint(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob("*.sol")
	if err != nil {
		t.Fatal(err)
	}
	out, err := forge(t, append([]string{"lint"}, sources...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("forge lint: %v\n%s", err, out)
	}
	if found := regexp.MustCompile(`(?m)^(warning|note|error)\[`).FindAllIndex(out, -1); len(found) > 0 {
		t.Errorf("forge lint has %d findings:\n%s", len(found), out[found[0][0]:])
	}
}

// forge is the forge that package-lock.json pins.
func forge(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	needs(t, "node_modules/solc/package.json")
	name := filepath.Join("node_modules", "@foundry-rs", "forge-"+runtime.GOOS+"-"+runtime.GOARCH, "bin", "forge")
	needs(t, name)
	cmd := exec.CommandContext(t.Context(), name, args...)
	dir := t.TempDir()
	cmd.Env = append(os.Environ(), "FOUNDRY_OUT="+filepath.Join(dir, "out"), "FOUNDRY_CACHE_PATH="+filepath.Join(dir, "cache"), "NO_COLOR=1")
	return cmd
}

// needs skips the test where the tools are not installed.
func needs(t *testing.T, file string) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skipf("node is missing, so the contracts can't be compiled: %v", err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Skipf("%v: npm ci in contracts installs it, where there is one for this machine", err)
	}
}

func same(t *testing.T, name string, got []byte) {
	t.Helper()
	if !bytes.Equal(got, read(t, filepath.Join("build", name))) {
		t.Errorf("build/%s is not what the sources give: go generate ./contracts, and read the diff", name)
	}
}
