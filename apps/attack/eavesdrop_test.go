package attack

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// AT-eavesdrop: who listens on the network reads nothing, and can't talk anybody
// into speaking so that he could.
func eavesdropping() []attack {
	return []attack{
		{id: "AT-eavesdrop TLS 1.2", has: "a node's and a device's good certificate", tries: "talks each listener into TLS 1.2", do: oldTLS},
		{id: "AT-eavesdrop plain", has: "a place on the network", tries: "speaks HTTP, gossip and nothing at all without TLS to each listener", do: withoutTLS},
		{id: "AT-eavesdrop listen", has: "a place on the way between an engineer and a node", tries: "reads along while the engineer looks at the whole ward", do: listenIn},
	}
}

// A listener is one of the ground's sockets.
type listener struct {
	what, addr string
	proto      string // ALPN; "": none is asked for
	hello      []byte // what a client says first
}

// http2 is what an HTTP/2 client says first: the preface and empty settings (RFC
// 9113, section 3.4).
var http2 = append([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 0, 0, 0, 4, 0, 0, 0, 0, 0)

var getStatus = []byte("GET /api/v1/status HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n")

func (g *ground) listeners() (all []listener) {
	for _, n := range nodeNames {
		all = append(all, listener{string(n) + "'s door", g.cfgs[n].Door, "h2", http2},
			listener{string(n) + "'s API", g.cfgs[n].Control, "http/1.1", getStatus})
		if at := g.cfgs[n].Ingest.HTTPS; at != "" {
			all = append(all, listener{string(n) + "'s ingest", at, "http/1.1", []byte("POST /v1/readings HTTP/1.1\r\nHost: node\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")})
		}
		if at := g.cfgs[n].Ingest.MQTT; at != "" {
			all = append(all, listener{string(n) + "'s broker", at, "", mqttConnect})
		}
	}
	return all
}

// mqttConnect is a CONNECT of MQTT 5 with a clean start and an empty client
// identifier (section 3.1).
var mqttConnect = []byte{0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 60, 0, 0, 0}

func oldTLS(t *testing.T, g *ground) string {
	var said []string
	for _, l := range g.listeners() {
		for _, who := range []flow.Signer{{}, g.h.Node("mallory"), g.h.Device("urn:epc:id:giai:0614141.999", "h1/3/icu-1/hr")} {
			conf := shows(who)
			conf.MinVersion, conf.MaxVersion = tls.VersionTLS10, tls.VersionTLS12
			why := refusedTLS(t.Context(), l.addr, conf, l.hello)
			if why == "" {
				t.Fatalf("%s speaks TLS 1.2 or older", l.what)
			}
			if !strings.Contains(why, "protocol version") {
				t.Errorf("%s refuses TLS 1.2 with %q, want that it is about the version", l.what, why)
			}
			said = append(said, why)
		}
	}
	return fmt.Sprintf("%d times: %s", len(said), said[0])
}

func withoutTLS(t *testing.T, g *ground) string {
	n := 0
	for _, l := range g.listeners() {
		for _, say := range [][]byte{getStatus, http2, mqttConnect, append([]byte{'P', 0, 4}, "node"...)} {
			heard, err := plain(t.Context(), l.addr, say)
			if err != nil && strings.Contains(err.Error(), "stays open") {
				continue // it waits for a TLS record to be whole, and says nothing
			}
			// A server of HTTP may say in the clear that it wants TLS; no more.
			if strings.HasPrefix(heard, "HTTP/1.0 400 ") || heard == "" || heard[0] == 21 { // a TLS alert
				n++
				continue
			}
			t.Fatalf("%s answers plain %q with %q", l.what, say, heard)
		}
	}
	return fmt.Sprintf("%d times the connection was closed, with a TLS alert or without a word", n)
}

// A tap is a relay that keeps all that goes through it.
type tap struct {
	listen net.Listener
	run    sync.WaitGroup
	mu     sync.Mutex // guards what follows
	heard  bytes.Buffer
	sent   bytes.Buffer // by who called
	last   []byte       // of it, what came in one piece
	far    net.Conn     // the newest connection to the other end
}

func (p *tap) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.heard.Write(b)
}

// A piece notes what who called sends.
type piece struct{ of *tap }

func (p piece) Write(b []byte) (int, error) {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	p.of.last = bytes.Clone(b)
	return p.of.sent.Write(b)
}

// again sends what who called sent last once more.
func (p *tap) again() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = p.far.Write(p.last)
}

// newTap relays to an address; the test ends it.
func newTap(t *testing.T, to string) *tap {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &tap{listen: l}
	ctx, stop := context.WithCancel(context.Background())
	p.run.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.run.Go(func() { p.relay(ctx, c, to) })
		}
	})
	t.Cleanup(func() {
		stop()
		l.Close()
		p.run.Wait()
	})
	return p
}

func (p *tap) relay(ctx context.Context, c net.Conn, to string) {
	defer c.Close()
	far, err := new(net.Dialer).DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	defer far.Close()
	defer context.AfterFunc(ctx, func() { c.Close(); far.Close() })()
	p.mu.Lock()
	p.far = far
	p.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.MultiWriter(far, p, piece{p}), c)
		far.Close()
	}()
	_, _ = io.Copy(io.MultiWriter(c, p), far)
	c.Close()
	<-done
}

// listenIn shows, besides, that the recording is worth nothing to who steals the
// server's key one day: the key exchange was ephemeral, and the hybrid with
// ML-KEM.
func listenIn(t *testing.T, g *ground) string {
	p := newTap(t, g.cfgs[ward].Control)
	conf := pki.ClientTLS(func() flow.Signer { return g.staff }, pki.NewVerifier(g.trust), pki.Only(flow.RoleNode))
	c, err := control.NewClient("https://"+p.listen.Addr().String(), conf)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	app, err := c.App(t.Context(), wardApp)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"p-canary-1", "bed-1-hr", "sensor.Generator"} {
		if !strings.Contains(app.Script, word) {
			t.Fatalf("the engineer did not see %s, so there was nothing to listen to", word)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	heard := p.heard.Bytes()
	for _, canary := range []string{"p-canary-1", "bed-1-hr", "h1/3/icu-1", "0614141", "sensor.Generator", "wardflow/v1", engineer} {
		if bytes.Contains(heard, []byte(canary)) {
			t.Fatalf("%q goes over the network in the clear", canary)
		}
	}
	// The hello of a TLS 1.3 server has the version, and its share of the group
	// X25519MLKEM768, 0x11ec, which is 1120 bytes long.
	if !bytes.Contains(heard, []byte{0, 43, 0, 2, 3, 4}) || !bytes.Contains(heard, []byte{0x11, 0xec, 0x04, 0x60}) {
		t.Fatal("the recording shows no hybrid key exchange of TLS 1.3")
	}
	return fmt.Sprintf("of %d bytes that went by none had a word of the ward; the keys were made by X25519MLKEM768", len(heard))
}
