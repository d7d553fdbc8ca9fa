package flow_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An error without a patient's name is what it was to programs, and to people all but
// the name.
func TestUnnamed(t *testing.T) {
	path := &fs.PathError{Op: "open", Path: "cards/p-17/cert.pem", Err: fs.ErrPermission}
	err := flow.Unnamed(fmt.Errorf("card: %w", path), "p-17")
	if got, want := fmt.Errorf("sign: %w", err).Error(), "sign: card: open cards/…/cert.pem: permission denied"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !errors.Is(err, fs.ErrPermission) {
		t.Error("what it wraps is lost")
	}
	if flow.Unnamed(nil, "p-17") != nil || flow.Unnamed(fs.ErrClosed, "p-17") != fs.ErrClosed || flow.Unnamed(path, "") != error(path) {
		t.Error("it changed what names nobody")
	}
}
