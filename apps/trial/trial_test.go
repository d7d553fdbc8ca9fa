package trial_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial"
	"github.com/wardflow/wardflow/runtime/leaktest"
	"github.com/wardflow/wardflow/runtime/rule"
	"github.com/wardflow/wardflow/runtime/rule/ruletest"
)

// This test binary is the trials' other processes, too.
func TestMain(m *testing.M) {
	others := map[string]func(context.Context, io.Reader, io.Writer) error{"away": trial.Away, "host": trial.Host}
	if be := others[os.Args[len(os.Args)-1]]; be != nil {
		if err := be(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	warm()
	os.Exit(leaktest.Run(m))
}

// warm makes a chain once: go-ethereum keeps some goroutines for as long as the
// process lives, which are no leak of ours.
func warm() {
	dir, err := os.MkdirTemp("", "wardflow-trial-")
	if err == nil {
		_, err = rule.Init(context.Background(), filepath.Join(dir, "chain"), ruletest.Founding(ruletest.Admins(2)))
		err = errors.Join(err, os.RemoveAll(dir))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "make a chain:", err)
		os.Exit(1)
	}
}

func self(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// A small trial of links comes to an end and has measured everything; each sink
// has held its tokens to coming all, once and in order.
func TestLinks(t *testing.T) {
	res, err := trial.Links(within(t, time.Minute), trial.LinksConfig{Exe: self(t), Args: []string{"away"}, Tokens: 5000, Rounds: 2})
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]float64{"sealed": res.TokensPerS, "bare": res.BareTokensPerS, "unsealed": res.UnsealedTokensPerS,
		"raw": res.RawPerS, "ratio": res.Ratio, "hop": res.LocalHopNS, "tokens a packet": float64(res.BatchTokens)} {
		if v <= 0 {
			t.Errorf("%s = %v, want something measured", name, v)
		}
	}
}

// A process that can't be the other end is an error, not a hang.
func TestLinksWithoutTheOtherProcess(t *testing.T) {
	_, err := trial.Links(within(t, time.Minute), trial.LinksConfig{Exe: "/bin/false", Tokens: 10, Rounds: 1})
	if err == nil {
		t.Fatal("a trial with nobody at the other end succeeded")
	}
}

// A few idle actors run, are told from a node without them, and leave nothing
// behind.
func TestIdle(t *testing.T) {
	res, err := trial.Idle(within(t, time.Minute), trial.IdleConfig{Exe: self(t), Args: []string{"host"}, Actors: 100, Over: time.Millisecond, Settle: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if res.Actors != 100 || res.DeployS <= 0 {
		t.Errorf("measured %+v, want 100 actors that were deployed", res)
	}
}

// A few actors are deployed over two nodes; each link brings its token.
func TestDeploy(t *testing.T) {
	res, err := trial.Deploy(within(t, time.Minute), trial.DeployConfig{Exe: self(t), Args: []string{"host"}, Actors: 20, Nodes: 2})
	if err != nil {
		t.Fatal(err)
	}
	if res.Actors != 20 || res.Nodes != 2 || res.Seconds <= 0 || res.LinkedS < res.Seconds {
		t.Errorf("measured %+v, want 20 actors over 2 nodes that ran and then were linked", res)
	}
}

// A small ward goes on when an actor is moved and a host is killed, and the
// store holds every acknowledged reading once.
func TestFailover(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	res, err := trial.Failover(within(t, 3*time.Minute), trial.FailoverConfig{Exe: self(t), Args: []string{"host"},
		Rate: 200, Batch: 4, Beds: 2, Each: 2, Kills: 1, Moves: 2, Progress: func(s string) { t.Log(s) }})
	if err != nil {
		t.Fatal(err)
	}
	if res.Lost != 0 || res.Duplicated != 0 {
		t.Errorf("%d lost, %d duplicated: %v", res.Lost, res.Duplicated, res.Notes)
	}
	if res.Kills != 1 || res.Moves != 2 || res.Acked == 0 || res.Stored < int(res.Acked) || res.ResumeMedian <= 0 || res.MovePauseMS <= 0 {
		t.Errorf("measured %+v, want one kill, two moves, and all that was acknowledged stored", res)
	}
}
