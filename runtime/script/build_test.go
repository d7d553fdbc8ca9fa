package script

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

// Compiling twice gives the same to the byte, whatever the script: graph,
// tests, issues and deployable.
func TestBuildIsDeterministic(t *testing.T) {
	for seed := range uint64(300) {
		sameTwice(t, generate(seed))
	}
	sameTwice(t, ward(20))
}

func sameTwice(t *testing.T, src []byte) {
	t.Helper()
	one, two := build("x.calvin", src, nil, nil), build("x.calvin", src, nil, nil)
	if !reflect.DeepEqual(one.Issues, two.Issues) {
		t.Fatalf("issues\n%v\nthen\n%v\nof\n%s", one.Issues, two.Issues, src)
	}
	if a, b := trialsText(one.Tests), trialsText(two.Tests); a != b {
		t.Fatalf("tests\n%s\nthen\n%s\nof\n%s", a, b, src)
	}
	a, err := one.Deployable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := two.Deployable()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Fatalf("deployable\n%s\nthen\n%s\nof\n%s", a, b, src)
	}
}

// Whatever the text, compiling ends without a panic, twice the same, with a
// graph only when there is no error.
func FuzzBuild(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(generate(seed))
	}
	f.Add(ward(2))
	f.Add([]byte("for a in [1]{for b in [a]{c:io.Print() a>c.token apply c:all_nodes()}}"))
	f.Add([]byte("component C(l=[1])->o{for x in l{s:std.Counter() s.integer>.o}} c:C() c.o>voidport test \"t\"{expect c.o [1]...}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if o := build("x.calvin", src, nil, nil); (o.Graph == nil) != (o.Issues.Err() != nil) {
			t.Fatalf("a graph %v, issues %v", o.Graph != nil, o.Issues)
		}
		sameTwice(t, src)
	})
}

// An issue in an included file says so in the deployable; one of the script
// itself needs no file.
func TestDeployableNamesIncludes(t *testing.T) {
	o := build("x.calvin", []byte("include lib\nl : Lib()\na : std.Counter(m=1)\na.integer > voidport\n"), map[string][]byte{
		"lib.calvin": []byte("component Lib() -> {\n  c : std.Counter(m=1)\n  c.integer > voidport\n}\n"),
	}, nil)
	text, err := o.Deployable()
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Issues []struct {
			Reason, File string
			Line         int
		}
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	files := map[string]int{}
	for _, i := range d.Issues {
		if i.Reason == "Excess argument: 'm'" {
			files[i.File] = i.Line
		}
	}
	if len(files) != 2 || files[""] != 3 || files["lib.calvin"] != 2 {
		t.Fatalf("lines of the mistakes by file: %v in\n%s", files, text)
	}
}
