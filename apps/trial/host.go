package trial

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"time"

	"github.com/wardflow/wardflow/runtime/node"
)

// A hostWish is what a trial asks of a process that runs a node.
type hostWish struct {
	Start *node.Config `json:",omitempty"` // once, first
	Bare  *bareWish    `json:",omitempty"` // in place of a node
	Heap  bool         `json:",omitempty"` // collect garbage first, and look at the heap
	// Profile is the file to write a profile of this process's processor time
	// to, from now on until it is asked again.
	Profile string `json:",omitempty"`
}

// A hostTold is its answer.
type hostTold struct {
	Started    int64 // actors of the trial that run
	Taken      int64 // tokens that they have taken
	CPU        time.Duration
	Heap       uint64 // bytes in use, if asked for
	Goroutines int
}

// Host runs a node as it is told on in, until that ends.
func Host(ctx context.Context, in io.Reader, out io.Writer) (err error) {
	h := &host{ctx: ctx}
	defer func() {
		if h.node != nil {
			err = errors.Join(err, h.node.Close())
		}
		if h.bare != nil {
			err = errors.Join(err, h.bare.Close())
		}
		h.stopProfile()
	}()
	return serve(in, out, h.answer)
}

type host struct {
	ctx    context.Context
	node   *node.Node
	bare   *http.Server
	counts counts

	profile *os.File // that is being written; nil: none
}

func (h *host) answer(w hostWish) (any, error) {
	if w.Bare != nil {
		s, err := serveBare(*w.Bare)
		h.bare = s
		return hostTold{}, err
	}
	if w.Start != nil {
		log := slog.New(slog.NewTextHandler(os.Stderr, nil))
		n, err := node.Start(h.ctx, *w.Start, types(&h.counts), log)
		h.node = n
		return hostTold{}, err
	}
	h.stopProfile()
	if w.Profile != "" {
		if err := h.startProfile(w.Profile); err != nil {
			return nil, err
		}
	}
	t := hostTold{Started: h.counts.started.Load(), Taken: h.counts.taken.Load(), CPU: cpu(), Goroutines: runtime.NumGoroutine()}
	if w.Heap {
		t.Heap = heap()
	}
	return t, nil
}

// heap is how many bytes are in use, stacks among them, when all garbage is gone.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what the first has finalized goes now
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

func (h *host) startProfile(name string) (err error) {
	if h.profile, err = os.Create(name); err != nil {
		return err
	}
	return pprof.StartCPUProfile(h.profile)
}

func (h *host) stopProfile() {
	if h.profile != nil {
		pprof.StopCPUProfile()
		h.profile.Close()
		h.profile = nil
	}
}
