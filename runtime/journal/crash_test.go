package journal

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/wal/waltest"
)

// A place is where an actor of these tests is.
type place struct{ Fence, Epoch, Made, Settled uint64 }

// places are where the actors of a journal are, from their checkpoints, each of
// which must be whole and say the same in all its parts.
func places(t testing.TB, j *Journal) map[flow.ActorID]place {
	t.Helper()
	all := map[flow.ActorID]place{}
	for id, fence := range j.Actors() {
		c := mustFence(t, j, id, fence)
		p := place{fence, c.Epoch, c.Made["out #1"], c.Settled["out #1"]}
		if c.Epoch > 0 && !same(c, wholeStep(id, p.Epoch, p.Made, p.Settled)) {
			t.Fatalf("%s is in parts: %+v", id, c)
		}
		all[id] = p
	}
	return all
}

// Wherever the power goes, whatever the disk refuses or has no room for: what was
// acknowledged is there, and of what was not all or nothing.
func TestPowerLoss(t *testing.T) {
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 0))
		d := &waltest.Disk{}
		j := open(t, d)
		want := map[flow.ActorID]place{}
		var tried map[flow.ActorID]place
		do := func(next map[flow.ActorID]place, err error) {
			if tried = nil; err == nil {
				want = next
			} else {
				tried = next
			}
		}
		for step := range 80 {
			ids := slices.Sorted(maps.Keys(want))
			next := maps.Clone(want)
			switch n := rng.IntN(12); {
			case n < 2 || len(ids) == 0:
				id := flow.ActorID(fmt.Sprintf("a:%d", rng.IntN(4)))
				p := want[id]
				p.Fence++
				next[id] = p
				_, err := j.Fence(t.Context(), id, p.Fence)
				do(next, err)
			case n < 8:
				var steps []flow.Checkpoint
				for _, id := range ids[:1+rng.IntN(len(ids))] {
					p := want[id]
					made, settled := p.Made+uint64(rng.IntN(4)), p.Settled+uint64(rng.IntN(int(p.Made-p.Settled)+1))
					steps = append(steps, step1(id, p, made, settled))
					next[id] = place{p.Fence, p.Fence, made, settled}
				}
				stale, err := j.Commit(t.Context(), steps)
				if len(stale) > 0 {
					t.Fatalf("seed %d: stale %v", seed, stale)
				}
				do(next, err)
			case n == 8:
				id := ids[rng.IntN(len(ids))]
				delete(next, id)
				do(next, j.Forget(t.Context(), id))
			case n == 9:
				d.FailSyncs(rng.IntN(4))
			case n == 10:
				d.Limit(int64(rng.IntN(2)) * (d.Used() + int64(rng.IntN(300))))
			default:
				d.Crash(rng)
				d.FailSyncs(0)
				d.Limit(0)
				j.Close()
				j = open(t, d)
				got := places(t, j)
				if tried != nil && maps.Equal(got, tried) {
					want = tried
				}
				if tried = nil; !maps.Equal(got, want) {
					t.Fatalf("seed %d, step %d: after a crash %v, want %v", seed, step, got, want)
				}
			}
			if rng.IntN(20) == 0 { // as makeRoom would, had it this much
				if err := j.compact(); err != nil && !errors.Is(err, waltest.ErrFull) && !errors.Is(err, waltest.ErrSync) {
					t.Fatalf("seed %d: compact: %v", seed, err)
				}
			}
		}
	}
}

func step1(id flow.ActorID, p place, made, settled uint64) flow.Checkpoint {
	return step(id, p.Fence, p.Made, made, settled)
}

// The log does not grow with what has gone through it.
func TestCompacts(t *testing.T) {
	d := &waltest.Disk{}
	j := open(t, d)
	mustFence(t, j, "a:x", 1)
	text := strings.Repeat("x", 100_000)
	for n := range uint64(300) { // 30 MB
		c := step("a:x", 1, n, n+1, n)
		c.Out[0].Token.Value = text
		mustCommit(t, j, c)
	}
	if used := d.Used(); used > 2*slack {
		t.Errorf("30 MB have gone through, one token is held, and the disk has %d bytes", used)
	}
	j.Close()
	j = open(t, d)
	if c := mustFence(t, j, "a:x", 2); len(c.Out) != 1 || c.Made["out #1"] != 300 {
		t.Errorf("%d tokens of %d are held", len(c.Out), c.Made["out #1"])
	}
}

// A journal at its bound takes nothing until something is settled, and loses
// nothing meanwhile.
func TestFull(t *testing.T) {
	j, err := Open(Config{Disk: &waltest.Disk{}, Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	mustFence(t, j, "a:x", 1)
	text := strings.Repeat("x", 100_000)
	made := uint64(0)
	for ; ; made++ {
		c := step("a:x", 1, made, made+1, 0)
		c.Out[0].Token.Value = text
		if _, err = j.Commit(t.Context(), []flow.Checkpoint{c}); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrFull) || made < 8 || made > 10 {
		t.Fatalf("after %d tokens of 100 kB: %v", made, err)
	}
	if _, err = j.Commit(t.Context(), []flow.Checkpoint{step("a:x", 1, made, made, made)}); err != nil {
		t.Fatalf("settling in a full journal: %v", err)
	}
	c := step("a:x", 1, made, made+1, made)
	c.Out[0].Token.Value = text
	mustCommit(t, j, c)
}

// TestMain is also the process that TestKill kills: it commits and says so.
func TestMain(m *testing.M) {
	if dir := os.Getenv("WARDFLOW_JOURNAL_CHILD"); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// child goes on where the journal is, and writes where it has got to on standard
// output after each commit.
func child(dir string) error {
	j, err := Open(Config{Dir: dir})
	if err != nil {
		return err
	}
	ctx, enc := context.Background(), json.NewEncoder(os.Stdout)
	at := map[flow.ActorID]place{}
	for n := range 3 {
		id := flow.ActorID(fmt.Sprintf("a:%d", n))
		epoch := j.Actors()[id] + 1
		c, err := j.Fence(ctx, id, epoch)
		if err != nil {
			return err
		}
		at[id] = place{epoch, c.Epoch, c.Made["out #1"], c.Settled["out #1"]}
	}
	text := strings.Repeat("x", 20_000)
	for {
		var steps []flow.Checkpoint
		for id, p := range at {
			c := step(id, p.Fence, p.Made, p.Made+1, p.Made-p.Made%7)
			c.Out[0].Token.Value = text // so that the log is written anew now and then
			at[id] = place{p.Fence, p.Fence, p.Made + 1, p.Made - p.Made%7}
			steps = append(steps, c)
		}
		if stale, err := j.Commit(ctx, steps); err != nil || len(stale) > 0 {
			return fmt.Errorf("commit: %v, %w", stale, err)
		}
		if err := enc.Encode(at); err != nil {
			return nil // nobody listens any more
		}
	}
}

// A process that is killed while it commits has lost nothing that it had heard
// was kept.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 1))
	for round := range 8 {
		last := killed(t, dir, 1+rng.IntN(200))
		j, err := Open(Config{Dir: dir})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		for id, p := range last {
			epoch := j.Actors()[id]
			c := mustFence(t, j, id, epoch)
			made := c.Made["out #1"]
			if epoch != p.Fence || made != p.Made && made != p.Made+1 {
				t.Errorf("round %d: %s is at %d of epoch %d, was told %d of %d", round, id, made, epoch, p.Made, p.Fence)
			}
			if uint64(len(c.Out)) != made-c.Settled["out #1"] {
				t.Errorf("round %d: %s holds %d tokens, made %d and settled %d", round, id, len(c.Out), made, c.Settled["out #1"])
			}
		}
		j.Close()
	}
}

// killed lets a process commit so many times, kills it, and says what it had said
// last.
func killed(t *testing.T, dir string, commits int) (last map[flow.ActorID]place) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "WARDFLOW_JOURNAL_CHILD="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; n < commits && lines.Scan(); n++ {
		if err := json.Unmarshal(lines.Bytes(), &last); err != nil {
			t.Fatal(err)
		}
	}
	cmd.Process.Kill()
	for lines.Scan() { // what it had said until then
		var p map[flow.ActorID]place
		if json.Unmarshal(lines.Bytes(), &p) == nil {
			last = p
		}
	}
	cmd.Wait()
	if last == nil {
		t.Fatal("the process has committed nothing")
	}
	return last
}
