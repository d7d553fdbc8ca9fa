package control

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// However many one caller asks for, one is worked out at a time, and others' come
// between; who does not get a turn leaves nothing behind.
func TestLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lanes{all: make(chan struct{}, 2), own: map[string]*lane{}}
		most, now := map[string]int{}, map[string]int{}
		work := func(ctx context.Context, who string) {
			done := l.enter(ctx, who)
			if done == nil {
				return
			}
			l.mu.Lock()
			now[who]++
			now["all"]++
			for _, of := range []string{who, "all"} {
				most[of] = max(most[of], now[of])
			}
			l.mu.Unlock()
			time.Sleep(time.Second)
			l.mu.Lock()
			now[who]--
			now["all"]--
			l.mu.Unlock()
			done()
		}
		for range 100 {
			go work(t.Context(), "viewers")
		}
		synctest.Wait()
		begun := time.Now()
		work(t.Context(), "nurse")
		if waited := time.Since(begun); waited != time.Second {
			t.Errorf("a nurse beside a hundred viewers waited %s, want the second that it takes", waited)
		}
		for _, who := range []string{"a", "b", "c"} {
			go work(t.Context(), who)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second/2)
		if l.enter(short, "viewers") != nil {
			t.Error("a viewer's turn came while another's went on")
		}
		cancel()
		time.Sleep(200 * time.Second)
		synctest.Wait()
		if most["viewers"] != 1 || most["all"] != 2 || len(l.own) != 0 || len(l.all) != 0 {
			t.Errorf("at most %v at a time, want one of viewers and two of all; %d lanes are left", most, len(l.own))
		}
	})
}
