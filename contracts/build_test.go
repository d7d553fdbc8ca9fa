package contracts

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// What is committed in build is what the sources give, byte for byte.
func TestBuild(t *testing.T) {
	t.Parallel()
	dir := workbench(t)
	if out, err := command(t, dir, "node", "compile.mjs", "out"); err != nil {
		t.Fatalf("compile: %v\n%s", err, out)
	}
	if out, err := command(t, ".", "go", "run", "./bind", filepath.Join(dir, "out")); err != nil {
		t.Fatalf("bind: %v\n%s", err, out)
	}
	made := 0
	for _, pattern := range []string{"*.abi", "*.bin", "*.runtime", "london/*", "bindings.go"} {
		files, err := filepath.Glob(filepath.Join(dir, "out", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			made++
			name, err := filepath.Rel(filepath.Join(dir, "out"), file)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := read(t, file), read(t, filepath.Join("build", name)); !bytes.Equal(got, want) {
				t.Errorf("build/%s is not what the sources give: go generate ./contracts, and read the diff", name)
			}
		}
	}
	if made < 20 {
		t.Errorf("the sources gave %d files, want at least 20: the test looks in the wrong place", made)
	}
}

// workbench is a folder with the sources and the npm packages they need.
func workbench(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is missing, so the contracts can't be compiled again: %v", tool, err)
		}
	}
	dir := t.TempDir()
	names, err := filepath.Glob("*.sol")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, "package.json", "package-lock.json", "compile.mjs") {
		if err := os.WriteFile(filepath.Join(dir, name), read(t, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := command(t, dir, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"); err != nil {
		t.Skipf("the compiler can't be fetched: npm ci: %v\n%s", err, out)
	}
	return dir
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
