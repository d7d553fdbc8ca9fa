package contracts

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// What is committed in build is what the sources give, byte for byte. To
// compile everything takes half a minute of a core, so without -long only the
// small contracts are; the others' sources must then be those whose hashes were
// taken when build was made.
func TestBuild(t *testing.T) {
	t.Parallel()
	needs(t, "node_modules/solc/package.json")
	needs(t, "node_modules/@openzeppelin/contracts/package.json")
	out := t.TempDir()
	args := []string{"compile.mjs", out}
	patterns := []string{"*.abi", "*.bin", "*.runtime", "london/*", "sources.sha256"}
	want := 23
	if !*long {
		args = append(args, "AgreementRule", "IRule", "LimitRule", "SlopeRule")
		want = 14
	}
	if text, err := command(t, ".", "node", args...); err != nil {
		t.Fatalf("compile: %v\n%s", err, text)
	}
	made := 0
	for _, pattern := range patterns {
		files, err := filepath.Glob(filepath.Join(out, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name, err := filepath.Rel(out, file)
			if err != nil {
				t.Fatal(err)
			}
			same(t, name, read(t, file))
			made++
		}
	}
	if made != want {
		t.Errorf("the sources gave %d files, want %d", made, want)
	}
}

// The bindings are what abigen makes of the ABIs in build.
func TestBindings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, pattern := range []string{"*.abi", "*.bin"} {
		files, err := filepath.Glob(filepath.Join("build", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), read(t, file), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if out, err := command(t, ".", "go", "run", "./bind", dir); err != nil {
		t.Fatalf("bind: %v\n%s", err, out)
	}
	same(t, "bindings.go", read(t, filepath.Join(dir, "bindings.go")))
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
