package remote

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A holder has a certificate that is renewed while it is in use.
type holder struct {
	hall *hall
	req  pki.Request
	now  atomic.Pointer[flow.Signer]
}

func (h *hall) holder(req pki.Request) *holder {
	o := &holder{hall: h, req: req}
	o.renew()
	return o
}

func (o *holder) renew() flow.Signer {
	s := o.hall.h.Issue(o.req)
	o.now.Store(&s)
	return s
}

func (o *holder) signer() flow.Signer { return *o.now.Load() }

// quick is a configuration for certificates that live for seconds.
func (o *holder) quick(c *Config) {
	c.Signer, c.Recheck = o.signer, 50*time.Millisecond
}

// lossless fails the test if a link was down for another reason than that a new
// session took the place of an old one.
func (r *room) lossless() {
	r.hall.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, err := range r.downs {
		if !errors.Is(err, errOver) {
			r.hall.t.Errorf("%s had a link down because %v", r.cfg.Self, err)
		}
	}
}

// flood gives tokens until stop is closed, and then says how many.
func (r *room) flood(id flow.LinkID, stop <-chan struct{}) <-chan int64 {
	made := make(chan int64, 1)
	go func() {
		v := int64(0)
		for ; ; v += 50 {
			select {
			case <-stop:
				made <- v
				return
			default:
				r.give(id, v+1, v+50)
			}
		}
	}()
	return made
}

// Certificates of both nodes and of a device that live for a few seconds are
// renewed while tokens flow. Each time connection and link move to the new ones
// before the old ones end: the link is never down, and when all the first
// certificates have long expired every token has come, once and in order.
func TestRenewalsUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds: certificates have to expire")
	}
	h := newHall(t)
	const life = 4 * time.Second
	nodes := [2]*holder{h.holder(pki.Request{Role: flow.RoleNode, Name: "bedside", Life: life}), h.holder(pki.Request{Role: flow.RoleNode, Name: "desk", Life: life})}
	epc, err := pki.ParseEPC(ecgEPC)
	if err != nil {
		t.Fatal(err)
	}
	ecg := h.holder(pki.Request{Role: flow.RoleDevice, EPC: epc, Group: ecgGroup, Life: life})
	bedside, desk := h.room("bedside", nodes[0].quick), h.room("desk", nodes[1].quick)
	end := h.join(bedside, desk, "ecg", ecg.signer(), nodes[1].signer(), 200)
	id := end.Terms.Link
	bedside.open(end)
	stop := make(chan struct{})
	made := bedside.flood(id, stop)
	first := time.Now()
	for time.Since(first) < life+life/2 { // three renewals, and past the end of the first
		next := time.Now().Add(life / 3)
		for _, n := range nodes {
			n.renew()
		}
		end.Signer = ecg.renew()
		desk.mu.Lock()
		desk.known[id] = LinkEnd{Terms: end.Terms, Signer: nodes[1].signer()}
		desk.mu.Unlock()
		bedside.open(end)
		desk.wait("the link under the new certificate", func() bool { return desk.ins[id].peer.Leaf == end.Signer.ID.Leaf })
		bedside.wait("a connection with the new certificates", func() bool {
			p, _ := bedside.Door.peer("desk")
			p.mu.Lock()
			defer p.mu.Unlock()
			c := p.line.conn
			return c != nil && c.own.Leaf == nodes[0].signer().ID.Leaf && c.peer.Leaf == nodes[1].signer().ID.Leaf
		})
		desk.mu.Lock()
		got := len(desk.ins[id].got)
		desk.mu.Unlock()
		for until := time.Until(next); until > 0; until = time.Until(next) {
			desk.wait("more tokens", func() bool { return len(desk.ins[id].got) > got })
			got++
		}
	}
	close(stop)
	desk.inOrder(id, <-made)
	bedside.lossless()
	desk.lossless()
	desk.Door.mu.Lock()
	defer desk.Door.mu.Unlock()
	if n := len(desk.conns); n > 2 {
		t.Errorf("%d connections are left, want the old ones closed", n)
	}
}
