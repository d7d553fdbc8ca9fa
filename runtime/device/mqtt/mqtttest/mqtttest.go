// Package mqtttest runs a broker of its own for tests.
package mqtttest

import (
	"io"
	"log/slog"
	"net"
	"sync"
	"testing"

	server "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// An openDoor lets everybody in and do anything.
type openDoor struct{ server.HookBase }

func (openDoor) Provides(b byte) bool {
	return b == server.OnConnectAuthenticate || b == server.OnACLCheck
}
func (openDoor) OnConnectAuthenticate(*server.Client, packets.Packet) bool { return true }
func (openDoor) OnACLCheck(*server.Client, string, bool) bool              { return true }

// A Broker listens on the loopback until the test ends.
type Broker struct {
	Host string
	Port int
	*server.Server

	t        testing.TB
	listener net.Listener
	done     sync.WaitGroup

	mu       sync.Mutex // guards what follows
	conns    []net.Conn
	accepted int
}

// Start starts a broker that lets everybody in.
func Start(t testing.TB) *Broker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &Broker{t: t, listener: l, Server: server.New(&server.Options{InlineClient: true, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})}
	if err := b.AddHook(new(openDoor), nil); err != nil {
		t.Fatal(err)
	}
	if err := b.Serve(); err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	b.Host, b.Port = addr.IP.String(), addr.Port
	b.done.Go(b.accept)
	t.Cleanup(b.close)
	return b
}

// URL is where it listens: mqtt://127.0.0.1:port.
func (b *Broker) URL() string { return "mqtt://" + b.listener.Addr().String() }

func (b *Broker) accept() {
	for {
		conn, err := b.listener.Accept()
		if err != nil {
			return
		}
		b.mu.Lock()
		b.conns = append(b.conns, conn)
		b.accepted++
		b.mu.Unlock()
		b.done.Go(func() { b.EstablishConnection("test", conn) })
	}
}

// Cut cuts all connections, as a network does that fails.
func (b *Broker) Cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.conns {
		c.Close()
	}
	b.conns = nil
}

// Accepted is how many connections there have been.
func (b *Broker) Accepted() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.accepted
}

// Say publishes as somebody else would.
func (b *Broker) Say(topic, payload string, retain bool) {
	b.t.Helper()
	if err := b.Publish(topic, []byte(payload), retain, 1); err != nil {
		b.t.Fatal(err)
	}
}

// Hear gives what is published under a filter from now on.
func (b *Broker) Hear(filter string) <-chan string {
	b.t.Helper()
	heard := make(chan string, 100)
	err := b.Subscribe(filter, 1, func(_ *server.Client, _ packets.Subscription, p packets.Packet) {
		heard <- p.TopicName + " " + string(p.Payload)
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return heard
}

func (b *Broker) close() {
	b.listener.Close()
	b.Cut()
	b.done.Wait()
	b.Server.Close()
}
