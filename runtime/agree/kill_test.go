package agree

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/agree/agreetest"
)

// child is set, to a folder, in the process that TestKill kills.
const child = "WARDFLOW_AGREE_CHILD"

// A process is killed in the middle of its work, again and again. What it had
// acknowledged is there when the log is opened again.
func TestKill(t *testing.T) {
	if dir := os.Getenv(child); dir != "" {
		runChild(dir)
		return
	}
	dir := t.TempDir()
	acked := 0
	for round := range 5 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKill$", "-test.v")
		cmd.Env = append(os.Environ(), child+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines, most := bufio.NewScanner(out), acked+20+13*round
		for acked < most && lines.Scan() {
			if n, ok := strings.CutPrefix(lines.Text(), "acked "); ok {
				acked, _ = strconv.Atoi(n)
			}
		}
		cmd.Process.Kill()
		cmd.Wait()
		if acked < most {
			t.Fatalf("the child ended after %d of %d entries", acked, most)
		}
	}
	g, l := openAlone(t.Output(), dir)
	defer g.Close()
	if err := g.Sync(within(t)); err != nil {
		t.Fatal(err)
	}
	all := l.read()
	for n := 1; n <= acked; n++ {
		if !slices.Contains(all, fmt.Sprint(n)) {
			t.Errorf("entry %d was acknowledged and is lost", n)
		}
	}
}

func openAlone(log interface{ Write([]byte) (int, error) }, dir string) (*Group, *list) {
	l := &list{}
	g, err := Open(Config{Name: "list", Self: "a", Transport: agreetest.NewWire().Port("a"), Dir: dir, Machine: l,
		Log: slog.New(slog.NewTextHandler(log, nil)), Election: 60 * time.Millisecond, Segment: 1 << 20, Snapshot: 500, Trailing: 5})
	if err != nil {
		panic(err)
	}
	return g, l
}

// runChild writes numbers, from where it left off, until it is killed.
func runChild(dir string) {
	g, l := openAlone(os.Stderr, dir)
	ctx := context.Background()
	if err := g.Sync(ctx); err != nil {
		panic(err)
	}
	n := 0
	if all := l.read(); len(all) > 0 {
		n, _ = strconv.Atoi(all[len(all)-1])
	}
	for {
		n++
		if _, err := g.Apply(ctx, fmt.Append(nil, n)); err != nil {
			panic(err)
		}
		fmt.Println("acked", n)
	}
}

// Two groups share a door and know nothing of each other.
func TestTwoGroups(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.start("a", "b", "c")
	var groups []*Group
	var lists []*list
	for _, v := range c.first {
		l := &list{}
		g, err := Open(Config{Name: "other", Self: v.ID, Transport: c.ports[v.ID], Dir: c.dir(v.ID) + "-other", Voters: c.first, Machine: l,
			Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Election: 100 * time.Millisecond, Segment: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		groups, lists = append(groups, g), append(lists, l)
	}
	if _, err := groups[2].Apply(within(t), []byte("theirs")); err != nil {
		t.Fatal(err)
	}
	c.apply("b", "ours")
	for i, g := range groups {
		if err := g.Sync(within(t)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(slices.Compact(lists[i].read()), " "); got != "theirs" {
			t.Errorf("the other group on %s holds %q", g.cfg.Self, got)
		}
	}
	if got := strings.Join(slices.Compact(c.same("a", "b", "c")), " "); got != "ours" {
		t.Errorf("the group holds %q", got)
	}
}
