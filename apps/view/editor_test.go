package view_test

import (
	"testing"

	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// One of the staff writes a script in the page, is told what is wrong with it,
// plans it and stops it; who only watches can't.
func TestEditor(t *testing.T) {
	needBrowser(t)
	h := pkitest.New(t)
	s := serve(t, h, newWard())
	dir := t.TempDir()
	if err := pki.SaveSigner(dir, h.Staff("admin")); err != nil {
		t.Fatal(err)
	}
	drive(t, "e2e/editor.mjs", s, map[string]string{"cert": dir, "link": s.Login("").Link})
}
