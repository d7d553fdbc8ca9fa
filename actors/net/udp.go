package netactors

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/device/socket"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A packetListener takes datagrams.
type packetListener interface {
	UDP(host string, port int) (net.PacketConn, error)
}

const (
	roomUDP  = 256      // datagrams that wait here; more are lost, as on any network
	datagram = 64 << 10 // bytes of one at most
	mostUDP  = 65507    // bytes that one can carry
)

// A datagramIn is one that has come.
type datagramIn struct {
	from *net.UDPAddr
	data string
}

// A udpDoor is where datagrams come in.
type udpDoor struct {
	conn net.PacketConn
	work sync.WaitGroup
}

func listenUDP(l packetListener, at address, env flow.Env, in *inbox[datagramIn]) (*udpDoor, error) {
	conn, err := l.UDP(at.host, at.port)
	if err != nil {
		return nil, err
	}
	d := &udpDoor{conn: conn}
	d.work.Go(func() { d.read(env, in) })
	env.Log().Info("listening", "address", conn.LocalAddr().String())
	return d, nil
}

func (d *udpDoor) read(env flow.Env, in *inbox[datagramIn]) {
	b := make([]byte, datagram)
	said := false
	for {
		n, from, err := d.conn.ReadFrom(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // of one datagram
			continue
		}
		udp, _ := from.(*net.UDPAddr)
		ok := in.offer(datagramIn{udp, text(b[:n])})
		if !ok && !said {
			env.Log().Warn("datagrams are lost: they come faster than they are taken", "address", d.conn.LocalAddr().String())
		}
		said = !ok
	}
}

func (d *udpDoor) close() {
	d.conn.Close()
	d.work.Wait()
}

// A udpWay sends datagrams to one address. It is opened at the first one.
type udpWay struct {
	dialer dialer
	to     address
	conn   net.Conn
}

// send sends a value: a string as it is, all else as JSON.
func (w *udpWay) send(v flow.Value) error {
	s := value.Text(v)
	if len(s) > mostUDP {
		return fmt.Errorf("%w: %d bytes are too many for a datagram", flow.ErrUnfit, len(s))
	}
	if w.conn == nil {
		ctx, cancel := context.WithTimeout(context.Background(), dialTime)
		defer cancel()
		conn, err := w.dialer.Dial(ctx, "udp", w.to.host, w.to.port)
		if errors.Is(err, socket.ErrRefused) {
			return fmt.Errorf("%w: %w", flow.ErrUnfit, err)
		}
		if err != nil {
			return err
		}
		w.conn = conn
	}
	w.conn.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := w.conn.Write([]byte(s)); err != nil {
		// Also what the last datagram met with: nobody listens there.
		w.close()
		return fmt.Errorf("send to %s: %w", w.to.host, err)
	}
	return nil
}

func (w *udpWay) close() {
	if w.conn != nil {
		w.conn.Close()
		w.conn = nil
	}
}
