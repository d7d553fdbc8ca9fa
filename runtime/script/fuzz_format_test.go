package script

import "testing"

// Whatever the text, what can be formatted is the same script with the same
// comments, and formatting it again changes nothing.
func FuzzFormat(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(generate(seed))
	}
	seedFromGolden(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		file, issues := Load("x.calvin", src, findNothing)
		if issues.Err() != nil {
			if text, issues := Format(src, "x.calvin"); text != nil && issues.Err() != nil {
				t.Fatal("formatted in spite of errors")
			}
			return
		}
		if err := formatLaws(file); err != nil {
			t.Fatal(err)
		}
	})
}
