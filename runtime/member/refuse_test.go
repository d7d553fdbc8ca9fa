package member

import (
	"bytes"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/memberlist"

	"github.com/wardflow/wardflow/runtime/flow"
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// What a book believes of node x, whose certificate it may see.
func TestBookBelieves(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	x, y := ca.signer(t, flow.RoleNode, "x"), ca.signer(t, flow.RoleNode, "y")
	nurse, stranger := ca.signer(t, flow.RoleStaff, "x"), other.signer(t, flow.RoleNode, "x")
	info := flow.NodeInfo{ID: "x", Boot: 7, Door: "x:1"}
	said := func(s flow.Signer, seq uint64) *statement {
		return must[*statement](t)(state(s, statementBody{Info: info, Seq: seq}))
	}
	now := time.Now()

	tests := []struct {
		name string
		said *statement
		want error // nil: any
	}{
		{"signed with the certificate of y", said(y, 9), errName},
		{"signed by a person", said(nurse, 9), nil},
		{"from another trust domain", said(stranger, 9), nil},
		{"changed after signing", func() *statement {
			s := said(x, 9)
			return must[*statement](t)(readStatement(bytes.Replace(s.raw, []byte("x:1"), []byte("y:1"), 1)))
		}(), errSignature},
		{"key of y with the chain of x", func() *statement {
			return said(flow.Signer{Key: y.Key, Chain: x.Chain}, 9)
		}(), errSignature},
		{"older", said(x, 2), errOld},
	}
	for _, tt := range tests {
		b := newBook("self", ca)
		if err := b.learn(said(x, 3), now); err != nil {
			t.Fatal(err)
		}
		err := b.learn(tt.said, now)
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: learn = %v, want %v", tt.name, err, tt.want)
		}
		if got, _ := b.numberOf("x"); got != (number{7, 3}) {
			t.Errorf("%s: x is at %v afterwards", tt.name, got)
		}
	}

	b := newBook("self", ca)
	meta := func(s flow.Signer, seq uint64) []byte { return must[[]byte](t)(recordOf(s, said(x, seq))) }
	if err := b.believe("x", meta(x, 3), now); !errors.Is(err, errUnknown) {
		t.Errorf("record of an unknown node: %v, want errUnknown", err)
	}
	b.learn(said(x, 3), now)
	if err := b.believe("x", meta(x, 3), now); err != nil && !errors.Is(err, errMismatch) {
		t.Errorf("record of a known node: %v", err)
	}
	if err := b.believe("x", meta(x, 5), now); err != nil {
		t.Errorf("newer record: %v", err)
	}
	if err := b.believe("x", meta(x, 4), now); !errors.Is(err, errOld) {
		t.Errorf("older record again: %v, want errOld", err)
	}
	if err := b.believe("x", meta(flow.Signer{Key: y.Key}, 6), now); !errors.Is(err, errSignature) {
		t.Errorf("record signed by y: %v, want errSignature", err)
	}
	forged := bytes.Replace(meta(x, 6), []byte("x:1"), []byte("z:1"), 1)
	if err := b.believe("x", forged, now); !errors.Is(err, errSignature) {
		t.Errorf("record changed after signing: %v, want errSignature", err)
	}
	if err := b.believe("y", meta(x, 6), now); !errors.Is(err, errUnknown) {
		t.Errorf("record of x as y's: %v, want errUnknown", err)
	}
}

// A member with a certificate of its own tries to speak for another one.
func TestForgedGossip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		c.log.loud = true
		defer c.stop()
		a := c.start(c.config("a", "a:1"))
		c.start(c.config("b", "b:1", "a:1"))
		c.untilUp("a", "b")
		evil := c.ca.signer(t, flow.RoleNode, "evil")
		b := c.nodes["b"].Self()
		b.Boot, b.Door = b.Boot+1, "evil:1"

		// As a statement on a connection, as a broadcast and as a record.
		forged := must[*statement](t)(state(evil, statementBody{Info: b, Seq: 1}))
		conn, err := c.w.port("evil:1", evil.ID).Dial(t.Context(), proto, "a:1", "a")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(frame([]byte{stream}, forged.raw)); err != nil {
			t.Fatal(err)
		}
		if n, err := conn.Read(make([]byte, 1)); err == nil {
			t.Errorf("a answered %d bytes to a forged greeting", n)
		}
		gossip{a}.NotifyMsg(forged.raw)
		for _, n := range []*memberlist.Node{
			{Name: "b", Addr: standIn("b"), Port: standInPort, Meta: must[[]byte](t)(recordOf(evil, must[*statement](t)(state(c.signers["b"], statementBody{Info: b, Seq: 1}))))},
			{Name: "b", Addr: net.IPv4(10, 0, 0, 1), Port: standInPort},
			{Name: "b", Addr: standIn("b"), Port: standInPort, Meta: []byte("no record")},
		} {
			if (gossip{a}).NotifyAlive(n) == nil {
				t.Errorf("a believed %+v", n)
			}
		}

		// A node nobody has met is no member by hearsay.
		ghost := c.ca.signer(t, flow.RoleNode, "ghost")
		g := flow.NodeInfo{ID: "ghost", Boot: 1, Door: "nowhere:1"}
		meta := must[[]byte](t)(recordOf(ghost, must[*statement](t)(state(ghost, statementBody{Info: g, Seq: 1}))))
		if err := (gossip{a}).NotifyAlive(&memberlist.Node{Name: "ghost", Addr: standIn("ghost"), Port: standInPort, Meta: meta}); !errors.Is(err, errUnknown) {
			t.Errorf("alive of a node that was not met: %v, want errUnknown", err)
		}
		time.Sleep(10 * time.Second)
		if info, _ := a.Lookup("b"); info.Door != "b:1" || len(a.All()) != 2 {
			t.Errorf("a knows now %+v", a.All())
		}
		if len(a.Refusals()) < 4 || c.log.count("gossip refused") < 4 {
			t.Errorf("refusals = %+v, want the name, the signature, the address and the bytes", a.Refusals())
		}
	})
}

func TestStartRefuses(t *testing.T) {
	c := newCluster(t)
	good := func() Config { return c.config("a", "a:1") }
	tests := []struct {
		name   string
		change func(*Config)
	}{
		{"no name", func(c *Config) { c.Self.ID = "" }},
		{"no door", func(c *Config) { c.Self.Door = "" }},
		{"no boot and no folder", func(c *Config) { c.Self.Boot = 0 }},
		{"unknown preset", func(c *Config) { c.Preset = "fast" }},
		{"another name than the certificate's", func(c *Config) { c.Self.ID = "b" }},
		{"attributes beyond measure", func(c *Config) {
			c.Self.Attributes = flow.Attributes{"owner": {"name": string(bytes.Repeat([]byte("x"), maxStatement))}}
		}},
	}
	for _, tt := range tests {
		cfg := good()
		tt.change(&cfg)
		if m, err := Start(cfg); err == nil {
			m.Close()
			t.Errorf("%s: Start succeeded", tt.name)
		}
	}
}

// What can be read is made of the same bytes again.
func FuzzReadStatement(f *testing.F) {
	ca := newAuthority(f)
	s := must[*statement](f)(state(ca.signer(f, flow.RoleNode, "x"), statementBody{Info: flow.NodeInfo{ID: "x", Boot: 1, Door: "x:1"}, Seq: 1}))
	f.Add(s.raw)
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := readStatement(b)
		if err != nil {
			return
		}
		again := []byte{statementFormat, byte(len(s.chain))}
		for _, c := range s.chain {
			again = appendBytes(again, c.Raw)
		}
		if again = appendBytes(appendBytes(again, s.body), s.sig); len(again) > len(b) {
			t.Errorf("%x was read and is written as %x", b, again)
		}
	})
}

func FuzzReadRecord(f *testing.F) {
	ca := newAuthority(f)
	x := ca.signer(f, flow.RoleNode, "x")
	s := must[*statement](f)(state(x, statementBody{Seq: 1, Info: flow.NodeInfo{ID: "x", Boot: 1, Door: "x:1"}}))
	f.Add(must[[]byte](f)(recordOf(x, s)))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := readRecord(b)
		if err == nil && !bytes.Equal(append(bytes.Clone(r.signed), b[len(r.signed):]...), b) {
			t.Errorf("%x: what is signed is not its beginning", b)
		}
	})
}
