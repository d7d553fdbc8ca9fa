package agree

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

// All lose power at the same time and come back.
func TestAllLosePower(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.tune = func(cfg *Config) { cfg.Snapshot, cfg.Trailing = 300, 5 }
	c.start("a", "b", "c")
	for round := range 3 {
		for n := range 20 {
			c.apply("b", fmt.Sprintf("%d-%d", round, n))
		}
		for _, id := range []flow.NodeID{"a", "b", "c"} {
			c.w.Isolate(id, true)
		}
		c.stop("a", "b", "c")
		for _, id := range []flow.NodeID{"a", "b", "c"} {
			c.w.Isolate(id, false)
		}
		c.start("c", "a", "b")
		if got := slices.Compact(c.same("a", "b", "c")); len(got) != (round+1)*20 {
			t.Fatalf("%d entries after %d rounds", len(got), round+1)
		}
	}
}

// Sync shows on any voter, and on a node without log the way to it, what was
// acknowledged before, though the leader has changed.
func TestSync(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.start("a", "b", "c", "home")
	for n := range 30 {
		entry := fmt.Sprint(n)
		c.apply("home", entry)
		if n == 15 {
			c.kill(c.leader())
		}
		for _, id := range []flow.NodeID{"a", "b", "c"} {
			if c.node(id) == nil {
				continue
			}
			if err := c.node(id).Sync(within(t)); err != nil {
				t.Fatal(err)
			}
			if got := c.lists[id].read(); !slices.Contains(got, entry) {
				t.Fatalf("after Sync %s does not hold %s", id, entry)
			}
		}
	}
}

// Many at a time prove the lead with few rounds, and one that is cut off can't.
func TestProve(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.start("a", "b", "c")
	c.apply("a", "one")
	lead := c.leader()
	g := c.node(lead)
	var busy sync.WaitGroup
	for range 200 {
		busy.Go(func() {
			if err := g.Prove(within(t)); err != nil {
				t.Error(err)
			}
		})
	}
	busy.Wait()
	if _, ok := g.LeadingSince(); !ok {
		t.Error("the leader does not say since when it leads")
	}
	c.w.Isolate(lead, true)
	if err := g.Prove(within(t)); err == nil {
		t.Error("a leader that is cut off proved that it leads")
	}
	c.w.Isolate(lead, false)
}

// A leader whose machine can't apply what is agreed hands over; nothing is lost,
// and it catches up when it can again.
func TestSickMachine(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.start("a", "b", "c")
	c.apply("a", "one")
	lead := c.leader()
	c.lists[lead].ail(errFull)
	other := c.node(lead).others()[0]
	c.apply(other, "two")
	c.until("another leader", func() bool { return !c.node(lead).Leading() })
	if p := c.node(lead).Status().Problem; !strings.Contains(p, errFull.Error()) {
		t.Errorf("problem = %q", p)
	}
	c.apply(other, "three")
	c.lists[lead].ail(nil)
	got := c.same("a", "b", "c") // "two" may have been agreed twice
	if strings.Join(slices.Compact(got), " ") != "one two three" {
		t.Errorf("entries = %v", got)
	}
	c.until("no problem", func() bool { return c.node(lead).Status().Problem == "" })
	c.lists[lead].ail(errFull)
	c.apply(c.leader(), "four")
	c.stop(lead) // does not wait for the disk
	c.start(lead)
	if got := c.same("a", "b", "c"); got[len(got)-1] != "four" {
		t.Errorf("entries after the restart = %v", got)
	}
}

func TestBackupAndRestore(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.start("a", "b", "c", "home")
	for n := range 50 {
		c.apply("b", fmt.Sprint(n))
	}
	var file bytes.Buffer
	if err := c.node("home").Backup(within(t), &file); !errors.Is(err, ErrNoCopy) {
		t.Errorf("Backup on a node without log: %v", err)
	}
	if err := c.node("b").Backup(within(t), &file); err != nil {
		t.Fatal(err)
	}
	for i, damage := range [][]byte{file.Bytes()[:file.Len()-1], append(bytes.Clone(file.Bytes()), 0), slices.Concat(file.Bytes()[:200], []byte{1}, file.Bytes()[201:])} {
		if _, err := ReadBackup(bytes.NewReader(damage), &bytes.Buffer{}); !errors.Is(err, ErrDamaged) {
			t.Errorf("damaged backup %d: %v", i, err)
		}
	}

	// All disks are lost: another group, and what was in the old one.
	d := newCluster(t, "a", "b", "c")
	d.start("a", "b", "c")
	d.apply("a", "new")
	node := d.node("b")
	if d.leader() == "b" {
		node = d.node("c") // takes the lead for it
	}
	if _, err := node.Restore(within(t), bytes.NewReader(file.Bytes()[:file.Len()-1]), nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("Restore of a damaged backup: %v", err)
	}
	head, err := node.Restore(within(t), bytes.NewReader(file.Bytes()), nil)
	if err != nil || head.Node != "b" || head.Index == 0 {
		t.Fatalf("Restore = %+v, %v", head, err)
	}
	d.apply("a", "after")
	got := slices.Compact(d.same("a", "b", "c")) // under load an entry may come twice
	if len(got) != 51 || got[49] != "49" || got[50] != "after" {
		t.Errorf("entries after the restore = %v", got)
	}
	if st := node.Status(); st.Index <= head.Index {
		t.Errorf("the log goes on at %d, the backup was at %d", st.Index, head.Index)
	}
	d.stop("a", "b", "c")
	d.start("a", "b", "c")
	if got := slices.Compact(d.same("a", "b", "c")); len(got) != 51 {
		t.Errorf("entries after a restart = %v", got)
	}
}

func FuzzReadBackup(f *testing.F) {
	var b bytes.Buffer
	if err := writeBackup(&b, Head{Name: "list", Index: 3}, &shot{[]string{"one"}}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		var out bytes.Buffer
		if _, err := ReadBackup(bytes.NewReader(b), &out); err != nil {
			return
		}
		if out.Len() > len(b) {
			t.Fatal("more came out than went in")
		}
	})
}

func FuzzReadAnswer(f *testing.F) {
	f.Add(appendAnswer(Answer{3, []byte("x")}))
	f.Add([]byte{answerElect, 'a'})
	f.Fuzz(func(t *testing.T, b []byte) { readAnswer(b) })
}
