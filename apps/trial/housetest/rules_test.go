package housetest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial/housetest"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/rule"
)

// While the manager is paused nothing is judged: readings wait where they are,
// and who brings one is not told that it was taken. Afterwards all are judged
// and stored, none twice and none refused.
func TestPausedRules(t *testing.T) {
	if testing.Short() {
		t.Skip("starts real nodes")
	}
	h := housetest.Open(t, housetest.Config{})
	d := h.Desk()
	if _, err := d.Pause(t.Context(), h.Admin(1).Key); err != nil {
		t.Fatal(err)
	}
	var before uint64
	h.Snapshot("all nodes know that judging has stopped", func(s *control.Snapshot) string {
		if s.Store == nil || s.Chain == nil || !strings.Contains(s.Chain.Why, "paused") {
			return fmt.Sprintf("%+v", s.Chain)
		}
		before = s.Store.Readings
		return ""
	})
	answer := make(chan string, 1)
	go func() {
		body := fmt.Sprintf(`{"stream":"hr","seq":1,"kind":"8867-4","unit":"/min","at":%d,"value":"72"}`, time.Now().UnixNano())
		answer <- string(h.BringHTTPS("application/json", []byte(body)))
	}()
	h.Snapshot("readings wait to be judged", func(s *control.Snapshot) string {
		if s.Chain.Judging == nil || s.Chain.Judging.Later < 3 {
			return fmt.Sprintf("%+v", s.Chain.Judging)
		}
		return ""
	})
	select {
	case a := <-answer:
		t.Errorf("while nothing is judged the device was answered %s", a)
	default:
	}
	change, err := d.Order(t.Context(), rule.OpUnpause, "", [20]byte{})
	if err != nil {
		t.Fatal(err)
	}
	h.Decide(d, change)
	if a := <-answer; !strings.Contains(a, "accepted") {
		t.Errorf("afterwards the device was answered %s", a)
	}
	h.Stored(before + 20)
	if got := stored(t, h); len(got) != 1 || got[0] != 72 {
		t.Errorf("of the device outside there are %v in the record, want 72 once", got)
	}
	h.Snapshot("nothing was refused", func(s *control.Snapshot) string {
		if len(s.Refusals) > 0 {
			t.Fatalf("refused: %+v", s.Refusals[0])
		}
		return ""
	})
}
