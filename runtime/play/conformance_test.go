package play

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/script"
)

// Each file below testdata/conformance is one statement of calvin-reference,
// sections 1 to 3: a sentence that says it, a script, the files it includes,
// and what must come of it. The sections of a file, in any order:
//
//	run            how: `for 5s` of virtual time, `now` a time, `device NAME=VALUE`,
//	               `include FOLDER`, `real`: engines go by the real clock,
//	               `crlf`: the script has such line ends
//	issues         errors and warnings: SEVERITY CODE [FILE:]LINE:COL REASON; ? is
//	               anything, and a last line ... lets more follow. No such
//	               section: there are none
//	notes          the notes, likewise, without a severity
//	deployable.json, actors, connections, properties, signatures, requirements
//	               what the compiler prints: all of it, or one part
//	invalid        the actors of what the compiler prints of a script with errors
//	rules          the rule that holds for an actor
//	sinks          what each test.Sink takes, as matcher reads it
//	print          what io.Print prints
//	devices        what actors write to devices
//	letters        the dead letters, in any order
//
// A script with one of the last four runs: on the stage under several seeds, and
// on engines, each with and without migrations. All runs must give the same. Test
// blocks of a script run under several seeds.
func TestConformance(t *testing.T) {
	files, err := filepath.Glob("testdata/conformance/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		name, _ := filepath.Rel("testdata/conformance", strings.TrimSuffix(file, ".txtar"))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := readClaim(t, file)
			o := c.compile()
			c.compares(t, o)
			if c.runs() && o.Graph != nil {
				c.plays(t, o.Graph)
			}
			for _, trial := range o.Tests {
				c.tries(t, trial)
			}
		})
	}
}

// A claim is one file: what it says, and what it says of whom.
type claim struct {
	name     string            // of the script
	files    map[string][]byte // scripts
	expect   map[string]string // sections
	includes []string          // folders
	devices  [][2]string       // capability and JSON
	span     time.Duration     // 0: until nothing moves
	now      time.Time
	real     bool // an actor works against the clock, which stands in a bubble
}

func readClaim(t *testing.T, file string) *claim {
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(bytes.TrimSpace(ar.Comment)) == 0 {
		t.Fatal("no sentence on top")
	}
	c := &claim{files: map[string][]byte{}, expect: map[string]string{}}
	c.now = time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)
	for _, f := range ar.Files {
		if !strings.HasSuffix(f.Name, ".calvin") {
			c.expect[f.Name] = string(f.Data)
			continue
		}
		if c.name == "" {
			c.name = f.Name
		}
		c.files[f.Name] = f.Data
	}
	for _, line := range lines(c.expect["run"]) {
		key, value, _ := strings.Cut(line, " ")
		if err := c.set(key, value); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	return c
}

// set takes one line of the section run.
func (c *claim) set(key, value string) (err error) {
	switch key {
	case "for":
		c.span, err = time.ParseDuration(value)
	case "now":
		c.now, err = time.Parse(time.RFC3339, value)
	case "include":
		c.includes = append(c.includes, value)
	case "device":
		name, v, _ := strings.Cut(value, "=")
		c.devices = append(c.devices, [2]string{name, v})
	case "real":
		c.real = true
	case "crlf":
		c.files[c.name] = bytes.ReplaceAll(c.files[c.name], []byte("\n"), []byte("\r\n"))
	default:
		return errors.New("no such setting")
	}
	return err
}

// lines are the lines of a section that are not empty.
func lines(text string) []string {
	all := strings.Split(text, "\n")
	return slices.DeleteFunc(all, func(l string) bool { return strings.TrimSpace(l) == "" })
}

func (c *claim) compile() *script.Outcome {
	f, _ := script.Load(c.name, c.files[c.name], c.find)
	types := actors.All()
	return script.Build(f, script.TypesOf(types), script.WithNames(script.NamesOf(types)), script.WithActions(script.ActionsOf(types)))
}

// find looks beside the including file, then in the folders.
func (c *claim) find(from, name string) (string, []byte, error) {
	for _, dir := range append([]string{filepath.Dir(from)}, c.includes...) {
		path := filepath.Join(dir, name+".calvin")
		if src, ok := c.files[path]; ok {
			return path, src, nil
		}
	}
	return "", nil, fs.ErrNotExist
}

// runs reports whether the claim says what a run gives.
func (c *claim) runs() bool {
	for _, section := range []string{"sinks", "print", "devices", "letters"} {
		if _, ok := c.expect[section]; ok {
			return true
		}
	}
	return false
}

// endless reports whether some sink never stops taking tokens.
func (c *claim) endless() bool { return strings.Contains(c.expect["sinks"], "...]") }
