package remote

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

func TestAsk(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	desk.Answer("echo", func(_ context.Context, peer flow.Identity, body []byte) ([]byte, error) {
		return fmt.Appendf(nil, "%s said %s", peer.Name, body), nil
	})
	desk.Answer("later", func(context.Context, flow.Identity, []byte) ([]byte, error) {
		return nil, fmt.Errorf("no leader: %w", flow.ErrLater)
	})
	desk.Answer("stale", func(context.Context, flow.Identity, []byte) ([]byte, error) { return nil, flow.ErrStale })
	desk.Answer("no", func(context.Context, flow.Identity, []byte) ([]byte, error) { return nil, errors.New("not on Sundays") })
	desk.Answer("bug", func(context.Context, flow.Identity, []byte) ([]byte, error) { panic("a bug") })
	desk.Answer("much", func(context.Context, flow.Identity, []byte) ([]byte, error) { return make([]byte, bodyMost+1), nil })

	ctx := testContext(t)
	if got, err := bedside.Ask(ctx, "desk", "echo", []byte("hello")); err != nil || string(got) != "bedside said hello" {
		t.Fatalf("Ask = %q, %v", got, err)
	}
	large := bytes.Repeat([]byte("x"), bodyMost)
	if got, err := bedside.Ask(ctx, "desk", "later", large); !errors.Is(err, flow.ErrLater) {
		t.Fatalf("Ask with the largest body = %d bytes, %v; want ErrLater", len(got), err)
	}
	for _, tt := range []struct {
		kind, node, want string
		is               error
	}{
		{"later", "desk", "no leader", flow.ErrLater},
		{"stale", "desk", "newer activation", flow.ErrStale},
		{"no", "desk", "not on Sundays", nil},
		{"unheard-of", "desk", "nobody answers", nil},
		{"bug", "desk", "a bug", nil},
		{"much", "desk", "too large", nil},
		{"echo", "nowhere", "nothing is known of node nowhere", ErrUnreachable},
	} {
		_, err := bedside.Ask(ctx, flow.NodeID(tt.node), tt.kind, nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("Ask(%s) = %v, want %q and %v", tt.kind, err, tt.want, tt.is)
		}
		if r := new(RefusedError); tt.kind == "no" && !errors.As(err, &r) {
			t.Errorf("Ask(no) = %v, want a RefusedError", err)
		}
	}
	if _, err := bedside.Ask(ctx, "desk", "echo", make([]byte, bodyMost+1)); err == nil {
		t.Error("a body beyond the limit was sent")
	}
	if got, err := bedside.Ask(ctx, "desk", "echo", nil); err != nil {
		t.Fatalf("after a panic of a handler: Ask = %q, %v", got, err)
	}
	if !strings.Contains(desk.logged(), "handler panicked") {
		t.Errorf("the panic is not in the log: %s", desk.logged())
	}
}

func TestAskEndsWithItsContext(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	asked := make(chan struct{})
	desk.Answer("slow", func(ctx context.Context, _ flow.Identity, _ []byte) ([]byte, error) {
		close(asked)
		<-ctx.Done()
		return nil, ctx.Err()
	})
	ctx, cancel := context.WithCancel(testContext(t))
	go func() { <-asked; cancel() }()
	if _, err := bedside.Ask(ctx, "desk", "slow", nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("Ask = %v, want Canceled", err)
	}
}

func TestDialAnotherProtocol(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	desk.Handle("wardflow-raft/1", func(c net.Conn, peer flow.Identity) {
		defer c.Close()
		fmt.Fprintf(c, "hello %s", peer.Name)
	})
	c, err := bedside.Dial(testContext(t), "wardflow-raft/1", desk.Addr(), "desk")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if id, ok := PeerOf(c); !ok || id.Name != "desk" {
		t.Fatalf("PeerOf = %v, %v", id, ok)
	}
	if got, err := io.ReadAll(c); err != nil || string(got) != "hello bedside" {
		t.Fatalf("read %q, %v", got, err)
	}
	if c, err := bedside.Dial(testContext(t), "wardflow-raft/1", desk.Addr(), ""); err != nil {
		t.Errorf("dial any node: %v", err)
	} else {
		c.Close()
	}
	if _, err := bedside.Dial(testContext(t), "unheard-of/1", desk.Addr(), "desk"); err == nil {
		t.Error("a protocol without a handler was agreed upon")
	}
}

func TestHandlerOfAProtocolPanics(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	desk.Handle("x/1", func(net.Conn, flow.Identity) { panic("a bug") })
	c, err := bedside.Dial(testContext(t), "x/1", desk.Addr(), "desk")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Fatal("the connection lives on")
	}
	if _, err := bedside.Ask(testContext(t), "desk", "x", nil); !strings.Contains(err.Error(), "nobody answers") {
		t.Fatalf("Ask after the panic: %v", err)
	}
}

// The name in the certificate decides, not the address.
func TestDialWrongNode(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	h.addrs["records"] = desk.Addr()
	if _, err := bedside.Dial(testContext(t), "h2", desk.Addr(), "records"); !isRefusal(err, pki.ErrNotAllowed) {
		t.Errorf("Dial = %v, want a refusal of who is there", err)
	}
	if _, err := bedside.Ask(testContext(t), "records", "x", nil); !errors.Is(err, ErrUnreachable) || !isRefusal(err, pki.ErrNotAllowed) {
		t.Errorf("Ask = %v, want a refusal of who is there", err)
	}
}

func TestStrangersStayOutside(t *testing.T) {
	h := newHall(t)
	desk := h.room("desk")
	for _, tt := range []struct {
		name string
		who  flow.Signer
		want string // in the log
	}{
		{"a node of a rogue hospital", h.h.Rogue().Node("bedside"), "node/bedside"},
		{"a node of a neighbouring hospital", h.h.Neighbour().Node("bedside"), "h2.health.example"},
		{"a device", h.h.Device("urn:epc:id:giai:0614141.5678", "h1/3/icu-3/ecg"), "it is a device"},
		{"a patient's card", h.h.Patient("p-7f3a"), "patient/p-7f3a"},
		{"a node whose certificate is revoked", func() flow.Signer {
			s := h.h.Node("lost")
			h.h.Verifier().RevokeLeaf(s.ID.Leaf)
			return s
		}(), "revoked"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cert, err := pki.Certificate(tt.who)
			if err != nil {
				t.Fatal(err)
			}
			c, err := tls.Dial("tcp", desk.Addr(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}, Certificates: []tls.Certificate{*cert}})
			if err == nil {
				_, err = c.Read(make([]byte, 1))
				c.Close()
			}
			if err == nil {
				t.Fatal("let in")
			}
			desk.wait("a word of it in the log", func() bool { return strings.Contains(desk.log.String(), tt.want) })
			desk.onRecord(flow.AuditConnection, tt.who.ID.URI, "")
		})
	}
	if c, err := tls.Dial("tcp", desk.Addr(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}); err == nil {
		if _, err = c.Read(make([]byte, 1)); err == nil {
			t.Error("let in without a certificate")
		}
		c.Close()
	}
}

// And a node does not talk to a rogue who answers in another's place.
func TestRogueServer(t *testing.T) {
	h := newHall(t)
	bedside := h.room("bedside")
	rogue := h.h.Rogue()
	own := rogue.Node("desk")
	d, err := Listen(Config{Self: "desk", Listen: "127.0.0.1:0", Signer: func() flow.Signer { return own }, Verifier: rogue.Verifier()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	h.mu.Lock()
	h.addrs["desk"] = d.Addr()
	h.mu.Unlock()
	if _, err := bedside.Ask(testContext(t), "desk", "x", nil); !isRefusal(err, pki.ErrStranger) {
		t.Fatalf("Ask = %v, want a refusal as a stranger", err)
	}
	bedside.onRecord(flow.AuditConnection, "/node/desk", "")
}

// An open connection does not outlive its certificates.
func TestRecheckEndsConnections(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(h *hall, peer flow.Identity)
	}{
		{"revoked", func(h *hall, peer flow.Identity) { h.h.Verifier().RevokeLeaf(peer.Leaf) }},
		{"expired", func(h *hall, _ flow.Identity) {
			h.mu.Lock()
			h.ahead = 100 * 24 * time.Hour
			h.mu.Unlock()
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHall(t)
			bedside, desk := h.room("bedside"), h.room("desk")
			met := make(chan flow.Identity, 1)
			over := make(chan error, 1)
			desk.Handle("x/1", func(c net.Conn, peer flow.Identity) {
				met <- peer
				_, err := c.Read(make([]byte, 1))
				over <- err
			})
			c, err := bedside.Dial(testContext(t), "x/1", desk.Addr(), "desk")
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			tt.end(h, <-met)
			desk.Recheck()
			if err := <-over; err == nil {
				t.Fatal("the connection lives on")
			}
		})
	}
}

func TestConfigRefused(t *testing.T) {
	h := newHall(t)
	device := h.h.Device("urn:epc:id:giai:0614141.5678", "h1/3/icu-3/ecg")
	node := h.h.Node("bedside")
	good := Config{Self: "bedside", Listen: "127.0.0.1:0", Signer: func() flow.Signer { return node }, Verifier: h.h.Verifier()}
	for _, tt := range []struct {
		field string
		spoil func(*Config)
	}{
		{"Self", func(c *Config) { c.Self = "" }},
		{"Listen", func(c *Config) { c.Listen = "" }},
		{"Signer", func(c *Config) { c.Signer = nil }},
		{"Signer", func(c *Config) { c.Signer = func() flow.Signer { return device } }},
		{"Signer", func(c *Config) { c.Self = "desk" }},
		{"Verifier", func(c *Config) { c.Verifier = nil }},
	} {
		c := good
		tt.spoil(&c)
		if d, err := Listen(c); err == nil || !strings.Contains(err.Error(), tt.field) {
			t.Errorf("Listen without a good %s = %v, want an error that names it", tt.field, err)
			if d != nil {
				d.Close()
			}
		}
	}
	d, err := Listen(good)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Close(), d.Close()); err != nil {
		t.Fatalf("Close twice: %v", err)
	}
	if _, err := d.Ask(context.Background(), "desk", "x", nil); !errors.Is(err, ErrClosed) {
		t.Fatalf("Ask of a closed door: %v, want ErrClosed", err)
	}
}
