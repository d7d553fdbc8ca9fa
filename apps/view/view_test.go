package view_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/apps/view"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// firstLoad is the most that may travel, packed, before something is seen.
const firstLoad = 60_000

func needNode(t *testing.T, module string) {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("no npm: the page cannot be built here")
	}
	if _, err := os.Stat(filepath.Join("node_modules", module)); err != nil {
		t.Skipf("no node_modules/%s: `npm ci` in apps/view installs it", module)
	}
}

// What is committed is what the sources make.
func TestBuilt(t *testing.T) {
	needNode(t, "vite")
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "npx", "vite", "build", "--outDir", dir, "--logLevel", "warn").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	want, got := read(t, os.DirFS(dir)), read(t, view.Files())
	for name, data := range want {
		if !bytes.Equal(got[name], data) {
			t.Errorf("dist/%s differs from what the sources make: run `go generate ./apps/view` and commit dist", name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("dist/%s is made by no source: run `go generate ./apps/view` and commit dist", name)
		}
	}
}

func TestSourcesCheck(t *testing.T) {
	needNode(t, "svelte-check")
	if out, err := exec.CommandContext(t.Context(), "npx", "svelte-check", "--fail-on-warnings", "--output", "human").CombinedOutput(); err != nil {
		t.Fatalf("svelte-check: %v\n%s", err, out)
	}
}

func read(t testing.TB, files fs.FS) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		all[name], err = fs.ReadFile(files, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// All that loads before anything is asked for, letters included, is small; and
// the page holds nothing inline that the content policy would forbid.
func TestFirstLoad(t *testing.T) {
	files := read(t, pageFiles())
	sum := 0
	for _, name := range first(files) {
		size := len(files[name])
		if !strings.HasSuffix(name, ".woff2") { // packed already
			size = packed(t, files[name])
		}
		t.Logf("%6d %s", size, name)
		sum += size
	}
	t.Logf("%6d bytes in all", sum)
	if sum > firstLoad {
		t.Errorf("the first load is %d bytes packed, want at most %d", sum, firstLoad)
	}
	index := files["index.html"]
	for _, inline := range []string{`<script>`, `<script type="module">`, "<style", " style=", " onclick="} {
		if bytes.Contains(index, []byte(inline)) {
			t.Errorf("index.html has %q inline", inline)
		}
	}
}

// What one file fetches at once: what a page names, what a module imports (not
// what it would import when asked), and the letters of a style sheet.
var fetches = regexp.MustCompile(`(?:(?:src|href)="/|(?:^|[;}\s])import[^("';]*"\./|[} ]from"\./|url\(/)([\w./-]+)`)

// first are the files of the first load, sorted: the page, and all that it and
// what it fetches fetch at once.
func first(files map[string][]byte) []string {
	found := map[string]bool{"index.html": true}
	for todo := []string{"index.html"}; len(todo) > 0; {
		name := todo[0]
		todo = todo[1:]
		for _, m := range fetches.FindAllSubmatch(files[name], -1) {
			next := string(m[1])
			if _, ok := files[next]; !ok {
				next = path.Join(path.Dir(name), next)
			}
			if _, ok := files[next]; ok && !found[next] {
				found[next] = true
				todo = append(todo, next)
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func packed(t testing.TB, data []byte) int {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Len()
}

// The lock file pins by hash, and names no place that packages come from.
func TestLockNamesNoRegistry(t *testing.T) {
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(lock, []byte(`"resolved"`)) {
		t.Error(`package-lock.json has "resolved" fields: .npmrc keeps them out, so make it anew with that`)
	}
	if !bytes.Contains(lock, []byte(`"integrity": "sha512-`)) {
		t.Error("package-lock.json pins nothing")
	}
}

// What src/types.ts and src/answers.ts say of a snapshot and of answers, Go says
// too: each field is there under that name, and is optional where Go leaves out
// what is empty.
func TestTypes(t *testing.T) {
	var source []byte
	for _, name := range []string{"src/types.ts", "src/answers.ts"} {
		part, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, part...)
	}
	types := map[string]reflect.Type{}
	for _, v := range []any{control.Snapshot{}, control.NodeState{}, control.App{}, control.ActorState{}, control.Judged{}, flow.Endpoint{}, flow.Identity{},
		control.LinkState{}, control.Refusal{}, control.ChainState{}, control.Judging{}, control.RegisterState{}, control.StoreState{}, control.Event{}, control.Problem{},
		control.NodeLoad{}, control.NodeFacts{}, control.PeerState{}, control.VoterState{}, control.Pin{}, control.Lease{}, control.SpoolState{}, control.Caller{}, flow.Replica{},
		control.Issue{}, control.Fix{}, control.Range{}, control.TextEdit{}, control.Completion{}, control.Hover{}, control.Explanation{}, flow.Link{},
		control.PlanResult{}, control.Planned{}, control.Choice{}, control.Going{},
		control.Alarm{}, control.ChecksState{}, control.Certificates{}, control.Certificate{}, control.Silence{}, control.Timeline{}, control.Span{}, flow.Spec{}, flow.Port{}, flow.ArgSpec{}} {
		types[reflect.TypeOf(v).Name()] = reflect.TypeOf(v)
	}
	field := regexp.MustCompile(`(?m)^  (\w+)(\??): (.+);$`)
	for _, part := range regexp.MustCompile(`(?s)export interface (\w+) \{\n(.*?)\n\}`).FindAllStringSubmatch(string(source), -1) {
		name := part[1]
		typ, ok := types[name]
		if !ok {
			t.Errorf("interface %s has no Go type in this test", name)
			continue
		}
		delete(types, name)
		fields := jsonFields(typ)
		for _, f := range field.FindAllStringSubmatch(part[2], -1) {
			goes, ok := fields[f[1]]
			switch {
			case !ok:
				t.Errorf("%s.%s is not in Go's %v", name, f[1], typ)
			case goes.optional != (f[2] == "?"):
				t.Errorf("%s.%s: optional %t in Go, %t in the page", name, f[1], goes.optional, f[2] == "?")
			case !fits(goes.typ, f[3]):
				t.Errorf("%s.%s is a %v in Go and a %s in the page", name, f[1], goes.typ, f[3])
			}
		}
	}
	for name := range types {
		t.Errorf("neither types.ts nor answers.ts has an interface %s", name)
	}
}

type jsonField struct {
	typ      reflect.Type
	optional bool
}

func jsonFields(typ reflect.Type) map[string]jsonField {
	out := map[string]jsonField{}
	for _, f := range reflect.VisibleFields(typ) {
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			out[name] = jsonField{f.Type, strings.Contains(rest, "omitempty") || strings.Contains(rest, "omitzero")}
		}
	}
	return out
}

// fits reports whether a Go type is written as a TypeScript one reads.
func fits(typ reflect.Type, script string) bool {
	var want string
	switch typ.Kind() {
	case reflect.Pointer:
		return fits(typ.Elem(), script)
	case reflect.Slice:
		return strings.HasSuffix(script, "[]") && fits(typ.Elem(), strings.TrimSuffix(script, "[]"))
	case reflect.Map:
		inner, ok := strings.CutPrefix(script, "Record<string, ")
		return ok && fits(typ.Elem(), strings.TrimSuffix(inner, ">"))
	case reflect.String:
		want = "string"
		if typ == reflect.TypeFor[control.State]() {
			want = "State"
		}
	case reflect.Bool:
		want = "boolean"
	case reflect.Struct:
		want = typ.Name()
		if want == "Time" {
			want = "string"
		}
	default:
		want = "number"
	}
	return fmt.Sprint(want) == script
}

// The banner says what the command line says.
func TestWordsOfNoMajority(t *testing.T) {
	source, err := os.ReadFile("src/panels/majority.ts")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{control.GoesOn, control.Stops} {
		if !bytes.Contains(source, []byte(strconv.Quote(want))) {
			t.Errorf("src/panels/majority.ts does not say %q, as package control does", want)
		}
	}
}
