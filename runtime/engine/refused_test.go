package engine_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A link counts which of its tokens became dead letters.
func TestALinkCountsItsDeadLetters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		do := func(n int64) error {
			if n == 3 {
				return errors.New("three is unlucky")
			}
			return nil
		}
		p, _ := adder(t, "", do, int64(1), int64(2), flow.EOS, int64(3), int64(4))
		p.start()
		p.settle()
		_, links := p.eng.Stats()
		seen := 0
		for _, l := range links {
			if parsed, err := flow.ParseLinkID(l.ID); err != nil || l.Out || parsed.To.Actor != "app:b" {
				continue
			}
			seen++
			if l.Tokens != 5 || l.Letters != 2 {
				t.Errorf("of %d tokens of %s %d became dead letters, want 2 of 5", l.Tokens, l.ID, l.Letters)
			}
		}
		if seen != 1 {
			t.Errorf("%d links end at b, want 1", seen)
		}
		p.close()
	})
}
