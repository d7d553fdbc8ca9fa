package calvinscripts_test

import (
	"bytes"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/play"
	"github.com/wardflow/wardflow/runtime/script"
)

var update = flag.Bool("update", false, "write the scripts as wardflow fmt would")

// scripts are the files of this folder and those below it.
func scripts(t *testing.T) []string {
	var files []string
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".calvin") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	return files
}

// build compiles a script with what it includes.
func build(t *testing.T, file string) *script.Outcome {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := script.Load(file, src, func(from, name string) (string, []byte, error) {
		path := filepath.Join(filepath.Dir(from), name+".calvin")
		src, err := os.ReadFile(path)
		return path, src, err
	})
	types := actors.All()
	return script.Build(f, script.TypesOf(types), script.WithNames(script.NamesOf(types)), script.WithActions(script.ActionsOf(types)))
}

// Every script compiles, and nothing about it is worth a warning.
func TestScriptsAreWithoutMistakes(t *testing.T) {
	for _, file := range scripts(t) {
		for _, i := range build(t, file).Issues {
			if i.Severity != script.Note {
				t.Error(i)
			}
		}
	}
}

// The tests that stand in the scripts pass, whatever the order in which actors
// run.
func TestScriptsPassTheirTests(t *testing.T) {
	for _, file := range scripts(t) {
		for _, trial := range build(t, file).Tests {
			t.Run(file+"/"+trial.Name, func(t *testing.T) {
				for seed := range uint64(20) {
					v := play.Test(trial, play.TestConfig{Types: actors.All(), Devices: mocks, Seed: seed})
					for _, f := range v.Failures {
						t.Errorf("seed %d: %s:%d: %s %s: got %v, want %v", seed, f.File, f.Span.Start.Line, f.Port, f.Why, f.Got, f.Want)
					}
					for id, why := range v.Stopped {
						t.Errorf("seed %d: %s stopped: %s", seed, id, why)
					}
					if t.Failed() {
						return
					}
				}
			})
		}
	}
}

// mocks are devices without hardware, and a paper that nobody reads.
func mocks() *device.Set {
	set := device.Mocks()
	set.Bind("io.stdout", io.Discard)
	return set
}

// Lessons are there to be tried: each has a test.
func TestLessonsHaveTests(t *testing.T) {
	lessons, err := filepath.Glob("tutorial/[0-9]*.calvin")
	if err != nil || len(lessons) < 10 {
		t.Fatalf("%d lessons: %v", len(lessons), err)
	}
	for _, file := range lessons {
		if len(build(t, file).Tests) == 0 {
			t.Errorf("%s has no test block", file)
		}
	}
}

// Every script is as wardflow fmt writes it.
func TestScriptsAreFormatted(t *testing.T) {
	for _, file := range scripts(t) {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, issues := script.Format(src, file)
		if err := issues.Err(); err != nil {
			t.Error(err)
			continue
		}
		if *update {
			err = os.WriteFile(file, want, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		if !*update && !bytes.Equal(src, want) {
			t.Errorf("%s is not as wardflow fmt -w %s would write it", file, file)
		}
	}
}

// Every script says on top what it is for.
func TestScriptsSayWhatTheyShow(t *testing.T) {
	for _, file := range scripts(t) {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(src, []byte("# ")) {
			t.Errorf("%s begins without a comment", file)
		}
	}
}

// What the README shows is lesson nine, without its words.
func TestReadmeShowsALesson(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	lesson, err := os.ReadFile("tutorial/09-beds.calvin")
	if err != nil {
		t.Fatal(err)
	}
	_, code, ok := strings.Cut(string(lesson), "\n\n")
	if !ok || !strings.Contains(string(readme), strings.TrimSpace(code)) {
		t.Error("README.md does not show tutorial/09-beds.calvin as it is: copy it there")
	}
}
