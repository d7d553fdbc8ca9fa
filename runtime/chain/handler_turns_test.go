package chain

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
)

// A caller with more requests than he may have is turned away, and others are not.
func TestTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var of turns
		var first []func()
		for range atOnceEach {
			leave, err := of.enter(ctx, "a")
			if err != nil {
				t.Fatal(err)
			}
			first = append(first, leave)
		}
		var waiting sync.WaitGroup
		var entered []func()
		var mu sync.Mutex
		for range waitingEach {
			waiting.Go(func() {
				if leave, err := of.enter(ctx, "a"); err == nil {
					mu.Lock()
					entered = append(entered, leave)
					mu.Unlock()
				}
			})
		}
		synctest.Wait()
		if _, err := of.enter(ctx, "a"); !errors.Is(err, errTooMany) {
			t.Errorf("one too many: %v", err)
		}
		if leave, err := of.enter(ctx, "b"); err != nil {
			t.Errorf("somebody else: %v", err)
		} else {
			leave()
		}
		first[0]()
		synctest.Wait()
		mu.Lock()
		if len(entered) != 1 {
			t.Errorf("%d of those who waited came in when one left", len(entered))
		}
		mu.Unlock()
		cancel() // the others give up
		waiting.Wait()
		for _, leave := range append(first[1:], entered...) {
			leave()
		}
		if len(of.callers) != 0 {
			t.Errorf("%d callers are remembered when all are gone", len(of.callers))
		}
	})
}

// Callers are told apart by who they are, or by where they are.
func TestCallerOf(t *testing.T) {
	t.Parallel()
	if a, b := callerOf(&http.Request{RemoteAddr: "10.0.0.1:1"}), callerOf(&http.Request{RemoteAddr: "10.0.0.1:2"}); a != b {
		t.Errorf("%q and %q", a, b)
	}
	if a, b := callerOf(&http.Request{RemoteAddr: "10.0.0.1:1"}), callerOf(&http.Request{RemoteAddr: "10.0.0.2:1"}); a == b {
		t.Errorf("both are %q", a)
	}
}
