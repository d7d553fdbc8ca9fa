package remote

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

const patience = 3 * time.Minute // before a test gives up; nothing takes that long

// A hall is a few nodes in one process, each with a door, that know each
// other's addresses.
type hall struct {
	t testing.TB
	h *pkitest.Hospital

	mu    sync.Mutex // guards what follows
	addrs map[flow.NodeID]string
	ahead time.Duration // how far the doors' clocks are ahead
}

func newHall(t testing.TB) *hall {
	noneLeft(t)
	return &hall{t: t, h: pkitest.New(t), addrs: make(map[flow.NodeID]string)}
}

// noneLeft fails the test if a goroutine of a door outlives it.
func noneLeft(t testing.TB) {
	t.Cleanup(func() {
		buf := make([]byte, 1<<20)
		var left []string
		for until := time.Now().Add(patience); time.Now().Before(until); runtime.Gosched() {
			left = slices.DeleteFunc(strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n"), func(s string) bool {
				return !strings.Contains(s, "runtime/remote.") && !strings.Contains(s, "google.golang.org/grpc") || strings.Contains(s, "testing.(*")
			})
			if len(left) == 0 {
				return
			}
		}
		t.Errorf("%d goroutines are left, such as\n%s", len(left), left[0])
	})
}

func (h *hall) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Add(h.ahead)
}

func (h *hall) address(n flow.NodeID) (string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a, ok := h.addrs[n]
	return a, ok
}

// A room is one node: its door, and the ends of links that it has.
type room struct {
	*Door
	hall *hall
	log  *bytes.Buffer // under mu

	mu      sync.Mutex // guards what follows
	changed chan struct{}
	known   map[flow.LinkID]LinkEnd
	trusted map[flow.ActorID]string // URI of whom Judge believes
	outs    map[flow.LinkID]*outEnd
	ins     map[flow.LinkID]*inEnd
	ups     int
	why     map[flow.LinkID]error // last Down
	panics  bool                  // in Message
	downs   []error               // all of them
	denied  map[flow.LinkID]error // what Holds says; nil: it holds
	audits  []flow.AuditEvent
}

type outEnd struct {
	out  *link.Out
	send func(link.Message) bool
	held link.Message
	hold bool
}

type inEnd struct {
	in   *link.In
	peer flow.Identity
	send func(link.Message) bool
	late []link.Message // found no room
	got  []int64
}

func (r *room) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.change()
	return r.log.Write(b)
}

func (r *room) audited(e flow.AuditEvent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.change()
	r.audits = append(r.audits, e)
}

// onRecord waits for an audit event of a kind that names a SPIFFE ID (or its
// end) and has why in its reason.
func (r *room) onRecord(kind flow.AuditKind, who, why string) {
	r.hall.t.Helper()
	give := time.After(patience)
	for {
		r.mu.Lock()
		changed := r.changed
		for _, e := range r.audits {
			if e.Kind == kind && strings.HasSuffix(e.Who, who) && strings.Contains(e.Why, why) && e.Refused() && e.From != "" && !e.At.IsZero() {
				r.mu.Unlock()
				return
			}
		}
		audits := slices.Clone(r.audits)
		r.mu.Unlock()
		select {
		case <-changed:
		case <-give:
			r.hall.t.Fatalf("no %s event names %q with %q; there are %+v", kind, who, why, audits)
		}
	}
}

func (r *room) logged() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.String()
}

func (h *hall) room(name flow.NodeID, more ...func(*Config)) *room {
	h.t.Helper()
	r := &room{hall: h, log: new(bytes.Buffer), changed: make(chan struct{}), known: make(map[flow.LinkID]LinkEnd), trusted: make(map[flow.ActorID]string),
		outs: make(map[flow.LinkID]*outEnd), ins: make(map[flow.LinkID]*inEnd), why: make(map[flow.LinkID]error), denied: make(map[flow.LinkID]error)}
	own := h.h.Node(string(name))
	cfg := Config{Self: name, Listen: "127.0.0.1:0", Signer: func() flow.Signer { return own }, Verifier: h.h.Verifier(), Address: h.address,
		Log: slog.New(slog.NewTextHandler(r, nil)), Now: h.now, Audit: r.audited, Patience: Patience{RetryFirst: time.Millisecond, RetryMost: 20 * time.Millisecond}}
	for _, m := range more {
		m(&cfg)
	}
	d, err := Listen(cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Door = d
	h.t.Cleanup(func() { d.Close() })
	d.Carry(r)
	h.mu.Lock()
	h.addrs[name] = d.Addr()
	h.mu.Unlock()
	return r
}

// join makes both ends of a link, each knowing the other's certificate.
func (h *hall) join(from, to *room, name string, fs, ts flow.Signer, window int) LinkEnd {
	l, err := flow.ParseLinkID(flow.LinkID("w:" + name + ".out > w:" + name + "-sink.in"))
	if err != nil {
		h.t.Fatal(err)
	}
	terms := link.Terms{Link: l.ID(), From: link.End{Actor: l.From.Actor, Node: from.cfg.Self, Epoch: 1}, To: link.End{Actor: l.To.Actor, Node: to.cfg.Self, Epoch: 1}}
	from.mu.Lock()
	from.outs[l.ID()] = &outEnd{out: link.NewOut(l.ID(), window)}
	from.trusted[l.To.Actor] = ts.ID.URI
	from.mu.Unlock()
	to.mu.Lock()
	to.ins[l.ID()] = &inEnd{in: link.NewIn(l.ID(), window)}
	to.known[l.ID()] = LinkEnd{Terms: terms, Signer: ts}
	to.trusted[l.From.Actor] = fs.ID.URI
	to.mu.Unlock()
	return LinkEnd{Terms: terms, Signer: fs}
}

func (r *room) open(end LinkEnd) {
	r.hall.t.Helper()
	if err := r.OpenLink(end); err != nil {
		r.hall.t.Fatal(err)
	}
}

// wait returns when ok does, which is asked after each change, with the lock held.
func (r *room) wait(what string, ok func() bool) {
	r.hall.t.Helper()
	give := time.After(patience)
	for {
		r.mu.Lock()
		done, changed := ok(), r.changed
		r.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-give:
			r.hall.t.Fatalf("%s: not within %v; last downs: %v\nlog:\n%s", what, patience, r.why, r.logged())
		}
	}
}

func (r *room) change() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// give offers tokens as their window lets it.
func (r *room) give(id flow.LinkID, from, to int64) {
	r.hall.t.Helper()
	for v := from; v <= to; {
		r.wait(fmt.Sprintf("room for token %d", v), func() bool { return r.outs[id].out.Room() > 0 })
		r.mu.Lock()
		o := r.outs[id]
		for ; v <= to; v++ {
			if _, err := o.out.Offer(flow.Token{Value: v, Source: "w:src", Made: time.Unix(v, 0)}); err != nil {
				break
			}
		}
		o.out.Release(o.out.Made())
		o.pump()
		r.mu.Unlock()
	}
}

func (o *outEnd) pump() {
	for o.send != nil {
		if !o.hold {
			o.held.Kind = link.KindFrame
			if !o.out.Next(&o.held.Frame, 64) {
				return
			}
			o.hold = true
		}
		if !o.send(o.held) {
			return
		}
		o.hold = false
	}
}

func (i *inEnd) say(ms ...link.Message) {
	i.late = append(i.late, ms...)
	for i.send != nil && len(i.late) > 0 && i.send(i.late[0]) {
		i.late = i.late[1:]
	}
}

// As Links.

func (r *room) Accept(id flow.LinkID) (LinkEnd, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	end, ok := r.known[id]
	if !ok {
		return LinkEnd{}, fmt.Errorf("link %s is not known here yet: %w", id, flow.ErrLater)
	}
	return end, nil
}

func (r *room) Judge(_ flow.LinkID, far link.End, chain []*x509.Certificate) (flow.Identity, error) {
	id, err := r.cfg.Verifier.Identify(chain, time.Now())
	if err != nil {
		return flow.Identity{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.trusted[far.Actor] != id.URI {
		return flow.Identity{}, fmt.Errorf("%s may not speak for actor %s", id.URI, far.Actor)
	}
	return id, nil
}

func (r *room) Up(id flow.LinkID, peer flow.Identity, send func(link.Message) bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.change()
	r.ups++
	delete(r.why, id)
	if o := r.outs[id]; o != nil {
		o.out.Closed()
		o.send, o.hold = send, false
		send(link.Message{Kind: link.KindOpen, Made: o.out.Made(), Settled: o.out.SettledTo()})
		return nil
	}
	if i := r.ins[id]; i != nil {
		i.peer, i.send, i.late = peer, send, nil
		return nil
	}
	return errors.New("no end here")
}

func (r *room) Message(id flow.LinkID, m link.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.change()
	if r.panics {
		r.panics = false
		panic("a bug in the engine")
	}
	o, i := r.outs[id], r.ins[id]
	switch m.Kind {
	case link.KindOpen:
		i.say(link.Message{Kind: link.KindOpened, Taken: i.in.Received(), Credit: i.in.Credit()},
			link.Message{Kind: link.KindSettled, Settled: i.in.SettledTo()})
	case link.KindFrame:
		if _, err := i.in.Accept(&m.Frame); err != nil {
			return err
		}
		for i.in.Len() > 0 {
			t, _ := i.in.Take()
			v, ok := t.Value.(int64)
			if s, big := t.Value.(string); big {
				v, ok = int64(len(s)), true
			}
			if !ok {
				return fmt.Errorf("token %v", t)
			}
			i.got = append(i.got, v)
		}
		i.in.Settle(i.in.Taken())
		if i.in.GrantDue() {
			i.say(link.Message{Kind: link.KindCredit, Credit: i.in.Credit()})
		}
		i.say(link.Message{Kind: link.KindSettled, Settled: i.in.SettledTo()})
	case link.KindOpened:
		if err := o.out.Opened(m.Taken, m.Credit); err != nil {
			return err
		}
		o.pump()
	case link.KindCredit:
		o.out.Credit(m.Credit)
		o.pump()
	case link.KindSettled:
		_, err := o.out.Settled(m.Settled)
		return err
	}
	return nil
}

func (r *room) Holds(terms link.Terms, _ flow.Identity) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.denied[terms.Link]
}

func (r *room) Ready(id flow.LinkID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o := r.outs[id]; o != nil {
		o.pump()
	}
	if i := r.ins[id]; i != nil {
		i.say()
	}
}

func (r *room) Down(id flow.LinkID, why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.change()
	r.why[id] = why
	r.downs = append(r.downs, why)
	if o := r.outs[id]; o != nil {
		o.out.Closed()
		o.send, o.hold = nil, false
	}
	if i := r.ins[id]; i != nil {
		i.send = nil
	}
}

// inOrder waits for n tokens and checks that they are 1 … n.
func (r *room) inOrder(id flow.LinkID, n int64) {
	r.hall.t.Helper()
	r.wait(fmt.Sprintf("%d tokens of %s", n, id), func() bool { return int64(len(r.ins[id].got)) >= n })
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, v := range r.ins[id].got {
		if v != int64(i+1) {
			r.hall.t.Fatalf("link %s: token %d came at place %d", id, v, i+1)
		}
	}
	if got := len(r.ins[id].got); int64(got) != n {
		r.hall.t.Fatalf("link %s: %d tokens came, want %d", id, got, n)
	}
}

// cut closes all connections of a door, as a lost network would.
func (r *room) cut() {
	r.Door.mu.Lock()
	conns := slices.Collect(maps.Keys(r.conns))
	r.Door.mu.Unlock()
	for _, c := range conns {
		c.Close()
	}
}

func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func isRefusal(err error, reason error) bool {
	r := new(pki.Refusal)
	return errors.As(err, &r) && errors.Is(err, reason)
}
