package mqtt

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	server "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
	"golang.org/x/time/rate"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
)

const (
	greeting = 10 * time.Second       // until CONNECT
	writing  = 10 * time.Second       // one packet
	farewell = 500 * time.Millisecond // DISCONNECT
	// longestKeepAlive is how long a device may be silent, in seconds.
	longestKeepAlive = 300
)

// A session is one connection of a device.
type session struct {
	b     *Broker
	conn  *wire
	id    flow.Identity
	chain []*x509.Certificate

	client  *server.Client // set by OnConnect, before anything is queued
	greeted atomic.Bool    // client is set
	queue   chan message   // to work, in order
	waiting atomic.Int32   // messages of QoS 1 that are not answered
	ending  atomic.Bool    // somebody ends it
	told    *rate.Limiter  // refusals that go into the audit record
	untold  atomic.Int64

	quit context.Context
	stop context.CancelFunc
	run  sync.WaitGroup // every goroutine of the session but its own
}

// A message is one PUBLISH.
type message struct {
	id       uint16 // 0: QoS 0
	topic    string
	kind     string // content type
	payload  []byte
	answerTo string // response topic
	ticket   []byte // correlation data
}

func newSession(b *Broker, conn net.Conn, id flow.Identity, chain []*x509.Certificate) *session {
	s := &session{b: b, id: id, chain: chain, queue: make(chan message, b.cfg.Window), told: rate.NewLimiter(1, 5)}
	s.conn = &wire{Conn: conn, of: s}
	s.quit, s.stop = context.WithCancel(b.quit)
	return s
}

// serve reads until the connection ends.
func (s *session) serve() {
	defer s.run.Wait()
	defer s.conn.Close()
	defer s.stop()
	defer func() {
		if r := recover(); r != nil { // a packet that its decoder does not bear
			s.b.cfg.Audit(s.event(flow.AuditFrame, "publish", fmt.Sprintf("the packet made the decoder panic: %v", r)))
		}
	}()
	s.conn.SetReadDeadline(time.Now().Add(greeting))
	s.run.Go(s.work)
	err := s.b.mqtt.EstablishConnection("devices", s.conn)
	s.b.cfg.Log.Debug("device left", "peer", s.id.URI, "addr", s.from(), "err", err)
}

// work takes what the device publishes, in order. While one batch is settled the
// next gathers, so a device that keeps its window full is not slowed by the way
// to the store and back.
func (s *session) work() {
	for {
		select {
		case <-s.quit.Done():
			return
		case m := <-s.queue:
			batch := []message{m}
			for len(batch) < cap(s.queue) && len(s.queue) > 0 {
				batch = append(batch, <-s.queue)
			}
			for i, a := range s.take(batch) {
				s.reply(batch[i], a)
			}
		}
	}
}

// push queues a message. It blocks a device that publishes with QoS 0 faster
// than is taken; one that has more unanswered than the window allows breaks the
// protocol (MQTT 5, section 3.3.4) and is told so.
func (s *session) push(m message) error {
	if m.id != 0 && s.waiting.Add(1) > int32(s.b.cfg.Window) {
		s.note(flow.AuditFrame, "publish", fmt.Sprintf("more than %d messages without an answer", s.b.cfg.Window))
		return packets.ErrReceiveMaximum
	}
	select {
	case s.queue <- m:
		return nil
	case <-s.quit.Done():
		return packets.ErrServerShuttingDown
	}
}

// reply acknowledges a message, and says what became of it where it asked for
// that.
func (s *session) reply(m message, a answer) {
	if m.answerTo != "" && s.quit.Err() == nil {
		s.publish(m, a)
	}
	if m.id == 0 {
		return
	}
	ack := packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Puback}, PacketID: m.id, ReasonCode: a.code,
		Properties: packets.Properties{ReasonString: a.why, User: a.more}}
	// Before the write: the device may answer before it returns.
	s.waiting.Add(-1)
	if err := s.client.WritePacket(ack); err == packets.ErrPacketTooLarge {
		ack.Properties = packets.Properties{}
		_ = s.client.WritePacket(ack)
	} // another error means that the connection is gone, and with it the debt
}

// publish sends the outcomes to the device's own answers, if it listens there.
func (s *session) publish(m message, a answer) {
	if _, ok := s.client.State.Subscriptions.Get(AnswersTo(s.id.EPC)); !ok {
		return
	}
	_ = s.client.WritePacket(packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Publish}, TopicName: AnswersTo(s.id.EPC),
		Payload: a.body(), Properties: packets.Properties{ContentType: "application/json", CorrelationData: m.ticket, User: a.more}})
}

// end says goodbye with a reason and closes the connection, whether the device
// reads it or not.
func (s *session) end(code packets.Code, why error) {
	s.ending.Store(true)
	s.conn.SetWriteDeadline(time.Now().Add(farewell))
	if s.greeted.Load() {
		if why != nil {
			code.Reason = why.Error()
		}
		_ = s.b.mqtt.DisconnectClient(s.client, code)
	}
	s.conn.Close()
}

// note puts a refusal into the audit record; of many in a row only some, with
// the number of the others.
func (s *session) note(kind flow.AuditKind, what, why string) {
	if !s.told.Allow() {
		s.untold.Add(1)
		return
	}
	if n := s.untold.Swap(0); n > 0 {
		why = fmt.Sprintf("%s (and %d more since the last)", why, n)
	}
	s.b.cfg.Audit(s.event(kind, what, why))
}

func (s *session) event(kind flow.AuditKind, what, why string) flow.AuditEvent {
	return flow.AuditEvent{Kind: kind, Who: s.id.URI, Proven: true, From: s.from(), What: what + " (MQTT)", Why: why}
}

func (s *session) from() string { return s.conn.RemoteAddr().String() }

func (s *session) sender() ingest.Sender {
	return ingest.Sender{ID: s.id, Chain: s.chain, From: s.from(), Via: "mqtt"}
}

// A wire is the connection as the protocol's library sees it. The deadlines that
// the library sets are for reading; a write has its own, so that a device that
// does not read is cut.
type wire struct {
	net.Conn
	of *session
}

// SetDeadline is for reading.
func (w *wire) SetDeadline(t time.Time) error { return w.SetReadDeadline(t) }

// Write writes within a bounded time.
func (w *wire) Write(b []byte) (int, error) {
	if !w.of.ending.Load() {
		w.SetWriteDeadline(time.Now().Add(writing))
	}
	return w.Conn.Write(b)
}
