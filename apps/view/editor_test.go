package view_test

import "testing"

// One of the staff writes a script in the page, is told what is wrong with it,
// plans it and stops it; who only watches can't.
func TestEditor(t *testing.T) {
	needBrowser(t)
	s, dir := staffed(t, newWard())
	drive(t, "e2e/editor.mjs", s, map[string]string{"cert": dir, "link": s.Login("").Link})
}
