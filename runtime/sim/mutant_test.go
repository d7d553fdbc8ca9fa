package sim

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var (
	mutants = flag.Bool("mutants", false, "let TestMutants run: it builds the tests once for each guard that is removed")
	hunt    = flag.Int("hunt", 1000, "how many seeds TestMutants runs with each")
)

// A mutant is the code without one of its guards.
type mutant struct {
	name, why, file string

	old, new []string // what is replaced by what
}

func readMutants(t *testing.T) []mutant {
	t.Helper()
	files, err := filepath.Glob("testdata/mutants/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no mutants in testdata/mutants: %v", err)
	}
	var all []mutant
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := mutant{name: strings.TrimSuffix(filepath.Base(file), ".txtar"), why: strings.TrimSpace(string(ar.Comment))}
		for _, f := range ar.Files {
			text := strings.TrimSuffix(string(f.Data), "\n")
			switch f.Name {
			case "file":
				m.file = text
			case "old":
				m.old = append(m.old, text)
			case "new":
				m.new = append(m.new, text)
			}
		}
		if len(m.old) == 0 || len(m.old) != len(m.new) {
			t.Fatalf("%s: %d old texts and %d new ones", file, len(m.old), len(m.new))
		}
		all = append(all, m)
	}
	return all
}

// apply is the file with the guard removed.
func (m mutant) apply() ([]byte, error) {
	src, err := os.ReadFile(filepath.Join("../..", m.file))
	if err != nil {
		return nil, err
	}
	text := string(src)
	for i, old := range m.old {
		if n := strings.Count(text, old); n != 1 || old == m.new[i] {
			return nil, fmt.Errorf("what it replaces stands %d times in %s, not once: the guard has changed, so change testdata/mutants/%s.txtar as well", n, m.file, m.name)
		}
		text = strings.Replace(text, old, m.new[i], 1)
	}
	return []byte(text), nil
}

// Each guard that a mutant removes is still there.
func TestMutantsApply(t *testing.T) {
	for _, m := range readMutants(t) {
		if _, err := m.apply(); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
		if m.why == "" {
			t.Errorf("%s: nothing says what is wrong with it", m.name)
		}
	}
}

var found = regexp.MustCompile(`seed (\d+): (.*)`)

// Without any one of its guards the code breaks, and within a thousand seeds the
// simulator sees it.
func TestMutants(t *testing.T) {
	if !*mutants {
		t.Skip("builds the tests once for each mutant: run it by make sim, or with -mutants")
	}
	for _, m := range readMutants(t) {
		t.Run(m.name, func(t *testing.T) {
			out := m.run(t, *hunt)
			hit := found.FindStringSubmatch(out)
			if hit == nil {
				t.Fatalf("%s\nIn %d seeds nothing was found:\n%s", m.why, *hunt, out)
			}
			t.Logf("%s Found at seed %s: %s", m.why, hit[1], hit[2])
		})
	}
}

// run builds the tests with the mutant and lets it live through some seeds.
func (m mutant) run(t *testing.T, seeds int) string {
	t.Helper()
	changed, err := m.apply()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "mutant.go")
	if err := os.WriteFile(file, changed, 0o600); err != nil {
		t.Fatal(err)
	}
	whole, err := filepath.Abs(filepath.Join("../..", m.file))
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{whole: file}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, "sim.test")
	build := exec.Command("go", "test", "-c", "-overlay", filepath.Join(dir, "overlay.json"), "-o", bin, ".")
	if b, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the mutant can't be built: %v\n%s", err, b)
	}
	b, _ := exec.Command(bin, "-test.run", "^TestSeeds$", "-seeds", fmt.Sprint(seeds)).CombinedOutput()
	return string(b)
}
