package actors_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A script's name leads to the file: std.CountTimer is in std/count_timer.go,
// with its test beside it or in the test of its folder.
func TestNamesLeadToFiles(t *testing.T) {
	for name, typ := range actors.All() {
		if typ.Spec.Name != name {
			t.Errorf("%s is listed as %s", typ.Spec.Name, name)
		}
		ns, local, ok := strings.Cut(name, ".")
		if !ok {
			t.Errorf("%s has no namespace", name)
		}
		file := filepath.Join(ns, snake(local)+".go")
		src, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Contains(src, []byte(`Name: "`+name+`"`)) {
			t.Errorf("%s does not describe %s", file, name)
		}
	}
}

// What the compiler, the help and the page read of a type must be there.
func TestSpecsAreWhole(t *testing.T) {
	for name, typ := range actors.All() {
		s := typ.Spec
		if s.Doc == "" || typ.New == nil || len(s.In)+len(s.Out) == 0 {
			t.Errorf("%s lacks a sentence, a port or New", name)
		}
		for _, a := range s.Args {
			if a.Doc == "" || a.Required && a.Default != nil {
				t.Errorf("%s: argument %s lacks a doc, or is required and has a default", name, a.Name)
			}
			if _, err := flow.AppendValue(nil, a.Default); err != nil {
				t.Errorf("%s: default of %s: %v", name, a.Name, err)
			}
		}
		if s.Identity != "" {
			// A spool has the role of whoever sends to it.
			if a, ok := s.Arg(s.Identity); !ok || a.Kind != "string" || s.Speaks == "" && name != "sys.Spool" {
				t.Errorf("%s speaks as its argument %s, which is not there, not a string, or has no role", name, s.Identity)
			}
		}
		for _, p := range append(append([]flow.Port{}, s.In...), s.Out...) {
			if p.Doc == "" {
				t.Errorf("%s: port %s lacks a doc", name, p.Name)
			}
		}
	}
}

// State that an actor saves must carry a version, and one that has none must
// not save.
func TestStateHasVersion(t *testing.T) {
	for name, typ := range actors.All() {
		a, err := made(typ, "x")
		if err != nil {
			a, err = made(typ, int64(1))
		}
		if err != nil {
			continue // its own test knows good arguments
		}
		if _, saves := a.(flow.Stateful); saves != (typ.Spec.State > 0) {
			t.Errorf("%s: saves state: %v, version %d", name, saves, typ.Spec.State)
		}
	}
}

// made makes an actor with values of its arguments' kinds, or free where there
// is none.
func made(typ flow.Type, free flow.Value) (flow.Actor, error) {
	args := map[string]flow.Value{}
	for _, a := range typ.Spec.Args {
		kind, _, _ := strings.Cut(a.Kind, "|")
		kind, _, _ = strings.Cut(kind, "<")
		switch {
		case !a.Required:
		case a.Name == "expr" || a.Name == "eval_str":
			args[a.Name] = "1"
		case a.Name == "upper":
			args[a.Name] = int64(2)
		default:
			args[a.Name] = map[string]flow.Value{"": free, "number": int64(1), "integer": int64(1), "string": "x", "bool": true,
				"list": []any{"x"}, "dict": map[string]any{"x": "x"}}[kind]
		}
	}
	return actortest.New(typ, args)
}

// One actor type, one file: no file of a namespace describes two.
func TestOneTypeAFile(t *testing.T) {
	files, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.IsExported() && returnsType(fn) {
				n++
			}
		}
		if n > 1 {
			t.Errorf("%s holds %d actor types", file, n)
		}
	}
}

func returnsType(fn *ast.FuncDecl) bool {
	if fn.Type.Results == nil || len(fn.Type.Results.List) != 1 || len(fn.Type.Params.List) != 0 {
		return false
	}
	sel, ok := fn.Type.Results.List[0].Type.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Type"
}

// snake is a type's name as a file's: CountTimer is count_timer, and HTTPGetS
// is http_get_s.
func snake(name string) string {
	upper := func(i int) bool { return i < len(name) && name[i] >= 'A' && name[i] <= 'Z' }
	var b strings.Builder
	for i, r := range name {
		if i > 0 && upper(i) && (!upper(i-1) || i+1 < len(name) && !upper(i+1)) {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
