package netactors

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/runtime/device/socket"
	"github.com/wardflow/wardflow/runtime/flow"
)

// loopback is a node that lets its actors use this machine's loopback.
func loopback(t *testing.T) *actortest.Env {
	t.Helper()
	a, err := socket.ParseAllowance("127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	list := []socket.Allowance{a}
	return actortest.NewEnv().Offer("network.socketclient", socket.NewDialer(list)).
		Offer("network.tcpserver", socket.NewListener(list)).Offer("network.udplistener", socket.NewListener(list))
}

// free is a port of the loopback that nobody uses.
func free(t *testing.T, network string) int {
	t.Helper()
	if network == "udp" {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.LocalAddr().(*net.UDPAddr).Port
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestTCPClient(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b := actortest.Start(t, loopback(t), TCPClient(), nil)
	b.Feed("data_in", "first", flow.EOS, "second")
	b.Run()
	if b.Left("data_in") != 3 {
		t.Error("tokens are taken before there is a connection")
	}
	b.Feed("control_in", map[string]any{"control": "connect", "uri": "tcp://" + l.Addr().String()})
	b.TryRun()
	for round := range 3 { // a lost connection comes back, also after a migration
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		drive(t, b, "the tokens are sent", func() bool { return b.Left("data_in") == 0 })
		in := bufio.NewReader(conn)
		for _, want := range []string{"first\r\n", "second\r\n"} {
			if got, err := in.ReadString('\n'); got != want || err != nil {
				t.Fatalf("round %d: the server reads %q, %v; want %q", round, got, err, want)
			}
		}
		io.WriteString(conn, "answer one\r\nanswer ")
		io.WriteString(conn, "two\r\nhalf")
		if got := gather(t, b, "data_out", 2); !reflect.DeepEqual(got, []flow.Value{"answer one", "answer two"}) {
			t.Errorf("round %d: gives %q", round, got)
		}
		if round == 1 {
			b.Restart()
		}
		conn.Close()
		line := b.Actor().(*tcpClient).line
		drive(t, b, "it notices", func() bool { return line.conn() == nil || round == 1 })
		b.Feed("data_in", "first", "second")
	}
	if h := b.Actor().(flow.Holder).Holds(); !strings.Contains(h, "it holds a connection") {
		t.Errorf("Holds = %q", h)
	}
	b.Feed("control_in", map[string]any{"control": "disconnect"})
	drive(t, b, "it is disconnected", func() bool { return !b.Actor().(flow.Awaiter).Awaits() })
}

func TestTCPClientRaw(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b := actortest.Start(t, loopback(t), TCPClient(), map[string]flow.Value{"mode": "raw"})
	b.Feed("control_in", map[string]any{"control": "connect", "uri": "tcp://" + l.Addr().String()})
	b.Run()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	b.Feed("data_in", "x", int64(7), "y")
	drive(t, b, "the tokens are sent", func() bool { return b.Left("data_in") == 0 })
	if got := b.Letters(); len(got) != 1 || !strings.Contains(got[0].Why, "want a string to send, not a number") {
		t.Errorf("dead letters %v, want one about the number", got)
	}
	buf := make([]byte, 2)
	if _, err := io.ReadFull(conn, buf); err != nil || string(buf) != "xy" {
		t.Errorf("the server reads %q, %v", buf, err)
	}
}

func TestOrdersThatAreNone(t *testing.T) {
	for _, typ := range []flow.Type{TCPClient(), UDPSender(), UDPListener()} {
		b := actortest.Start(t, loopback(t), typ, nil)
		for _, bad := range []flow.Value{nil, "connect", map[string]any{}, map[string]any{"control": "connect", "command": "connect"},
			map[string]any{"control": "connect", "command": "listen", "uri": "http://x:1"}, map[string]any{"control": "connect", "command": "listen", "uri": "tcp://x"}} {
			b.Feed("control_in", bad)
			if err := b.TryRun(); err == nil || len(b.Letters()) != 1 {
				t.Errorf("%s: %v gives %v, want a dead letter", typ.Spec.Name, bad, err)
			}
		}
	}
	for want, args := range map[string]map[string]flow.Value{
		`argument mode: want "delimiter" or "raw", not "line"`: {"mode": "line"},
		"argument delimiter: is empty":                         {"delimiter": ""},
	} {
		if _, err := actortest.New(TCPClient(), args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New(%v) = %v, want %q", args, err, want)
		}
	}
}

func TestTCPServer(t *testing.T) {
	port := free(t, "tcp")
	b := actortest.Start(t, loopback(t), TCPServer(), map[string]flow.Value{"max_length": int64(20)})
	b.Feed("host", "127.0.0.1", "127.0.0.1") // a literal source has no end
	b.Feed("port", int64(port), int64(port))
	b.Run()
	dial := func() net.Conn {
		conn, err := net.DialTimeout("tcp", fmt.Sprint("127.0.0.1:", port), 5*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	one, two := dial(), dial()
	io.WriteString(one, "from one\r\n")
	io.WriteString(two, "from two\r\n")
	from := map[flow.Value]flow.Value{}
	tokens := gather(t, b, "token", 2)
	for i, handle := range b.Take("handle") {
		from[handle] = tokens[i]
	}
	if from[one.LocalAddr().String()] != "from one" || from[two.LocalAddr().String()] != "from two" {
		t.Errorf("gives %v", from)
	}
	b.Feed("handle", two.LocalAddr().String(), "nobody", one.LocalAddr().String(), one.LocalAddr().String())
	b.Feed("token", "to two", "x", "to one", int64(1))
	drive(t, b, "all is sent", func() bool { return b.Left("token") == 0 })
	for conn, want := range map[net.Conn]string{one: "to one\r\n", two: "to two\r\n"} {
		if got, err := bufio.NewReader(conn).ReadString('\n'); got != want || err != nil {
			t.Errorf("reads %q, %v; want %q", got, err, want)
		}
	}
	if got := b.Letters(); len(got) != 2 || !strings.Contains(got[0].Why, `"nobody" is not connected`) {
		t.Errorf("dead letters %v, want one for nobody and one for the number", got)
	}
	io.WriteString(two, strings.Repeat("x", 100)) // too long: cut off
	if _, err := two.Read(make([]byte, 1)); err == nil {
		t.Error("who sends a long line is not cut off")
	}
	b.Restart()
	drive(t, b, "it listens again", func() bool { return b.Actor().(flow.Awaiter).Awaits() })
	io.WriteString(dial(), "again\r\n")
	if got := gather(t, b, "token", 1); !reflect.DeepEqual(got, []flow.Value{"again"}) {
		t.Errorf("gives %v after a restart", got)
	}
}

// Where it can't listen it says why: not allowed is for good, taken is for now.
func TestTCPServerRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	taken := l.Addr().(*net.TCPAddr).Port
	b := actortest.Start(t, loopback(t), TCPServer(), nil)
	b.Feed("host", "0.0.0.0", "127.0.0.1")
	b.Feed("port", int64(taken), int64(taken))
	b.TryRun()
	if got := b.Letters(); len(got) != 1 || !strings.Contains(got[0].Why, "does not allow listening at 0.0.0.0") {
		t.Errorf("dead letters %v, want one", got)
	}
	if err := b.TryRun(); err == nil || b.Left("host") != 1 {
		t.Errorf("TryRun at a port that is taken = %v", err)
	}
	l.Close()
	drive(t, b, "it listens", func() bool { return b.Actor().(flow.Holder).Holds() != "" })
}

func TestUDP(t *testing.T) {
	port := free(t, "udp")
	at := fmt.Sprint("127.0.0.1:", port)
	to := map[string]any{"command": "connect", "uri": "udp://" + at}
	for name, send := range map[string]func() *actortest.Bench{
		"simple": func() *actortest.Bench {
			b := actortest.Start(t, loopback(t), SimpleUDPSender(), map[string]flow.Value{"address": "127.0.0.1", "port": int64(port)})
			b.Feed("data", "hello", int64(7))
			return b
		},
		"told": func() *actortest.Bench {
			b := actortest.Start(t, loopback(t), UDPSender(), nil)
			b.Feed("data_in", "hello", int64(7))
			b.Run()
			b.Feed("control_in", to)
			return b
		},
	} {
		simple := actortest.Start(t, loopback(t), SimpleUDPListener(), map[string]flow.Value{"address": at})
		s := send()
		s.Restart()
		s.Run()
		if got := gather(t, simple, "data", 2); !reflect.DeepEqual(got, []flow.Value{"hello", "7"}) {
			t.Errorf("%s: gives %v", name, got)
		}
		simple.Actor().(flow.Stopper).Stop()
	}
	b := actortest.Start(t, loopback(t), UDPListener(), nil)
	b.Feed("control_in", map[string]any{"command": "listen", "uri": "udp://" + at})
	b.Run()
	b.Restart()
	drive(t, b, "it listens", func() bool { return b.Actor().(flow.Awaiter).Awaits() })
	s := actortest.Start(t, loopback(t), UDPSender(), nil)
	s.Feed("control_in", to)
	s.Feed("data_in", "hello")
	s.Run()
	got := gather(t, b, "data_out", 1)[0].(map[string]any)
	if got["host"] != "127.0.0.1" || got["data"] != "hello" || got["port"].(int64) <= 0 {
		t.Errorf("gives %v", got)
	}
	b.Feed("control_in", map[string]any{"command": "stop"})
	s.Feed("control_in", map[string]any{"command": "disconnect"})
	b.Run()
	s.Run()
	s.Feed("data_in", "later")
	s.Run()
	if s.Left("data_in") != 1 || b.Actor().(flow.Awaiter).Awaits() {
		t.Error("it goes on after it was told to stop")
	}
}

func TestUDPRefuses(t *testing.T) {
	b := actortest.Start(t, loopback(t), SimpleUDPSender(), map[string]flow.Value{"address": "10.0.0.1", "port": int64(9)})
	b.Feed("data", "x")
	if err := b.TryRun(); err == nil || len(b.Letters()) != 1 {
		t.Errorf("an address that is not allowed: %v, want a dead letter", err)
	}
	b.Feed("data", strings.Repeat("x", 70_000))
	if err := b.TryRun(); err == nil || len(b.Letters()) != 1 {
		t.Errorf("a datagram that is too large: %v, want a dead letter", err)
	}
	for _, bad := range []string{"", "host", "127.0.0.1:x"} {
		if _, err := actortest.New(SimpleUDPListener(), map[string]flow.Value{"address": bad}); err == nil {
			t.Errorf("address %q gives no error", bad)
		}
	}
	l, err := actortest.New(SimpleUDPListener(), map[string]flow.Value{"address": "0.0.0.0:7"})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.(flow.Starter).Start(loopback(t)); err == nil || !strings.Contains(err.Error(), "does not allow listening at 0.0.0.0") {
		t.Errorf("Start = %v", err)
	}
}
