package attack

import (
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
)

// AT-mitm: who stands between two ends and shows a certificate of his own is
// neither of them.
func inTheMiddle() []attack {
	const annex = flow.NodeID("annex")
	return []attack{
		{id: "AT-mitm a between nodes", has: "a place between a new node and the cluster, a certificate of another root with the name of a node",
			tries:  "answers for the nodes that the new node asks",
			do:     func(t *testing.T, g *ground) string { return betweenNodes(t, g, annex, g.rogue.Node(string(records))) },
			record: []record{{annex, flow.AuditConnection, "/node/records"}}},
		{id: "AT-mitm b between nodes", has: "a place between a new node and the cluster, another node's good certificate",
			tries:  "answers for the nodes that the new node asks",
			do:     func(t *testing.T, g *ground) string { return betweenNodes(t, g, annex, g.h.Node("mallory")) },
			record: []record{{annex, flow.AuditConnection, "/node/mallory"}}},
		{id: "AT-mitm a to a node", has: "certificates of another root, with the names of nodes", tries: "calls at a node's door",
			do: func(t *testing.T, g *ground) string {
				return refusedTLS(t.Context(), g.cfgs[ward].Door, shows(g.rogue.Node(string(bedside)), "h2"), http2)
			},
			record: []record{{ward, flow.AuditConnection, "/node/bedside"}}},
		{id: "AT-mitm b to a node", has: "good certificates of a device, a collector, a person, and a node of another hospital below the same root",
			tries: "calls at a node's door", do: callAtDoor,
			record: []record{{ward, flow.AuditConnection, "/device/giai/0614141.999"}, {ward, flow.AuditConnection, "/collector/eve"}, {ward, flow.AuditConnection, "/staff/eve"},
				{ward, flow.AuditConnection, "spiffe://h2.health.example/node/ward"}}},
		{id: "AT-mitm to an engineer", has: "a place between an engineer and a node, and every certificate but a node's of the hospital",
			tries: "answers for the node", do: toEngineer},
	}
}

// A middle takes TLS connections, and shows each the same certificate.
type middle struct {
	listen net.Listener
	run    sync.WaitGroup
	met    chan error // how the handshakes ended
}

func newMiddle(t *testing.T, who flow.Signer) *middle {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &middle{listen: l, met: make(chan error, 64)}
	conf := &tls.Config{MinVersion: tls.VersionTLS13, ClientAuth: tls.RequestClientCert,
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			cert := tls.Certificate{PrivateKey: who.Key}
			for _, c := range who.Chain {
				cert.Certificate = append(cert.Certificate, c.Raw)
			}
			return &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: hello.SupportedProtos, ClientAuth: tls.RequestClientCert}, nil
		}}
	m.run.Go(func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			m.run.Go(func() { m.meet(tls.Server(raw, conf)) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		m.run.Wait()
	})
	return m
}

func (m *middle) meet(c *tls.Conn) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	_, err := c.Read(make([]byte, 1))
	select {
	case m.met <- err:
	default:
	}
}

// betweenNodes starts an honest node that finds the attacker wherever it turns.
func betweenNodes(t *testing.T, g *ground, name flow.NodeID, who flow.Signer) string {
	m := newMiddle(t, who)
	g.save(g.h.Node(string(name)), string(name), "certificate")
	cfg := &node.Config{Node: name, Dir: g.file(string(name), t.Name()), Door: freeAddresses(t, 1)[0], Certificate: g.file(string(name), "certificate"),
		Trust: g.file("trust.pem"), Hospital: domain, Gossip: "local", Join: nil}
	for _, n := range nodeNames {
		cfg.Voters = append(cfg.Voters, node.Voter{Node: n, Door: m.listen.Addr().String()})
	}
	g.startAs(name, cfg)
	t.Cleanup(func() { g.stop(name) })
	select {
	case err := <-m.met:
		if err == nil {
			t.Fatal("the new node speaks with the attacker")
		}
		if !strings.Contains(err.Error(), "bad certificate") {
			t.Fatalf("the new node ends the connection with %v, want that the certificate is bad", err)
		}
		return err.Error()
	case <-time.After(3 * patience):
		t.Fatal("the new node asked nobody")
	}
	return ""
}

func callAtDoor(t *testing.T, g *ground) string {
	var how string
	for what, who := range map[string]flow.Signer{"a device": g.h.Device("urn:epc:id:giai:0614141.999", "h1/3/icu-1/hr"),
		"a collector": g.h.Collector("eve", "h1/3/icu-1/collector"), "a person": g.h.Staff("eve"), "another hospital's node": g.near.Node(string(ward))} {
		if how = refusedTLS(t.Context(), g.cfgs[ward].Door, shows(who, "h2"), http2); how == "" {
			t.Fatalf("the door speaks with %s", what)
		}
	}
	return how
}

func toEngineer(t *testing.T, g *ground) string {
	var how string
	for what, who := range map[string]flow.Signer{"another root's node": g.rogue.Node(string(ward)), "another hospital's node": g.near.Node(string(ward)),
		"a collector": g.h.Collector("eve", "h1/3/icu-1/collector"), "a person": g.h.Staff("eve")} {
		conf := pki.ClientTLS(func() flow.Signer { return g.staff }, pki.NewVerifier(g.trust), pki.Only(flow.RoleNode))
		c, err := control.NewClient("https://"+newMiddle(t, who).listen.Addr().String(), conf)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Snapshot(t.Context())
		c.Close()
		if !errors.Is(err, control.ErrUntrusted) {
			t.Fatalf("the engineer speaks with %s: %v", what, err)
		}
		how = err.Error()
	}
	return how
}
