package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"os"
	"os/exec"
	"runtime"
)

// openBrowser opens a link in the person's browser. The link is not an argument of
// the browser's, which everybody on this machine can see, and be first to use: it
// stands in a file for the person's eyes only, which leads on to it. forget, which
// is never nil, takes the file away.
func openBrowser(ctx context.Context, link string) (forget func(), err error) {
	file, err := leadingTo(link)
	if err != nil {
		return func() {}, fmt.Errorf("open your browser: %w\n  leave --open out, and open the link yourself", err)
	}
	forget = func() { _ = os.Remove(file) } // the link in it was used, or ends by itself
	with := []string{"xdg-open"}
	switch runtime.GOOS {
	case "darwin":
		with = []string{"open"}
	case "windows":
		with = []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	if named := os.Getenv("BROWSER"); named != "" {
		with = []string{named}
	}
	cmd := exec.CommandContext(ctx, with[0], append(with[1:], file)...)
	if err := cmd.Run(); err != nil && ctx.Err() == nil {
		return forget, fmt.Errorf("open your browser with %s: %w\n  leave --open out, and open the link yourself", with[0], err)
	}
	return forget, nil
}

// leadingTo writes a page that leads to a link. It is in the person's home, since
// browsers in a sandbox see no other's folder for what is temporary.
func leadingTo(link string) (file string, err error) {
	dir, err := os.UserHomeDir()
	if err != nil {
		dir = "" // the folder for what is temporary
	}
	f, err := os.CreateTemp(dir, "wardflow-page-*.html") // for this person's eyes only
	if err != nil {
		return "", err
	}
	to := html.EscapeString(link)
	_, err = fmt.Fprintf(f, "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">\n"+
		"<meta http-equiv=\"refresh\" content=\"0;url=%s\">\n<title>Wardflow</title><p><a href=\"%s\">The live page</a>\n", to, to)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}
