package script

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
)

// finding finds scripts by name. It tells which were asked for, and by whom.
func finding(texts map[string]string, asked *[]string) Find {
	return func(from, name string) (string, []byte, error) {
		*asked = append(*asked, from+" wants "+name)
		text, ok := texts[name]
		switch {
		case !ok:
			return "", nil, fs.ErrNotExist
		case text == "locked":
			return name + ".calvin", nil, errors.New("permission denied")
		}
		return name + ".calvin", []byte(text), nil
	}
}

func TestLoad(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		texts     map[string]string
		want      string // the tree, as Print has it
		issues    string // codes with places
	}{
		{
			name:  "in place",
			src:   "a : T()\ninclude b\nc : T()\n",
			texts: map[string]string{"b": "b : T()\n"},
			want:  "a : T()\nb : T()\nc : T()\n",
		},
		{
			name:  "an order of its own",
			src:   "include lib\ndefine X = 1\ninclude lib2\ncomponent C() -> { a : T() }\n",
			texts: map[string]string{"lib": "define Y = 2\ncomponent D() -> { a : T() }\nb : T()", "lib2": "define Z = 3"},
			want:  "define Y = 2\ndefine X = 1\ndefine Z = 3\ncomponent D() -> {\n    a : T()\n}\ncomponent C() -> {\n    a : T()\n}\nb : T()\n",
		},
		{
			name:  "once",
			src:   "include b\ninclude c\ninclude b\n",
			texts: map[string]string{"b": "b : T()\n", "c": "include b\nc : T()\n"},
			want:  "b : T()\nc : T()\n",
		},
		{
			name:  "in a component: once in each",
			src:   "component C() -> {\n  include b\n  include b\n}\ncomponent D() -> {\n  include b\n}\n",
			texts: map[string]string{"b": "b : T()\n"},
			want:  "component C() -> {\n    b : T()\n}\ncomponent D() -> {\n    b : T()\n}\n",
		},
		{
			name:   "in a component: no definitions",
			src:    "component C() -> {\n  include b\n}\n",
			texts:  map[string]string{"b": "\n b : T()\n define X = 1\n}"},
			want:   "define X = 1\ncomponent C() -> {\n    b : T()\n}\n",
			issues: "WF0115 b.calvin:3:2, WF0107 b.calvin:4:1",
		},
		{
			name:   "not there",
			src:    "\n  include b # a comment\n",
			issues: "WF0121 main.calvin:2:11",
		},
		{
			name:   "not readable",
			src:    "include b",
			texts:  map[string]string{"b": "locked"},
			issues: "WF0124 main.calvin:1:9",
		},
		{
			name:   "itself",
			src:    "include main",
			texts:  map[string]string{"main": "include main"},
			issues: "WF0122 main.calvin:1:1",
		},
		{
			name:   "a circle",
			src:    "include b",
			texts:  map[string]string{"b": "b : T()\ninclude c", "c": "include b\nc : T()"},
			want:   "b : T()\nc : T()\n",
			issues: "WF0122 c.calvin:1:1",
		},
		{
			name: "no include",
			src:  "/* not at the left */ include : T()\n# include b\n\"include b\" > c.in\n/*\ninclude b\n*/\na.x >\n  include.y\n",
			want: "include : T()\n\"include b\" > c.in\na.x > include.y\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked []string
			f, issues := Load("main.calvin", []byte(tt.src), finding(tt.texts, &asked))
			if got := string(Print(f)); got != tt.want {
				t.Errorf("the script is\n%s\nwant\n%s", got, tt.want)
			}
			var codes []string
			for _, i := range issues {
				codes = append(codes, i.Code+" "+i.Pos())
				if f.Source(i.File) == nil {
					t.Errorf("%v: there is no source of its file", i)
				}
			}
			if got := strings.Join(codes, ", "); got != tt.issues {
				t.Errorf("issues %s, want %s\n%s", got, tt.issues, issues.Format(f.Source))
			}
		})
	}
}

// A file is looked for from the file that includes it.
func TestLoadFrom(t *testing.T) {
	var asked []string
	Load("dir/main.calvin", []byte("include a\ninclude b"), finding(map[string]string{"a": "include b", "b": ""}, &asked))
	want := "[dir/main.calvin wants a a.calvin wants b dir/main.calvin wants b]"
	if got := fmt.Sprint(asked); got != want {
		t.Fatalf("asked %s, want %s", got, want)
	}
}

// A chain of files ends somewhere.
func TestLoadDeep(t *testing.T) {
	n := 0
	_, issues := Load("main.calvin", []byte("include f0"), func(_, name string) (string, []byte, error) {
		n++
		return name, fmt.Appendf(nil, "include f%d", n), nil
	})
	if len(issues) != 1 || issues[0].Code != tooDeep.code || n > 2*maxDepth {
		t.Fatalf("after %d files: %v", n, issues)
	}
}
