package attack

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A hostile member, and gossip. AT-spoof: gossip is a hint; what a node says of
// itself it signs, what it says of its zone its certificate must say too, and it
// says nothing of others.
func hostileGossip() []attack {
	const has = "a node's good certificate, and what it hears at other nodes' doors"
	refused := []record{{ward, flow.AuditGossip, "/node/" + enemy}}
	greet := func(id, tries string, what func(t *testing.T, g *ground, m *gossiper) []byte) attack {
		return attack{id: id, has: has, tries: tries, record: refused, do: func(t *testing.T, g *ground) string {
			m := g.gossiper()
			return m.greet(g.cfgs[ward].Door, what(t, g, m))
		}}
	}
	return []attack{
		greet("AT-spoof name", "gossips that it is another node, at its own address", func(t *testing.T, g *ground, m *gossiper) []byte {
			return m.statement(flow.NodeInfo{ID: bedside, Boot: math.MaxUint64, Door: "127.0.0.1:9"}, 1<<40)
		}),
		greet("AT-spoof replayed", "shows another node's own statement as its own", func(t *testing.T, g *ground, m *gossiper) []byte {
			return m.statementOf(g.cfgs[bedside].Door)
		}),
		greet("AT-spoof zone", "gossips a zone that its certificate does not carry", func(t *testing.T, g *ground, m *gossiper) []byte {
			return m.statement(flow.NodeInfo{ID: m.name(), Boot: 1, Door: "127.0.0.1:9", Attributes: flow.Attributes{"zone": {"site": "h1", "floor": "3", "room": "icu-1"}},
				Capabilities: []string{"store", "card", "identity/bed-1"}}, 1)
		}),
		greet("AT-spoof altered", "changes a signed statement", func(t *testing.T, g *ground, m *gossiper) []byte {
			b := m.statement(flow.NodeInfo{ID: m.name(), Boot: 1, Door: "127.0.0.1:9"}, 1)
			return []byte(strings.Replace(string(b), "127.0.0.1:9", "127.0.0.2:9", 1))
		}),
		greet("AT-spoof garbage", "greets with bytes that are no statement", func(t *testing.T, g *ground, m *gossiper) []byte {
			b := make([]byte, 500)
			_, _ = rand.Read(b)
			return b
		}),
		{id: "AT-spoof gossip without a node's certificate", has: "good certificates of a device and of a person", tries: "joins gossip", do: gossipAsDevice,
			record: []record{{ward, flow.AuditConnection, "/device/giai/0614141.999"}, {ward, flow.AuditConnection, "/staff/eve"}}},
		{id: "AT-spoof placement", has: has, tries: "gossips, rightly signed, that it has everything the ward's actors want", do: spoofPlacement},
		{id: "member poisons the gossip key", has: has, tries: "tells a node keys of its own, in the highest version there can be, so that no other ever takes their place",
			record: refused, do: poisonKeys},
		{id: "member oversized gossip", has: has, tries: "sends frames and keys larger than any may be", record: refused, do: oversizedGossip},
	}
}

// A gossiper speaks gossip by hand.
type gossiper struct {
	t   *testing.T
	own flow.Signer
}

func (g *ground) gossiper() *gossiper { return &gossiper{t: g.t, own: g.h.Node(g.enemy)} }

func (m *gossiper) name() flow.NodeID { return flow.NodeID(m.own.ID.Name) }

const gossipProto = "wardflow-gossip/2"

func counted(b, s []byte) []byte { return append(binary.AppendUvarint(b, uint64(len(s))), s...) }

func framed(b []byte) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...) }

func readFramed(r io.Reader) ([]byte, error) {
	var n [2]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return nil, err
	}
	b := make([]byte, binary.BigEndian.Uint16(n[:]))
	_, err := io.ReadFull(r, b)
	return b, err
}

// statement signs what a node would say of itself: a format, how many
// certificates, each of them, the words as JSON, the signature.
func (m *gossiper) statement(info flow.NodeInfo, seq uint64) []byte {
	m.t.Helper()
	body, err := json.Marshal(map[string]any{"info": info, "seq": seq})
	if err != nil {
		m.t.Fatal(err)
	}
	sum := sha256.Sum256(append([]byte("wardflow member statement 1\x00"), body...))
	sig, err := m.own.Key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		m.t.Fatal(err)
	}
	b := []byte{1, byte(len(m.own.Chain))}
	for _, c := range m.own.Chain {
		b = counted(b, c.Raw)
	}
	return counted(counted(b, body), sig)
}

func (m *gossiper) dial(addr string) *tls.Conn {
	m.t.Helper()
	c, err := knock(m.t.Context(), addr, shows(m.own, gossipProto))
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c
}

// greet begins a connection with a statement, and says how it was refused. If it
// is not, the other end's statement comes back and the test ends.
func (m *gossiper) greet(addr string, statement []byte) string {
	m.t.Helper()
	c := m.dial(addr)
	if _, err := c.Write(append([]byte{'K'}, framed(statement)...)); err != nil {
		return err.Error()
	}
	answer, err := readFramed(c)
	if err == nil {
		m.t.Fatalf("the node believes it, and answers with %d bytes of its own", len(answer))
	}
	return "the connection was closed: " + err.Error()
}

// meet greets honestly, and gives back the connection and the other's statement.
func (m *gossiper) meet(addr string) (*tls.Conn, []byte) {
	m.t.Helper()
	c := m.dial(addr)
	said := m.statement(flow.NodeInfo{ID: m.name(), Boot: uint64(time.Now().UnixNano()), Door: "127.0.0.1:9"}, 1)
	if _, err := c.Write(append([]byte{'K'}, framed(said)...)); err != nil {
		m.t.Fatal(err)
	}
	b, err := readFramed(c)
	if err != nil {
		m.t.Fatalf("an honest greeting was refused: %v", err)
	}
	return c, b
}

// statementOf is what a node says of itself.
func (m *gossiper) statementOf(addr string) []byte {
	c, b := m.meet(addr)
	c.Close()
	return b
}

// tellKeys tells a node gossip keys, and gives back those that both have now.
func (m *gossiper) tellKeys(addr string, b []byte) ([]byte, error) {
	c, _ := m.meet(addr)
	defer c.Close()
	if _, err := c.Write(framed(b)); err != nil {
		return nil, err
	}
	return readFramed(c)
}

func gossipAsDevice(t *testing.T, g *ground) string {
	var how string
	for _, who := range []flow.Signer{g.h.Device("urn:epc:id:giai:0614141.999", "h1/3/icu-1/hr"), g.h.Staff("eve")} {
		if how = refusedTLS(t.Context(), g.cfgs[ward].Door, shows(who, gossipProto), []byte{'K', 0, 0}); how == "" {
			t.Fatal("gossip takes who is no node")
		}
	}
	return how
}

// spoofPlacement lets mallory state what the ward's actors ask of a node, which
// it may: attributes are a hint. What it can't have is what needs a key: the
// actors' certificates. So no actor of the ward may be placed there.
func spoofPlacement(t *testing.T, g *ground) string {
	m := g.gossiper()
	door := g.member().door.Addr()
	c := m.dial(g.cfgs[ward].Door)
	said := m.statement(flow.NodeInfo{ID: m.name(), Boot: uint64(time.Now().UnixNano()), Door: door,
		Attributes: flow.Attributes{"user_extra": {"place": string(ward)}}, Capabilities: []string{"card", "rules", "identities", "store"}}, 1)
	if _, err := c.Write(append([]byte{'K'}, framed(said)...)); err != nil {
		t.Fatal(err)
	}
	if _, err := readFramed(c); err != nil {
		t.Fatalf("what is rightly signed was not taken: %v", err)
	}
	before := map[flow.ActorID]flow.NodeID{}
	for _, a := range g.view().Actors {
		before[a.ID] = a.Node
	}
	g.goesOn()
	g.until("every actor is where it was", func(s *control.Snapshot) string {
		for _, a := range s.Actors {
			if a.Node != before[a.ID] {
				t.Fatalf("%s was moved to %s", a.ID, a.Node)
			}
		}
		return ""
	})
	return "it is listed, and no actor of the ward was placed on it"
}

func poisonKeys(t *testing.T, g *ground) string {
	m := g.gossiper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	both, err := m.tellKeys(g.cfgs[ward].Door, append(binary.BigEndian.AppendUint64(nil, math.MaxUint64), key...))
	if err == nil && binary.BigEndian.Uint64(both) == math.MaxUint64 {
		t.Fatal("the node took the keys, and no rotation can ever replace them")
	}
	if err == nil && strings.Contains(string(both), string(key)) {
		t.Fatal("the node took the key")
	}
	return fmt.Sprintf("the node kept its own keys: %v", err)
}

func oversizedGossip(t *testing.T, g *ground) string {
	m := g.gossiper()
	c := m.dial(g.cfgs[ward].Door)
	if _, err := c.Write(append([]byte{'K'}, framed(make([]byte, 60_000))...)); err == nil {
		if _, err := readFramed(c); err == nil {
			t.Fatal("the node read a statement of 60,000 bytes")
		}
	}
	_, err := m.tellKeys(g.cfgs[ward].Door, make([]byte, 8+9*32))
	if err == nil {
		t.Fatal("the node read nine keys")
	}
	if errors.Is(err, io.EOF) {
		return "the connection was closed"
	}
	return err.Error()
}
