package node

import (
	"context"
	"math"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/member"
)

// facts are what this node has measured of itself, made anew whenever membership
// looks at the host, and the same in between: who watches gets no news for
// nothing.
type facts struct {
	n       *Node
	meter   member.Meter
	disk    *timedDisk // nil: not open yet
	clocks  clocks
	began   time.Time
	version string

	mu   sync.Mutex    // guards what follows
	used time.Duration // of processors, by this process, at the time at
	at   time.Time
	last *control.NodeFacts
}

func newFacts(n *Node) *facts {
	return &facts{n: n, clocks: clocks{n: n, peers: map[flow.NodeID]*peerClock{}}, began: time.Now().UTC(), version: version()}
}

// start answers other nodes that ask for the time, and asks them.
func (f *facts) start(ctx context.Context) {
	f.n.door.Answer(askClock, answerClock)
	f.n.done.Go(func() { f.clocks.run(ctx) })
}

// measure is [member.Config].Measure: what gossip says in steps is kept here as
// it is.
func (f *facts) measure() (member.Host, error) {
	h, err := f.meter.Measure()
	now := time.Now()
	is := &control.NodeFacts{At: now.UTC(), Started: f.began, Version: f.version, Cores: float64(runtime.GOMAXPROCS(0)),
		Goroutines: runtime.NumGoroutine(), Resident: processMemory(), Files: openFiles(), MaxFiles: maxFiles()}
	if err == nil {
		is.CPU, is.Memory = share(1-h.CPUIdle), uint64(h.Memory)
		is.MemoryUsed = uint64(float64(h.Memory) * (1 - h.MemoryOK))
	}
	if f.disk != nil {
		f.disk.fill(is)
	}
	peers, ahead := f.clocks.state()
	is.Peers, is.Skew = peers, microseconds(ahead)
	used, known := processTime()
	f.mu.Lock()
	defer f.mu.Unlock()
	if over := now.Sub(f.at); known == nil && !f.at.IsZero() && over > 0 {
		is.ProcessCPU = digits((used - f.used).Seconds() / over.Seconds())
	}
	f.used, f.at, f.last = used, now, is
	return h, err
}

// now is the newest there is; nil before the first look, and where the host is
// not looked at. It is the caller's.
func (f *facts) now() *control.NodeFacts {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last == nil {
		return nil
	}
	is := *f.last
	return &is
}

// share is a number from 0 to 1 that has three digits: more say nothing.
func share(x float64) float64 { return digits(min(x, 1)) }

func digits(x float64) float64 { return math.Round(max(x, 0)*1000) / 1000 }

func microseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond).Microseconds()) / 1e6
}

// withFacts adds to a node that is up what it has measured of itself; r is its
// newest report, or nil.
func withFacts(s control.NodeState, r *report) control.NodeState {
	if s.Up && r != nil && r.Facts != nil {
		s.Facts, s.Load = r.Facts, loadFrom(r.Facts)
	}
	return s
}

// loadFrom is how big and how busy a node is, from its own report.
func loadFrom(f *control.NodeFacts) *control.NodeLoad {
	l := &control.NodeLoad{Cores: f.Cores, Memory: f.Memory, CPUUsed: f.CPU}
	if f.Memory > 0 {
		l.MemoryUsed = share(float64(f.MemoryUsed) / float64(f.Memory))
	}
	return l
}

// version names the program that runs: what it was built from, and with what.
func version() string {
	with := runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return with
	}
	return info.Main.Version + " " + with
}
