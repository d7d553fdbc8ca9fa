// Package runtime_test holds the house to its plan: every package is
// documented, the arrows of import point down, and each large dependency has
// one keeper.
package runtime_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/wardflow/wardflow/"

// arrows are the imports that each room may have, beside the standard library
// and what it keeps. A room is a folder and all below it; tests are free.
var arrows = map[string][]string{
	"runtime/flow":      {},
	"runtime/link":      {"runtime/flow"},
	"runtime/kind":      {},
	"runtime/leaktest":  {},
	"runtime/porttest":  {},
	"runtime/wal":       {},
	"runtime/durable":   {},
	"runtime/journal":   {"runtime/flow", "runtime/wal"},
	"runtime/firing":    {"runtime/flow"},
	"runtime/stage":     {"runtime/flow", "runtime/firing"},
	"runtime/script":    {"runtime/flow", "runtime/kind"},
	"runtime/lsp":       {"runtime/flow", "runtime/script"},
	"runtime/device":    {"runtime/flow", "runtime/kind", "runtime/wal"},
	"runtime/play":      {"runtime/flow", "runtime/script", "runtime/stage", "runtime/engine", "runtime/device"},
	"runtime/placement": {"runtime/flow"},
	"runtime/expand":    {"runtime/flow", "runtime/placement"},
	"runtime/lease":     {"runtime/flow"},
	"runtime/capsule":   {"runtime/flow", "runtime/link"},
	"runtime/agree":     {"runtime/flow"},
	"runtime/sim":       {"runtime/flow", "runtime/link", "runtime/capsule", "runtime/register", "runtime/placement", "runtime/expand", "runtime/lease", "runtime/store"},
	"runtime/pki":       {"runtime/flow", "runtime/durable"},
	"runtime/card":      {"runtime/flow", "runtime/pki"},
	"runtime/enroll":    {"runtime/flow", "runtime/pki", "runtime/gate", "runtime/durable"},
	"runtime/gate":      {"runtime/flow"},
	"runtime/policy":    {"runtime/flow"},
	"runtime/audit":     {"runtime/flow", "runtime/wal"},
	"runtime/ingest":    {"runtime/flow", "runtime/pki", "runtime/proof", "runtime/gate", "runtime/device/mqtt"},
	"runtime/engine":    {"runtime/flow", "runtime/link", "runtime/firing", "runtime/capsule"},
	"runtime/remote":    {"runtime/flow", "runtime/link", "runtime/pki", "runtime/gate", "proto"},
	"runtime/member":    {"runtime/flow", "runtime/durable"},
	"runtime/register":  {"runtime/flow", "runtime/agree"},
	"runtime/chain":     {"runtime/flow", "runtime/durable", "contracts"},
	"runtime/ucum":      {},
	"runtime/rule":      {"runtime/flow", "runtime/chain", "runtime/ucum", "contracts"},
	"runtime/proof":     {"runtime/flow"},
	"runtime/tlog":      {"runtime/flow", "runtime/wal", "runtime/durable"},
	"runtime/anchor":    {"runtime/flow", "runtime/chain", "runtime/tlog", "runtime/proof", "runtime/durable", "runtime/wal", "contracts"},
	"runtime/registry":  {"runtime/flow", "runtime/chain", "contracts"},
	"runtime/evidence":  {"runtime/flow", "runtime/pki", "runtime/chain", "runtime/tlog", "runtime/proof", "runtime/anchor", "contracts"},
	"runtime/store":     {"runtime/flow", "runtime/proof", "runtime/agree"},
	"runtime/tap":       {"runtime/flow"},
	"runtime/trace":     {"runtime/flow"},
	"runtime/meter":     {"runtime/flow", "runtime/engine", "runtime/control"},
	"runtime/doctor":    {"runtime/flow", "runtime/pki", "runtime/control"},
	"runtime/control":   {"runtime/flow", "runtime/gate", "runtime/proof", "runtime/tap"},
	"runtime/node":      {"runtime", "apps/view"},
	"actors":            {"runtime/flow", "runtime/firing", "runtime/proof", "runtime/store", "runtime/device"},
	"apps/editor":       {"runtime/script"},
	"apps/view":         {},
	"apps/hospital":     {"runtime", "actors", "calvinscripts"},
	"apps/trial":        {"runtime", "actors", "apps/hospital", "calvinscripts"},
	"apps/attack":       {"runtime", "actors", "apps/hospital", "apps/trial", "calvinscripts"},
	"calvinscripts":     {},
	"contracts":         {},
	"proto":             {},
	"cmd":               {"runtime", "actors", "apps", "calvinscripts", "contracts"},
}

// keepers are the only rooms that may import a large dependency.
var keepers = map[string][]string{
	"github.com/asynkron/protoactor-go":  {"runtime/engine"},
	"google.golang.org/grpc":             {"runtime/remote", "proto"},
	"google.golang.org/protobuf":         {"runtime/remote", "runtime/trace/tracetest", "proto"},
	"github.com/bufbuild/protocompile":   {"proto"},
	"github.com/hashicorp/memberlist":    {"runtime/member"},
	"github.com/hashicorp/raft":          {"runtime/register", "runtime/agree"},
	"github.com/hashicorp/raft-wal":      {"runtime/register", "runtime/agree"},
	"github.com/ethereum/go-ethereum":    {"runtime/chain", "runtime/rule", "runtime/anchor", "runtime/registry", "contracts"},
	"zombiezen.com/go/sqlite":            {"runtime/store/sqlite"},
	"github.com/fxamacker/cbor":          {"runtime/proof"},
	"github.com/veraison/go-cose":        {"runtime/proof"},
	"github.com/transparency-dev/merkle": {"runtime/proof", "runtime/tlog"},
	"github.com/spf13/cobra":             {"cmd"},
	"charm.land/fang":                    {"cmd"},
	"charm.land/lipgloss":                {"cmd"},
	"github.com/prometheus":              {"runtime/meter"},
	"go.opentelemetry.io/otel":           {"runtime/trace"},
	"github.com/swaggest":                {"runtime/control"},
	"github.com/creachadair/jrpc2":       {"runtime/lsp"},
	"github.com/expr-lang/expr":          {"actors/math"},
	"github.com/cbroglie/mustache":       {"actors/text"},
	"github.com/eclipse/paho.golang":     {"runtime/device", "runtime/ingest"},
	"github.com/mochi-mqtt/server":       {"runtime/ingest", "runtime/device/mqtt/mqtttest"},
	"github.com/cedar-policy/cedar-go":   {"runtime/policy"},
	"github.com/ThalesGroup/crypto11":    {"runtime/pki/token"},
	"github.com/youmark/pkcs8":           {"runtime/pki"},
	"golang.org/x/crypto/ocsp":           {"runtime/pki"},
	"golang.org/x/time":                  {"runtime/gate", "runtime/ingest"},
	"go.yaml.in/yaml":                    {"runtime/node", "runtime/rule", "apps/hospital", "cmd"},
}

// A pkg is one folder with Go files.
type pkg struct {
	dir     string
	written bool // has a file that was not generated
	doc     bool
	imports map[string]string // import path → the file that has it
}

func TestHouse(t *testing.T) {
	for _, p := range packages(t) {
		if p.written && !p.doc {
			t.Errorf("%s has no package comment: say in doc.go what it is for", p.dir)
		}
		room := roomOf(p.dir)
		if room == "" {
			t.Errorf("%s is in no room of the plan: give it a line in arrows", p.dir)
			continue
		}
		for imp, file := range p.imports {
			checkArrow(t, room, imp, file)
			checkKeeper(t, room, p.dir, imp, file)
		}
	}
}

func checkArrow(t *testing.T, room, imp, file string) {
	target, ours := strings.CutPrefix(imp, module)
	if !ours || within(target, room) {
		return
	}
	for _, allowed := range arrows[room] {
		if within(target, allowed) {
			return
		}
	}
	t.Errorf("%s imports %s: %s may import %v only", file, target, room, arrows[room])
}

func checkKeeper(t *testing.T, room, dir, imp, file string) {
	for dep, rooms := range keepers {
		if !within(imp, dep) {
			continue
		}
		if !slices.ContainsFunc(rooms, func(k string) bool { return within(dir, k) }) {
			t.Errorf("%s imports %s, which only %v may", file, imp, rooms)
		}
	}
	if strings.HasPrefix(imp, "github.com/ethereum/go-ethereum/cmd/") {
		t.Errorf("%s imports %s: go-ethereum's commands are GPL, not LGPL", file, imp)
	}
}

func roomOf(dir string) string {
	best := ""
	for room := range arrows {
		if within(dir, room) && len(room) > len(best) {
			best = room
		}
	}
	return best
}

func within(p, room string) bool { return p == room || strings.HasPrefix(p, room+"/") }

// packages reads the imports of every package that is not a test.
func packages(t *testing.T) map[string]*pkg {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*pkg{}
	err = filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "node_modules" || name == "testdata" || name == "wardflow-data" || strings.HasPrefix(name, ".") && file != root {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		return read(found, root, file)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 10 {
		t.Fatalf("found %d packages below %s: the test looks in the wrong place", len(found), root)
	}
	return found
}

func read(found map[string]*pkg, root, file string) error {
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(root, file)
	if err != nil {
		return err
	}
	rel = filepath.ToSlash(rel)
	dir := path.Dir(rel)
	p := found[dir]
	if p == nil {
		p = &pkg{dir: dir, imports: map[string]string{}}
		found[dir] = p
	}
	p.doc = p.doc || f.Doc != nil
	p.written = p.written || !ast.IsGenerated(f)
	for _, imp := range f.Imports {
		p.imports[strings.Trim(imp.Path.Value, `"`)] = rel
	}
	return nil
}
