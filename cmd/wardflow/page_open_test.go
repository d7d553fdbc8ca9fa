package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The one-time link is never an argument of a program, which everybody on the
// machine can read; the file that leads to it is its owner's, and goes.
func TestTheLinkIsNoArgument(t *testing.T) {
	home := t.TempDir()
	browser, seen := filepath.Join(home, "browser"), filepath.Join(home, "seen")
	if err := os.WriteFile(browser, []byte("#!/bin/sh\nprintf '%s' \"$*\" > "+seen+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("BROWSER", browser)
	const link = "http://wardflow-x.localhost:1/#login=secret"
	forget, err := openBrowser(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	args, err := os.ReadFile(seen)
	if err != nil || strings.Contains(string(args), "secret") {
		t.Fatalf("the browser was started with %q, %v", args, err)
	}
	at := string(args)
	text, err := os.ReadFile(at)
	if err != nil || !strings.Contains(string(text), `content="0;url=`+link+`"`) {
		t.Errorf("%s says %q, %v: want that it leads to the link", at, text, err)
	}
	if is, err := os.Stat(at); err != nil || is.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v: want it for its owner only", at, is.Mode(), err)
	}
	if forget(); isFile(at) {
		t.Errorf("%s is still there", at)
	}
	t.Setenv("BROWSER", filepath.Join(home, "none"))
	if forget, err = openBrowser(t.Context(), link); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("without a browser: %v", err)
	}
	forget()
	if left, _ := filepath.Glob(filepath.Join(home, "*.html")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}
