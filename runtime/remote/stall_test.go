package remote

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A relay stands between two doors and can stand still, as a stopped process or
// a dead cable does: nothing comes through, and nobody hangs up.
type relay struct {
	net.Listener
	to   string
	gate sync.RWMutex // held for writing while nothing comes through
	run  sync.WaitGroup

	mu    sync.Mutex // guards conns
	conns []net.Conn
}

func newRelay(t *testing.T, to string) *relay {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{Listener: l, to: to}
	r.run.Go(r.accept)
	t.Cleanup(func() {
		l.Close()
		r.cut()
		r.run.Wait()
	})
	return r
}

func (r *relay) accept() {
	for {
		in, err := r.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", r.to)
		if err != nil {
			in.Close()
			continue
		}
		r.mu.Lock()
		r.conns = append(r.conns, in, out)
		r.mu.Unlock()
		r.run.Go(func() { r.copy(in, out) })
		r.run.Go(func() { r.copy(out, in) })
	}
}

func (r *relay) copy(to, from net.Conn) {
	io.Copy(gated{to, r}, from)
	to.Close()
	from.Close()
}

type gated struct {
	net.Conn
	r *relay
}

func (g gated) Write(b []byte) (int, error) {
	g.r.gate.RLock()
	defer g.r.gate.RUnlock()
	return g.Conn.Write(b)
}

// cut ends all connections.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		c.Close()
	}
	r.conns = nil
}

// A peer that stands still, as after SIGSTOP, holds up its links and takes no
// memory beyond the outbox; when it goes on, or comes back over another
// connection, everything is there, once and in order.
func TestPeerThatStandsStill(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	r := newRelay(t, desk.Addr())
	h.mu.Lock()
	h.addrs["desk"] = r.Addr().String()
	h.mu.Unlock()
	const each = 12_000
	end := h.join(bedside, desk, "ecg", bedside.cfg.Signer(), desk.cfg.Signer(), 3*each)
	id := end.Terms.Link
	bedside.open(end)
	made := int64(0)
	// Names take as many bytes as large values would, and the hall counts numbers.
	names := [2]flow.ActorID{flow.ActorID("w:" + strings.Repeat("a", 1000)), flow.ActorID("w:" + strings.Repeat("b", 1000))}
	give := func() {
		bedside.mu.Lock()
		defer bedside.mu.Unlock()
		o := bedside.outs[id]
		for range each {
			made++
			if _, err := o.out.Offer(flow.Token{Value: made, Source: names[made%2], Made: time.Unix(made, 0)}); err != nil {
				t.Fatal(err)
			}
		}
		o.out.Release(o.out.Made())
		o.pump()
	}
	still := func() {
		t.Helper()
		r.gate.Lock()
		give()
		bedside.wait("the door to take no more", func() bool { return bedside.outs[id].hold })
		if s, _ := bedside.Door.known(id).now(); s != nil {
			s.st.out.mu.Lock()
			waits := s.st.out.bytes
			s.st.out.mu.Unlock()
			if waits > highWater+packetMost {
				t.Errorf("%d bytes wait for a peer that stands still, want about %d at most", waits, highWater)
			}
		}
	}
	give()
	desk.inOrder(id, made)

	still()
	r.gate.Unlock()
	desk.inOrder(id, made)

	still()
	r.cut()
	r.gate.Unlock()
	desk.inOrder(id, made)
}
