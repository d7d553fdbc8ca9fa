package trial_test

import (
	"flag"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial"
)

var long = flag.Bool("long", false, "try also what takes minutes: hosts that hold a chain together, killed twenty times")

// Hosts that hold a chain together are killed, and every transaction that was
// acknowledged is on each of them in the end.
func TestChain(t *testing.T) {
	if !*long {
		t.Skip("three processes and a second for each block: with -long; runtime/node has the same with nodes that stop")
	}
	res, err := trial.Chain(within(t, 15*time.Minute), trial.ChainConfig{Exe: self(t), Args: []string{"host"}, Kills: 20, Progress: func(s string) { t.Log(s) }})
	if err != nil {
		t.Fatal(err)
	}
	if res.Lost > 0 || res.Acknowledged < 2*res.Kills {
		t.Errorf("%+v", res)
	}
}
