package view_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What the compiler of the page uses itself is not in what it makes: of its
// packages, only these are.
var compiled = map[string][]string{"svelte": {"clsx", "esm-env"}}

// Each package that is built into the page is named, with its licence, in the
// file that goes with it; and nothing is named that isn't in it.
func TestLicences(t *testing.T) {
	var lock struct {
		Packages map[string]struct {
			Dependencies map[string]string `json:"dependencies"`
		} `json:"packages"`
	}
	read := func(file string) []byte {
		t.Helper()
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if err := json.Unmarshal(read("package-lock.json"), &lock); err != nil {
		t.Fatal(err)
	}
	built := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		if built[name] {
			return
		}
		built[name] = true
		needs := slices.Collect(maps.Keys(lock.Packages["node_modules/"+name].Dependencies))
		if few, ok := compiled[name]; ok {
			needs = few
		}
		for _, n := range needs {
			add(n)
		}
	}
	// import … from "pkg/file", import "pkg", import("pkg"), url("pkg/file")
	use := regexp.MustCompile(`(?:from|import|import\(|url\()\s*["']((?:@[\w-]+/)?[\w-]+)[/"']`)
	err := fs.WalkDir(os.DirFS("."), "src", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		for _, m := range use.FindAllSubmatch(read(name), -1) {
			add(string(m[1]))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	add("svelte") // every component is made by it
	named := map[string]bool{}
	head, _, _ := strings.Cut(string(read("public/licences.txt")), "\n\n\n")
	for _, m := range regexp.MustCompile(`(?m)^(\S+) {2,}(\S.*\S) {2,}https://\S+$`).FindAllStringSubmatch(head, -1) {
		named[m[1]] = true
	}
	for name := range built {
		if !named[name] {
			t.Errorf("%s is built into the page: public/licences.txt says nothing of it", name)
		}
	}
	for name := range named {
		if !built[name] {
			t.Errorf("public/licences.txt names %s, which is not in the page", name)
		}
	}
}
