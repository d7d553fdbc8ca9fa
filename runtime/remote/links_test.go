package remote

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
	"github.com/wardflow/wardflow/runtime/pki"
)

const ecgEPC, ecgGroup = "urn:epc:id:giai:0614141.5678", "h1/3/icu-3/ecg"

func TestLinkCarriesTokens(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	ecg := h.h.Device(ecgEPC, ecgGroup)
	end := h.join(bedside, desk, "ecg", ecg, desk.cfg.Signer(), 100)
	id := end.Terms.Link
	bedside.open(end)
	bedside.give(id, 1, 3000)
	desk.inOrder(id, 3000)
	desk.wait("the peer", func() bool { return desk.ins[id].peer.URI == ecg.ID.URI && desk.ins[id].peer.EPC != "" })
	bedside.wait("everything settled", func() bool { return bedside.outs[id].out.Held() == 0 })

	bedside.CloseLink(id)
	desk.wait("the other end to hear of it", func() bool { return desk.why[id] != nil })
	if !errors.Is(bedside.why[id], ErrClosed) {
		t.Fatalf("the closed link is down because %v, want ErrClosed", bedside.why[id])
	}
	for _, r := range []*room{bedside, desk} {
		if strings.Contains(r.logged(), "level=WARN") || strings.Contains(r.logged(), "level=ERROR") {
			t.Errorf("a link's ordinary life is logged as trouble:\n%s", r.logged())
		}
	}
}

// Whatever breaks and when, each token comes once and in order. Three nodes,
// links both ways between all of them, and all connections of a node cut again
// and again.
func TestLinksResumeAfterCuts(t *testing.T) {
	h := newHall(t)
	rooms := []*room{h.room("bedside"), h.room("desk"), h.room("records")}
	const each = 3000
	type run struct {
		from, to *room
		id       flow.LinkID
	}
	var runs []run
	for i, from := range rooms {
		for j, to := range rooms {
			if i == j {
				continue
			}
			for k := range 2 {
				end := h.join(from, to, fmt.Sprintf("a%d%d%d", i, j, k), from.cfg.Signer(), to.cfg.Signer(), 50)
				from.open(end)
				runs = append(runs, run{from, to, end.Terms.Link})
			}
		}
	}
	done := make(chan struct{})
	for _, r := range runs {
		go func() {
			defer func() { done <- struct{}{} }()
			for v := int64(1); v <= each; v += 100 {
				r.from.give(r.id, v, v+99)
			}
		}()
	}
	for cut := range 12 {
		r := runs[cut%len(runs)]
		want := (cut + 1) * each / 14
		r.to.wait("some progress", func() bool { return len(r.to.ins[r.id].got) >= want })
		rooms[cut%3].cut()
	}
	for range runs {
		<-done
	}
	for _, r := range runs {
		r.to.inOrder(r.id, each)
	}
	for _, r := range rooms {
		r.Close()
	}
	for _, r := range rooms {
		if strings.Contains(r.logged(), "level=WARN") || strings.Contains(r.logged(), "level=ERROR") {
			t.Errorf("lost connections and closing are logged as more than that:\n%s", r.logged())
		}
		for id, why := range r.why {
			if why == nil {
				t.Errorf("link %s is not down after its door closed", id)
			}
		}
	}
}

// The receiver may not be there yet, or know nothing of the link yet.
func TestLinkWaitsForItsPeer(t *testing.T) {
	h := newHall(t)
	bedside := h.room("bedside")
	late := h.room("late") // only to know its certificate; its address is forgotten
	end := h.join(bedside, late, "ecg", bedside.cfg.Signer(), late.cfg.Signer(), 10)
	id := end.Terms.Link
	delete(late.known, id)
	addr := late.Addr()
	h.mu.Lock()
	delete(h.addrs, "late")
	h.mu.Unlock()
	bedside.open(end)
	bedside.wait("a first try", func() bool { return errors.Is(bedside.why[id], ErrUnreachable) })

	h.mu.Lock()
	h.addrs["late"] = addr
	h.mu.Unlock()
	bedside.Wake("late")
	bedside.wait("a second try", func() bool { return errors.Is(bedside.why[id], flow.ErrLater) })

	late.mu.Lock()
	late.known[id] = LinkEnd{Terms: end.Terms, Signer: late.cfg.Signer()}
	late.mu.Unlock()
	bedside.Wake("")
	bedside.give(id, 1, 5)
	late.inOrder(id, 5)
	if r := new(RefusedError); errors.As(bedside.why[id], &r) || strings.Contains(bedside.logged()+late.logged(), "WARN") {
		t.Errorf("waiting is reported as trouble: %v\n%s%s", bedside.why[id], bedside.logged(), late.logged())
	}
}

// Whose certificate does not fit is refused, and both sides are told who and why.
func TestLinkRefused(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	good := h.h.Device(ecgEPC, ecgGroup)
	lost := h.h.Device("urn:epc:id:giai:0614141.777", ecgGroup)
	h.h.Verifier().RevokeLeaf(lost.ID.Leaf)
	stolen := good
	stolen.Key = h.h.Device("urn:epc:id:giai:0614141.999", ecgGroup).Key
	for i, tt := range []struct {
		name     string
		from, to flow.Signer
		want     []string
	}{
		{"a device of a rogue hospital", h.h.Rogue().Device(ecgEPC, ecgGroup), desk.cfg.Signer(), []string{"device/giai/0614141.5678", pki.ErrStranger.Error()}},
		{"a device of a neighbouring hospital", h.h.Neighbour().Device(ecgEPC, ecgGroup), desk.cfg.Signer(), []string{"h2.health.example"}},
		{"another device", h.h.Device("urn:epc:id:giai:0614141.42", ecgGroup), desk.cfg.Signer(), []string{"0614141.42", "may not speak for actor"}},
		{"a revoked device", lost, desk.cfg.Signer(), []string{"0614141.777", "revoked"}},
		{"a device's certificate without its key", stolen, desk.cfg.Signer(), []string{"0614141.5678", "does not prove who it is"}},
		{"a rogue receiver", good, h.h.Rogue().Storage("records"), []string{"storage/records", pki.ErrStranger.Error()}},
		{"the wrong receiver", good, bedside.cfg.Signer(), []string{"node/bedside", "may not speak for actor"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			end := h.join(bedside, desk, fmt.Sprint("a", i), tt.from, tt.to, 10)
			id := end.Terms.Link
			bedside.trusted[end.Terms.To.Actor] = desk.cfg.Signer().ID.URI
			desk.mu.Lock()
			desk.trusted[end.Terms.From.Actor] = good.ID.URI
			ups := desk.ups
			desk.mu.Unlock()
			bedside.open(end)
			for _, r := range []*room{bedside, desk} {
				r.wait("the refusal", func() bool {
					refused := new(RefusedError)
					return errors.As(r.why[id], &refused)
				})
				for _, want := range tt.want {
					if !strings.Contains(r.why[id].Error(), want) {
						t.Errorf("%s is told %q, want %q in it", r.cfg.Self, r.why[id], want)
					}
				}
				if !strings.Contains(r.logged(), "link refused") {
					t.Errorf("%s has no word of it in the log", r.cfg.Self)
				}
			}
			bedside.CloseLink(id)
			if desk.mu.Lock(); desk.ups != ups {
				t.Error("the link was up")
			}
			desk.mu.Unlock()
		})
	}
}

// An older activation is stale, a newer one not known yet, and one that the
// register puts on another node may not speak.
func TestLinkTermsDiffer(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	for i, tt := range []struct {
		name   string
		differ func(known *link.Terms)
		want   error // nil: a refusal
	}{
		{"the sender is an old activation", func(k *link.Terms) { k.From.Epoch = 2 }, flow.ErrStale},
		{"the receiver is meant by an old epoch", func(k *link.Terms) { k.To.Epoch = 2 }, flow.ErrStale},
		{"the sender is newer than known", func(k *link.Terms) { k.From.Epoch = 0 }, flow.ErrLater},
		{"the sender runs elsewhere", func(k *link.Terms) { k.From.Node = "records" }, nil},
		{"the receiver runs elsewhere", func(k *link.Terms) { k.To.Node = "records" }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			end := h.join(bedside, desk, fmt.Sprint("b", i), bedside.cfg.Signer(), desk.cfg.Signer(), 10)
			id := end.Terms.Link
			known := LinkEnd{Terms: end.Terms, Signer: desk.cfg.Signer()}
			tt.differ(&known.Terms)
			desk.mu.Lock()
			desk.known[id] = known
			desk.mu.Unlock()
			bedside.open(end)
			defer bedside.CloseLink(id)
			bedside.wait("an answer", func() bool { return bedside.why[id] != nil && !errors.Is(bedside.why[id], ErrUnreachable) })
			refused := new(RefusedError)
			if got := bedside.why[id]; tt.want != nil && !errors.Is(got, tt.want) || tt.want == nil && !errors.As(got, &refused) {
				t.Fatalf("down because %v, want %v", got, tt.want)
			}
		})
	}
}

func TestOpenLinkRefuses(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	end := h.join(desk, bedside, "x", desk.cfg.Signer(), bedside.cfg.Signer(), 10)
	if err := bedside.OpenLink(end); err == nil {
		t.Error("opened a link whose sender is on another node")
	}
	end.Terms.To.Node = "desk"
	if err := desk.OpenLink(end); err == nil {
		t.Error("opened a link that does not leave the node")
	}
}

// A migration: the link is opened on new terms, and the old session goes.
func TestLinkMoves(t *testing.T) {
	h := newHall(t)
	bedside, desk, records := h.room("bedside"), h.room("desk"), h.room("records")
	end := h.join(bedside, desk, "ecg", bedside.cfg.Signer(), desk.cfg.Signer(), 100)
	id := end.Terms.Link
	bedside.open(end)
	bedside.give(id, 1, 500)
	desk.inOrder(id, 500)

	desk.CloseLink(id)
	h.join(bedside, records, "ecg", bedside.cfg.Signer(), records.cfg.Signer(), 100) // makes new ends
	desk.mu.Lock()
	records.mu.Lock()
	records.ins[id].in, records.ins[id].got = link.RestoreIn(id, 100, 500), desk.ins[id].got
	records.mu.Unlock()
	desk.mu.Unlock()
	var err error
	bedside.mu.Lock()
	bedside.outs[id].out, err = link.RestoreOut(id, 100, 500, 500, nil)
	bedside.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	end.Terms.To.Node, end.Terms.To.Epoch = "records", 2
	records.mu.Lock()
	records.known[id] = LinkEnd{Terms: end.Terms, Signer: records.cfg.Signer()}
	records.mu.Unlock()
	bedside.open(end)
	bedside.give(id, 501, 1000)
	records.inOrder(id, 1000)
}

// Keys are renewed before they are old, and links end with the certificates of
// their actors, not with those of their nodes.
func TestRecheckEndsLinks(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	ecg, temp := h.h.Device(ecgEPC, ecgGroup), h.h.Device("urn:epc:id:giai:0614141.42", ecgGroup)
	one := h.join(bedside, desk, "ecg", ecg, desk.cfg.Signer(), 100)
	two := h.join(bedside, desk, "temp", temp, desk.cfg.Signer(), 100)
	bedside.open(one)
	bedside.open(two)
	bedside.give(one.Terms.Link, 1, 10)
	bedside.give(two.Terms.Link, 1, 10)
	desk.inOrder(one.Terms.Link, 10)
	desk.inOrder(two.Terms.Link, 10)

	h.h.Verifier().RevokeLeaf(ecg.ID.Leaf)
	desk.Recheck()
	refused := new(RefusedError)
	desk.wait("the revoked device's link to end", func() bool { return errors.As(desk.why[one.Terms.Link], &refused) })
	if !errors.Is(refused, pki.ErrRevoked) {
		t.Errorf("ended because %v, want ErrRevoked", refused)
	}
	if desk.mu.Lock(); desk.why[two.Terms.Link] != nil {
		t.Errorf("the other link ended too: %v", desk.why[two.Terms.Link])
	}
	desk.mu.Unlock()

	ups := func() int { bedside.mu.Lock(); defer bedside.mu.Unlock(); return bedside.ups }()
	h.mu.Lock()
	h.ahead = 61 * time.Minute
	h.mu.Unlock()
	bedside.Recheck()
	bedside.wait("new keys", func() bool { return bedside.ups > ups })
	bedside.give(two.Terms.Link, 11, 20)
	desk.inOrder(two.Terms.Link, 20)
}

// A link that the policy does not allow any more ends at the next look, and one
// whose actor has moved passes without a word of refusal.
func TestRecheckJudgesLinks(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	denied := h.join(bedside, desk, "denied", bedside.cfg.Signer(), desk.cfg.Signer(), 100)
	moved := h.join(bedside, desk, "moved", bedside.cfg.Signer(), desk.cfg.Signer(), 100)
	kept := h.join(bedside, desk, "kept", bedside.cfg.Signer(), desk.cfg.Signer(), 100)
	for _, end := range []LinkEnd{denied, moved, kept} {
		bedside.open(end)
		bedside.give(end.Terms.Link, 1, 10)
		desk.inOrder(end.Terms.Link, 10)
	}
	desk.mu.Lock()
	desk.denied[denied.Terms.Link] = errors.New("the policy says no")
	desk.denied[moved.Terms.Link] = fmt.Errorf("w:moved runs elsewhere: %w", flow.ErrStale)
	desk.mu.Unlock()
	desk.Recheck()
	refused := new(RefusedError)
	bedside.wait("the denied link to end", func() bool { return errors.As(bedside.why[denied.Terms.Link], &refused) })
	if !strings.Contains(refused.Error(), "the policy says no") {
		t.Errorf("the sender is told %v", refused)
	}
	bedside.wait("the moved link to end", func() bool { return errors.Is(bedside.why[moved.Terms.Link], flow.ErrStale) })
	desk.onRecord(flow.AuditLink, "/node/bedside", "the policy says no")
	desk.mu.Lock()
	defer desk.mu.Unlock()
	for _, e := range desk.audits {
		if e.Link != denied.Terms.Link {
			t.Errorf("on record is %+v", e)
		}
	}
	if desk.why[kept.Terms.Link] != nil {
		t.Errorf("the third link ended: %v", desk.why[kept.Terms.Link])
	}
}

// Who is revoked ends at once, without anybody calling Recheck: the verifier
// says that something has changed.
func TestRevocationIsNoticed(t *testing.T) {
	for name, ours := range map[string]bool{"theirs": false, "our own": true} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t)
			never := func(c *Config) { c.Recheck = time.Hour }
			bedside, desk := h.room("bedside", never), h.room("desk", never)
			end := h.join(bedside, desk, "ecg", bedside.cfg.Signer(), desk.cfg.Signer(), 100)
			bedside.open(end)
			bedside.give(end.Terms.Link, 1, 10)
			desk.inOrder(end.Terms.Link, 10)
			who := bedside.cfg.Signer()
			if ours {
				who = desk.cfg.Signer()
			}
			h.h.Verifier().RevokeLeaf(who.ID.Leaf)
			desk.wait("the link to end", func() bool { return desk.why[end.Terms.Link] != nil })
			bedside.wait("the link to end", func() bool { return bedside.why[end.Terms.Link] != nil })
		})
	}
}

// A slow reader makes send answer false; nothing is lost, and Ready comes.
func TestLargeTokensAndBackpressure(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	end := h.join(bedside, desk, "image", bedside.cfg.Signer(), desk.cfg.Signer(), 64)
	id := end.Terms.Link
	large := strings.Repeat("x", flow.MaxToken-100)
	bedside.mu.Lock()
	for range 20 {
		bedside.outs[id].out.Offer(flow.Token{Value: large})
	}
	bedside.outs[id].out.Release(20)
	bedside.mu.Unlock()
	bedside.open(end)
	desk.wait("20 large tokens", func() bool { return len(desk.ins[id].got) == 20 })
	for _, v := range desk.ins[id].got {
		if v != int64(len(large)) {
			t.Fatalf("a token of %d bytes came, want %d", v, len(large))
		}
	}
}

// A bug in whoever has the ends closes the connection, not the process.
func TestPanicInMessage(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	end := h.join(bedside, desk, "ecg", bedside.cfg.Signer(), desk.cfg.Signer(), 100)
	desk.panics = true
	bedside.open(end)
	bedside.give(end.Terms.Link, 1, 10)
	desk.inOrder(end.Terms.Link, 10)
	if !strings.Contains(desk.logged(), "panicked") {
		t.Errorf("the panic is not in the log:\n%s", desk.logged())
	}
}
