package script_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// explained compiles an example of a page with the actor types of the house.
func explained(t *testing.T, p script.Page, name string) script.Issues {
	t.Helper()
	find := func(_, name string) (string, []byte, error) {
		text, ok := p.Files[name+".calvin"]
		switch {
		case !ok:
			return "", nil, fs.ErrNotExist
		case strings.Contains(text, "nobody may read this"):
			return name + ".calvin", nil, fs.ErrPermission
		}
		return name + ".calvin", []byte(text), nil
	}
	args := map[string]flow.Value{}
	if text, ok := p.Files["args"]; ok {
		if err := json.Unmarshal([]byte(text), &args); err != nil {
			t.Fatal(err)
		}
	}
	types := actors.All()
	f, _ := script.Load(name, []byte(p.Files[name]), find)
	o := script.Build(f, script.TypesOf(types), script.WithNames(script.NamesOf(types)),
		script.WithActions(script.ActionsOf(types)), script.WithArgs(args))
	return o.Issues
}

// Every code has a page; its bad example has the mistake, and its good example
// has neither that nor any error.
func TestPages(t *testing.T) {
	for _, code := range script.Codes() {
		t.Run(code, func(t *testing.T) {
			p, ok := script.Explain(code)
			if !ok || p.Title == "" || p.Why == "" || p.Good == "" {
				t.Fatalf("the page lacks something: %+v", p)
			}
			has := func(i script.Issue) bool { return i.Code == code }
			bad := ""
			for name := range p.Files {
				if name == "bad.calvin" || name == "ward:3.calvin" {
					bad = name
				}
			}
			if issues := explained(t, p, bad); !slices.ContainsFunc(issues, has) {
				t.Errorf("the bad example gives no %s, but\n%v", code, issues)
			}
			issues := explained(t, p, "good.calvin")
			if err := issues.Err(); err != nil || slices.ContainsFunc(issues, has) {
				t.Errorf("the good example gives\n%v", issues)
			}
		})
	}
}

// The codes that the source knows are those that have a page.
func TestEveryCodeHasAPage(t *testing.T) {
	src, err := os.ReadFile("codes.go")
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, m := range regexp.MustCompile(`mistake\{"(WF\d{4})"`).FindAllSubmatch(src, -1) {
		codes = append(codes, string(m[1]))
	}
	slices.Sort(codes)
	if twice := slices.Compact(slices.Clone(codes)); len(twice) != len(codes) {
		t.Errorf("two mistakes share a code: %v", codes)
	}
	if pages := script.Codes(); !slices.Equal(codes, pages) {
		t.Errorf("codes %v\npages %v", codes, pages)
	}
}

func TestExplainUnknown(t *testing.T) {
	if p, ok := script.Explain("WF9999"); ok {
		t.Fatalf("Explain of no code gives %+v", p)
	}
	if p, ok := script.Explain("wf0404"); !ok || p.Code != "WF0404" {
		t.Fatalf("Explain(wf0404) gives %+v, %v", p, ok)
	}
}

// Where the help of a mistake is an edit, the edit mends it.
func TestFixesMend(t *testing.T) {
	mended := 0
	for _, code := range script.Codes() {
		p, _ := script.Explain(code)
		for _, i := range explained(t, p, "bad.calvin") {
			if len(i.Fix) == 0 || i.File != "bad.calvin" {
				continue
			}
			text := p.Bad
			for _, e := range slices.Backward(i.Fix) {
				text = text[:e.Span.Start.Offset] + e.New + text[e.Span.End.Offset:]
			}
			after := script.Page{Files: maps.Clone(p.Files)}
			after.Files["bad.calvin"] = text
			for _, j := range explained(t, after, "bad.calvin") {
				if j.Code == i.Code && j.Span.Start == i.Span.Start && j.Severity == i.Severity {
					t.Errorf("%s: with %v\n%s\nthere still is %v", code, i.Fix, text, j)
				}
			}
			mended++
		}
	}
	if mended < 10 {
		t.Errorf("only %d mistakes have an edit that mends them", mended)
	}
}
