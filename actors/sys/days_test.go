package sys_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/sensor/recording"
	"github.com/wardflow/wardflow/actors/sys"
	"github.com/wardflow/wardflow/runtime/device/spool"
	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/journal"
)

// A home is a patient's node: eight vital signs a second and an ECG, each with a
// spool on its link to the hospital, which at first takes nothing. Its monitors
// keep their checkpoints in the node's journal; the hospital's commits take as
// long as those of a register. All of it is on a real disk, with a real engine;
// only the hours are shorter.
type home struct {
	t        testing.TB
	dir      string
	window   int   // of a link
	seconds  int64 // how long the hospital can't be reached
	ecg      [][]int64
	spools   *spool.Spools
	local    *journal.Journal
	far      *journal.Journal
	eng      *engine.Engine
	epoch    uint64
	monitors []flow.ActorID

	open  atomic.Bool // the hospital takes what comes
	mu    sync.Mutex  // guards what follows
	wake  func()
	taken map[flow.ActorID]int64 // next second of each, as the hospital's state has it
	wrong string
	done  chan struct{}
}

const vitals = 8

// slow is a register: it is far.
type slow struct {
	*journal.Journal
	after time.Duration
}

func (s slow) Commit(ctx context.Context, steps []flow.Checkpoint) ([]flow.ActorID, error) {
	select {
	case <-time.After(s.after):
	case <-ctx.Done():
	}
	return s.Journal.Commit(ctx, steps)
}

func newHome(t testing.TB, seconds int64, window int) *home {
	h := &home{t: t, dir: t.TempDir(), seconds: seconds, window: window, ecg: waves(t), done: make(chan struct{}), taken: map[flow.ActorID]int64{}}
	for n := range vitals {
		h.monitors = append(h.monitors, flow.ActorID(fmt.Sprint("home:vital", n)))
	}
	h.monitors = append(h.monitors, "home:ecg")
	return h
}

// waves are seconds of an ECG of 250 samples: a recorded one where there is one.
func waves(t testing.TB) (seconds [][]int64) {
	const rate = 250
	dir := filepath.Join("..", "..", "..", "shared", "data")
	rec, err := recording.Open(os.DirFS(dir), "ecg-icu-waveforms/v102s.hea", recording.Map{})
	if err == nil {
		i, err := recording.Find(rec, "II")
		if err != nil {
			t.Fatal(err)
		}
		src, err := rec.Read(i)
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		for len(seconds) < 60 {
			one := make([]int64, rate)
			for n := range one {
				s, err := src.Next()
				if err != nil {
					t.Fatal(err)
				}
				one[n] = s.Value * 5000 // microvolts, at its 200 steps a millivolt
			}
			seconds = append(seconds, one)
		}
		return seconds
	}
	one := make([]int64, rate)
	for n := range one {
		one[n] = int64(n*n%4001) * 250
	}
	return [][]int64{one}
}

// start runs the node and the hospital from what is on disk.
func (h *home) start() {
	h.t.Helper()
	must := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	var err error
	h.spools, err = spool.Open(filepath.Join(h.dir, "buffers"), 0)
	must(err)
	h.local, err = journal.Open(journal.Config{Dir: filepath.Join(h.dir, "journal")})
	must(err)
	h.far, err = journal.Open(journal.Config{Dir: filepath.Join(h.dir, "register")})
	must(err)
	h.eng, err = engine.New(engine.Config{Window: h.window, Checkpoints: slow{h.far, 2 * time.Millisecond}, Local: h.local,
		Types:      flow.Types{"sys.Spool": sys.Spool(), "test.Monitor": h.monitor(), "test.Hospital": h.hospital()},
		Capability: func(flow.ActorID, string) (any, error) { return h.spools, nil },
		Judge:      func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return }})
	must(err)
	h.epoch++
	var links []flow.Link
	nodes := []flow.Node{{ID: "home:hospital", Type: "test.Hospital"}}
	for _, id := range h.monitors {
		s := id + "~token~000000"
		nodes = append(nodes, flow.Node{ID: id, Type: "test.Monitor", Args: map[string]flow.Value{"name": string(id)}, Local: true},
			flow.Node{ID: s, Type: "sys.Spool", Local: true})
		links = append(links, flow.Link{From: flow.Endpoint{Actor: id, Port: "token"}, To: flow.Endpoint{Actor: s, Port: "token"}},
			flow.Link{From: flow.Endpoint{Actor: s, Port: "token"}, To: flow.Endpoint{Actor: "home:hospital", Port: "token"}})
	}
	g := flow.Graph{Links: links}
	for _, n := range nodes {
		a := engine.Activation{Actor: n, Epoch: h.epoch}
		a.In, a.Out = g.LinksOf(n.ID)
		keeper := h.far
		if n.Local {
			keeper = h.local
		}
		if n.Type != "sys.Spool" {
			a.Checkpoint, err = keeper.Fence(h.t.Context(), n.ID, h.epoch)
			must(err)
		}
		must(h.eng.Start(h.t.Context(), a))
	}
}

func (h *home) stop() {
	h.t.Helper()
	for _, c := range []interface{ Close() error }{h.eng, h.spools, h.local, h.far} {
		if err := c.Close(); err != nil {
			h.t.Error(err)
		}
	}
}

// waiting is how many tokens wait in spools, from their reports.
func (h *home) waiting() (tokens, bytes int64) {
	for _, id := range h.monitors {
		v, err := h.eng.Report(h.t.Context(), id+"~token~000000", nil)
		if err != nil {
			h.t.Fatal(err)
		}
		tokens += v.(map[string]any)["tokens"].(int64)
		bytes += v.(map[string]any)["bytes"].(int64)
	}
	return tokens, bytes
}

// A monitor gives one token for each second, as fast as its link takes them.
type monitor struct {
	h      *home
	name   string
	second int64
}

func (h *home) monitor() flow.Type {
	return flow.Type{Spec: flow.Spec{Name: "test.Monitor", State: 1, Out: []flow.Port{{Name: "token"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			return &monitor{h: h, name: args["name"].(string)}, nil
		}}
}

func (m *monitor) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"token"}, Guard: func() bool { return m.second < m.h.seconds }, Fire: func(f *flow.Firing) error {
		reading := make([]byte, 240) // as long as a signed one
		if m.name == "home:ecg" {
			reading = reading[:120]
			for _, s := range m.h.ecg[m.second%int64(len(m.h.ecg))] {
				reading = binary.AppendVarint(reading, s)
			}
		}
		f.Give(0, map[string]any{"from": m.name, "second": m.second, "reading": flow.Sealed{Kind: "reading", Bytes: reading}})
		m.second++
		return nil
	}}}
}

func (m *monitor) Save() ([]byte, error) { return binary.AppendVarint(nil, m.second), nil }

func (m *monitor) Restore(_ int, b []byte) error {
	m.second, _ = binary.Varint(b)
	return nil
}

// The hospital notes each second of each monitor, which must come in order, once.
type hospital struct {
	h    *home
	next []int64 // by monitor
}

func (h *home) hospital() flow.Type {
	return flow.Type{Spec: flow.Spec{Name: "test.Hospital", State: 1, In: []flow.Port{{Name: "token", Routing: "collect-unordered"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) {
			return &hospital{h: h, next: make([]int64, len(h.monitors))}, nil
		}}
}

func (s *hospital) Start(env flow.Env) error {
	s.h.mu.Lock()
	defer s.h.mu.Unlock()
	s.h.wake = env.Wake
	return nil
}

func (s *hospital) Actions() []flow.Action {
	return []flow.Action{{In: []string{"token"}, Guard: s.h.open.Load, Fire: func(f *flow.Firing) error {
		v := f.In[0].Value.(map[string]any)
		from, second := flow.ActorID(v["from"].(string)), v["second"].(int64)
		left := int64(0)
		for n, id := range s.h.monitors {
			if id == from {
				if s.next[n] != second {
					s.h.fail(fmt.Sprintf("%s: second %d came where %d should", from, second, s.next[n]))
				}
				s.next[n] = second + 1
			}
			left += s.h.seconds - s.next[n]
		}
		if left == 0 {
			close(s.h.done)
		}
		return nil
	}}}
}

func (h *home) fail(why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wrong == "" {
		h.wrong = why
	}
}

func (s *hospital) Save() (b []byte, err error) {
	for _, n := range s.next {
		b = binary.AppendVarint(b, n)
	}
	return b, nil
}

func (s *hospital) Restore(_ int, b []byte) error {
	for i := range s.next {
		n, used := binary.Varint(b)
		s.next[i], b = n, b[used:]
	}
	return nil
}

// admit lets the hospital take what comes.
func (h *home) admit() {
	h.open.Store(true)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wake()
}

// until waits for what a goroutine of the engine does.
func (h *home) until(what string, ok func() bool) {
	h.t.Helper()
	for end := time.Now().Add(5 * time.Minute); !ok(); runtime.Gosched() {
		if time.Now().After(end) {
			h.t.Fatalf("%s did not come about", what)
		}
	}
}

func (h *home) end() {
	h.t.Helper()
	select {
	case <-h.done:
	case <-time.After(10 * time.Minute):
		h.t.Fatal("it did not catch up in ten minutes")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wrong != "" {
		h.t.Error(h.wrong)
	}
}

// Everything that a home measures while the hospital can't be reached is there
// afterwards, in order and once, though the node is started anew while it waits
// and while it catches up; and memory does not grow with it.
func TestOffline(t *testing.T) {
	h := newHome(t, 600, 64)
	h.start()
	all := int64(len(h.monitors)) * h.seconds
	most := all - int64(len(h.monitors)*h.window) // what stands on the links beyond is not in the spools
	h.until("half of it on disk", func() bool { n, _ := h.waiting(); return n > most/2 })
	h.stop()
	h.start()
	h.until("all of it on disk", func() bool { n, _ := h.waiting(); return n >= most })
	h.admit()
	h.until("a part of it is passed on", func() bool { n, _ := h.waiting(); return n < most/2 })
	h.stop()
	h.start()
	h.admit()
	h.end()
	h.stop()
}

// BenchmarkTwoDays is 48 hours of eight vital signs a second and an ECG of 250
// samples a second, 1.6 million tokens, kept and then caught up with.
func BenchmarkTwoDays(b *testing.B) {
	for b.Loop() {
		h := newHome(b, 48*3600, engine.DefaultWindow)
		h.start()
		begin := time.Now()
		all := int64(len(h.monitors)) * h.seconds
		h.until("all of it on disk", func() bool {
			time.Sleep(100 * time.Millisecond)
			n, _ := h.waiting()
			return n >= all-int64(len(h.monitors)*h.window)
		})
		b.ReportMetric(time.Since(begin).Seconds(), "keep-s")
		_, bytes := h.waiting()
		b.ReportMetric(float64(bytes)/1e6, "MB")
		runtime.GC()
		var mem runtime.MemStats
		runtime.ReadMemStats(&mem)
		b.ReportMetric(float64(mem.HeapAlloc)/1e6, "heap-MB")
		begin = time.Now()
		h.admit()
		h.end()
		took := time.Since(begin).Seconds()
		b.ReportMetric(took, "catchup-s")
		b.ReportMetric(float64(all)/took, "tokens/s")
		h.stop()
	}
}
