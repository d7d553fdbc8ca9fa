package sim

import (
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// These are stories that seeds once told and that ended badly: each as short as
// it can be, and each mended since.

// stage is a world in which nothing goes wrong but what the story says.
func stage(s shape, seed uint64) *world {
	w := newWorld(Config{Seed: seed, Story: true})
	w.mood = weather{shape: s, mark: 1}
	w.open([]flow.NodeID{"n1", "n2", "n3"})
	w.until(4 * time.Second)
	return w
}

func (w *world) wait(d time.Duration) { w.until(w.now + d) }

// end gives the world peace and demands that everything has arrived.
func (w *world) end(t *testing.T) {
	t.Helper()
	if w.settle(); w.broken != nil {
		t.Fatalf("%v\n%s", w.broken, strings.Join(w.tale, "\n"))
	}
}

// host is where an actor runs, which the story needs to know.
func (w *world) hostOf(t *testing.T, actor string) *host {
	t.Helper()
	n := w.node(flow.ActorID(app + ":" + actor))
	if n == nil {
		t.Fatalf("%s runs nowhere\n%s", actor, strings.Join(w.tale, "\n"))
	}
	return n.h
}

// An actor left a node that was cut off, and came back before that had heard of
// anything. Its old instance there was what the plan said, so it stayed, and
// everybody refused it.
func TestBackBeforeItWasMissed(t *testing.T) {
	for seed := range uint64(8) {
		w := stage(shape{two: true}, seed)
		w.set("pin/w:source1", []byte("n5"))
		w.wait(2 * time.Second)
		w.isolate([]*host{w.by["n5"]}, 4*time.Second)
		w.wait(3500 * time.Millisecond)
		if h := w.hostOf(t, "source1"); h.id != "n2" {
			t.Fatalf("source1 runs on %s, want n2", h.id)
		}
		w.wait(5 * time.Second) // n5 is there again, and where people want it
		w.end(t)
	}
}

// A node slept over the end of its lease, and renewed it before it had stopped
// what it might not run any more.
func TestLeaseSleptOver(t *testing.T) {
	for seed := range uint64(24) {
		w := stage(shape{pump: true}, seed)
		w.wait(4 * time.Second)
		h := w.hostOf(t, "lamp")
		h.run.pause()
		w.wait(8 * time.Second)
		h.run.resume()
		w.wait(2 * time.Second)
		w.end(t)
	}
}

// A node was drained while it could not hear of it: what is exclusive there went
// on, and began elsewhere as well.
func TestDrainedWhileStopped(t *testing.T) {
	w := stage(shape{pump: true}, 1)
	w.wait(4 * time.Second)
	h := w.hostOf(t, "lamp")
	h.run.pause()
	w.set("drain/"+string(h.id), []byte("1"))
	w.wait(1500 * time.Millisecond)
	h.run.resume()
	w.wait(8 * time.Second)
	w.end(t)
}

// The power fails for all, again and again, with disks that are slow.
func TestPowerCuts(t *testing.T) {
	w := stage(shape{two: true, keep: true, pump: true, scaled: true}, 1)
	for _, h := range w.hosts {
		h.disk.slow = true
	}
	for range 4 {
		for _, h := range w.hosts {
			w.kill(h)
		}
		w.wait(200 * time.Millisecond)
		for _, h := range w.hosts {
			w.boot(h)
		}
		w.wait(4 * time.Second)
	}
	w.end(t)
}

// Every host is restarted, one after the other, while readings flow.
func TestRollingRestart(t *testing.T) {
	w := stage(shape{two: true, pump: true, loop: true}, 1)
	for _, h := range w.hosts {
		w.set("drain/"+string(h.id), []byte("1"))
		w.wait(2 * time.Second)
		w.kill(h)
		w.wait(500 * time.Millisecond)
		w.boot(h)
		w.set("drain/"+string(h.id), nil)
		w.wait(2 * time.Second)
	}
	w.end(t)
}

// Replicas come and go while readings flow, and take nothing with them.
func TestReplicasComeAndGo(t *testing.T) {
	w := stage(shape{scaled: true}, 1)
	for _, n := range []byte("31231") {
		w.set("scale/w:"+scaled, []byte{n})
		w.wait(1500 * time.Millisecond)
	}
	w.end(t)
}
