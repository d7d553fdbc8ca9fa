package trial_test

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial"
)

// A small load comes to an end: everything is answered, over new connections
// and over open ones.
func TestLoad(t *testing.T) {
	res, err := trial.Load(within(t, time.Minute), trial.LoadConfig{Exe: self(t), Args: []string{"host"}, Counts: []int{2, 5}, Rounds: 1,
		Progress: func(s string) { t.Log(s) }})
	if err != nil {
		t.Fatal(err)
	}
	if len(res) != 4 {
		t.Fatalf("%d results, want cold and warm of 2 and of 5: %+v", len(res), res)
	}
	for _, r := range res {
		if r.Failed != 0 || r.Answered <= 0 || r.Anchored < r.Answered {
			t.Errorf("%+v, want all answered, and anchored not before", r)
		}
	}
}
