package assist_test

import (
	"testing"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/script"
	"github.com/wardflow/wardflow/runtime/script/assist"
)

// What is sure to mend a mistake does: the bad example of a page has then one
// mistake of its kind less.
func TestActionsMend(t *testing.T) {
	t.Parallel()
	house := actors.All()
	w := assist.World{Types: script.TypesOf(house), Names: script.NamesOf(house)}
	tried := 0
	for _, code := range script.Codes() {
		page, _ := script.Explain(code)
		s := assist.Read("bad.calvin", []byte(page.Bad), w)
		had := count(s)
		for _, a := range s.Actions(0, len(page.Bad)) {
			if !a.Sure {
				continue
			}
			tried++
			src := assist.Apply([]byte(page.Bad), a.Edits)
			has := count(assist.Read("bad.calvin", src, w))
			if has[a.Issue.Code] >= had[a.Issue.Code] {
				t.Errorf("%s: %q does not mend %s:\n%s", code, a.Title, a.Issue.Error(), src)
			}
		}
	}
	if tried < 10 {
		t.Errorf("only %d actions were tried: the pages should have more", tried)
	}
}

func count(s *assist.Snapshot) map[string]int {
	n := map[string]int{}
	for _, i := range s.Issues() {
		n[i.Code]++
	}
	return n
}
