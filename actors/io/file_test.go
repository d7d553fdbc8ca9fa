package ioactors_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors/actortest"
	ioactors "github.com/wardflow/wardflow/actors/io"
	"github.com/wardflow/wardflow/runtime/device/files"
	"github.com/wardflow/wardflow/runtime/flow"
)

// folder is a directory that a node allows.
func folder(t *testing.T) (string, *files.Folders) {
	t.Helper()
	dir := t.TempDir()
	f, err := files.Open([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return dir, f
}

func TestFileReader(t *testing.T) {
	dir, f := folder(t)
	for name, text := range map[string]string{
		"data.txt": "the quick\r\nbrown\n\nfox", "empty.txt": "", "long.txt": "a\n" + strings.Repeat("x", 300<<10) + "\nb\n", "bytes.txt": "\xff\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := actortest.Start(t, actortest.NewEnv().Offer("io.filereader", f), ioactors.FileReader(), nil)
	b.Feed("filename", "data.txt", "none.txt", "empty.txt", "../secret", "long.txt", "bytes.txt")
	b.Run()
	want := []flow.Value{"the quick", "brown", "", "fox", flow.EOS,
		flow.Exceptional("File not found"), flow.EOS,
		flow.Exceptional("../secret: outside what this node allows"),
		"a", flow.Exceptional("long.txt: a line has more than 262144 bytes"),
		"\uFFFD", flow.EOS}
	if got := b.Take("out"); !reflect.DeepEqual(got, want) {
		t.Errorf("gives %q, want %q", got, want)
	}
	b.Feed("filename", int64(7))
	if err := b.TryRun(); err == nil || len(b.Letters()) != 1 {
		t.Errorf("a name that is a number: %v, want a dead letter", err)
	}
}

// A reader that moves goes on at the next line; where the file is another, it
// says so.
func TestFileReaderMoves(t *testing.T) {
	dir, f := folder(t)
	path := filepath.Join(dir, "data.txt")
	if err := os.WriteFile(path, []byte("one\ntwo\nthree\nfour\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := actortest.Start(t, actortest.NewEnv().Offer("io.filereader", f), ioactors.FileReader(), nil)
	b.Room = 1
	b.Feed("filename", "data.txt")
	b.Run()
	got := b.Take("out")
	b.Restart()
	b.Run()
	got = append(got, b.Take("out")...)
	if !reflect.DeepEqual(got, []flow.Value{"one", "two"}) {
		t.Errorf("gives %q, want one and two", got)
	}
	if err := os.WriteFile(path, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Restart()
	b.Run()
	if got := b.Take("out"); !reflect.DeepEqual(got, []flow.Value{flow.Exceptional("data.txt can't be read on: it is shorter than what was read")}) {
		t.Errorf("gives %q, want an exception", got)
	}
}

// texts are the files of a directory.
func texts(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		found[e.Name()] = string(b)
	}
	return found
}

func TestFileWriter(t *testing.T) {
	dir, f := folder(t)
	if err := os.WriteFile(filepath.Join(dir, "log00001.txt"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := actortest.Start(t, actortest.NewEnv().Offer("io.filewriter", f), ioactors.FileWriter(), map[string]flow.Value{"basename": "log", "suffix": "txt"})
	b.Feed("data", "line 1\n", int64(2), flow.EOS, flow.EOS, map[string]any{"a": true})
	b.Run()
	b.Restart()
	b.Feed("data", " more")
	b.Run()
	want := map[string]string{"log00000.txt": "line 1\n2", "log00001.txt": "old", "log00002.txt": `{"a":true} more`}
	if got := texts(t, dir); !reflect.DeepEqual(got, want) {
		t.Errorf("writes %q, want %q", got, want)
	}
	b.Feed("data", flow.Exceptional("broken"))
	if err := b.TryRun(); err == nil || len(b.Letters()) != 1 {
		t.Errorf("an exception token: %v, want a dead letter", err)
	}
}

// After a crash each token is in the file once, although it comes again.
func TestFileWriterAfterACrash(t *testing.T) {
	dir, f := folder(t)
	env := actortest.NewEnv().Offer("io.filewriter", f)
	args := map[string]flow.Value{"basename": "log", "suffix": ".txt"}
	b := actortest.Start(t, env, ioactors.FileWriter(), args)
	b.Feed("data", "one ")
	b.Run()
	kept, err := b.Actor().(flow.Stateful).Save()
	if err != nil {
		t.Fatal(err)
	}
	b.Feed("data", "two ") // no checkpoint knows of it
	b.Run()
	again, err := actortest.New(ioactors.FileWriter(), args)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.(flow.Stateful).Restore(1, kept); err != nil {
		t.Fatal(err)
	}
	if err := again.(flow.Starter).Start(env); err != nil {
		t.Fatal(err)
	}
	defer again.(flow.Stopper).Stop()
	for _, text := range []string{"two ", "three"} {
		var firing flow.Firing
		firing.In = []flow.Token{{Value: text}}
		if err := again.Actions()[0].Fire(&firing); err != nil {
			t.Fatal(err)
		}
	}
	if got := texts(t, dir)["log00000.txt"]; got != "one two three" {
		t.Errorf("the file holds %q", got)
	}
	_, other := folder(t) // another node begins a new file
	env.Offer("io.filewriter", other)
	b.Restart()
	b.Feed("data", "elsewhere")
	b.Run()
	if r, err := other.Read("log00001.txt"); err != nil {
		t.Error(err)
	} else {
		r.Close()
	}
}
