package mqtt

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/eclipse/paho.golang/autopaho"
	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"
)

// A Message is what one publishes to a topic, or has from one.
type Message struct {
	Topic   string
	Payload []byte
	QoS     byte // 0: may be lost; 1: comes at least once
	Retain  bool // the broker gives it to whoever subscribes later

	number uint64 // of its arrival here
}

// A Config says how to reach a broker.
type Config struct {
	Broker   string // mqtt://host:1883, or mqtts://host:8883
	ClientID string // "" lets the broker choose one, and then no session outlives the connection
	Username string
	Password string
	TLS      *tls.Config // of mqtts; nil: the system's roots
	Will     *Message    // published by the broker when this client is lost
	Topics   []string    // filters to subscribe to
	QoS      byte        // of the subscriptions, at most: 0 or 1

	// Session is how long the broker keeps what comes for a client that is
	// away; 0: not at all.
	Session time.Duration
	// Wake is called when a message has come or the connection has changed. It
	// must not block; nil: nobody is told.
	Wake func()
	// Dial opens a connection to host:port; nil: as net.Dialer does.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	Log  *slog.Logger // nil: nowhere
}

const (
	// inFlight is how many messages a broker may send before it must wait for
	// one to be taken.
	inFlight = 64
	// waiting is how many messages that nobody acknowledges (QoS 0) wait to be
	// taken; then the oldest are dropped.
	waiting = 1024
	// largest is how many bytes a packet may have, so that a message fits a token.
	largest = 256 << 10

	keepAlive  = 30 // seconds
	patience   = 10 * time.Second
	firstPause = 200 * time.Millisecond
	lastPause  = 15 * time.Second
	ackPause   = 20 * time.Millisecond // acknowledgements go out together so often
)

// A Client is a connection to a broker that comes back when it is lost. Close
// ends it.
type Client struct {
	cfg  Config
	conn *autopaho.ConnectionManager
	end  context.CancelFunc
	work sync.WaitGroup

	mu      sync.Mutex // guards what follows
	up      bool
	last    error // why it is not up
	dropped uint64
	number  uint64 // of the last arrival
	taken   time.Time
	arrived []arrival
}

// An arrival is a message with the connection that it came by: only there can
// it be acknowledged.
type arrival struct {
	Message
	by     *paho.Client
	packet *paho.Publish
}

// Connect begins to connect and returns at once; what is wrong with the
// broker shows at the first use. An error is a mistake in the configuration.
func Connect(cfg Config) (*Client, error) {
	u, err := parseBroker(cfg.Broker)
	if err != nil {
		return nil, err
	}
	for _, t := range cfg.Topics {
		if err := CheckFilter(t); err != nil {
			return nil, err
		}
	}
	if cfg.Wake == nil {
		cfg.Wake = func() {}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	c := &Client{cfg: cfg}
	run, end := context.WithCancel(context.Background())
	c.end = end
	if c.conn, err = autopaho.NewConnection(run, c.settings(run, u)); err != nil {
		end()
		return nil, err
	}
	return c, nil
}

// parseBroker reads the address of a broker; a port that is missing is MQTT's.
func parseBroker(broker string) (*url.URL, error) {
	u, err := url.Parse(broker)
	if err != nil || u.Hostname() == "" || u.Scheme != "mqtt" && u.Scheme != "mqtts" || u.Path != "" || u.User != nil {
		return nil, fmt.Errorf("broker %q: want mqtt://HOST:PORT, or mqtts://HOST:PORT with TLS", broker)
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), map[string]string{"mqtt": "1883", "mqtts": "8883"}[u.Scheme])
	}
	return u, nil
}

func (c *Client) settings(run context.Context, u *url.URL) autopaho.ClientConfig {
	s := autopaho.ClientConfig{
		ServerUrls: []*url.URL{u}, KeepAlive: keepAlive, ConnectTimeout: patience,
		SessionExpiryInterval: uint32(c.cfg.Session / time.Second), CleanStartOnInitialConnection: c.cfg.Session == 0,
		ReconnectBackoff:  backoff,
		AttemptConnection: c.dial,
		OnConnectionUp:    func(m *autopaho.ConnectionManager, _ *paho.Connack) { c.wentUp(run, m) }, OnConnectionDown: c.wentDown, OnConnectError: c.refused,
		ConnectUsername: c.cfg.Username, ConnectPassword: []byte(c.cfg.Password),
		ConnectPacketBuilder: func(p *paho.Connect, _ *url.URL) (*paho.Connect, error) {
			receive, size := uint16(inFlight), uint32(largest)
			if p.Properties == nil {
				p.Properties = &paho.ConnectProperties{}
			}
			p.Properties.ReceiveMaximum, p.Properties.MaximumPacketSize = &receive, &size
			return p, nil
		},
		ClientConfig: paho.ClientConfig{ClientID: c.cfg.ClientID, EnableManualAcknowledgment: true, SendAcksInterval: ackPause,
			OnPublishReceived: []func(paho.PublishReceived) (bool, error){c.received}},
	}
	if w := c.cfg.Will; w != nil {
		s.WillMessage = &paho.WillMessage{Topic: w.Topic, Payload: w.Payload, QoS: w.QoS, Retain: w.Retain}
	}
	return s
}

// backoff is the pause before attempt n: none before the first.
func backoff(n int) time.Duration {
	if n == 0 {
		return 0
	}
	return min(firstPause<<min(n-1, 10), lastPause)
}

// dial opens the connection under the bytes.
func (c *Client) dial(ctx context.Context, _ autopaho.ClientConfig, u *url.URL) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	dial := c.cfg.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", u.Host)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "mqtts" {
		return packets.NewThreadSafeConn(conn), nil
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.cfg.TLS != nil {
		cfg = c.cfg.TLS.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName = u.Hostname()
	}
	secure := tls.Client(conn, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return packets.NewThreadSafeConn(secure), nil
}

func (c *Client) wentUp(run context.Context, m *autopaho.ConnectionManager) {
	c.mu.Lock()
	c.up, c.last = true, nil
	c.mu.Unlock()
	c.cfg.Log.Info("broker connected", "broker", c.cfg.Broker)
	c.cfg.Wake()
	if len(c.cfg.Topics) > 0 {
		c.work.Go(func() { c.subscribe(run, m) })
	}
}

// subscribe asks for the topics, on every connection anew: a broker that has
// lost the session does not know them any more.
func (c *Client) subscribe(run context.Context, m *autopaho.ConnectionManager) {
	s := &paho.Subscribe{}
	for _, t := range c.cfg.Topics {
		s.Subscriptions = append(s.Subscriptions, paho.SubscribeOptions{Topic: t, QoS: c.cfg.QoS})
	}
	ctx, cancel := context.WithTimeout(run, patience)
	defer cancel()
	if _, err := m.Subscribe(ctx, s); err != nil && run.Err() == nil {
		c.cfg.Log.Warn("broker refused the topics", "broker", c.cfg.Broker, "err", err)
	}
}

func (c *Client) wentDown() bool {
	c.mu.Lock()
	c.up, c.last = false, errors.New("the connection was lost")
	c.forget()
	c.mu.Unlock()
	c.cfg.Log.Info("broker lost", "broker", c.cfg.Broker)
	c.cfg.Wake()
	return true
}

func (c *Client) refused(err error) {
	c.mu.Lock()
	said := c.last != nil && c.last.Error() == err.Error()
	c.last = err
	c.mu.Unlock()
	if !said {
		c.cfg.Log.Warn("broker can't be reached", "broker", c.cfg.Broker, "err", err)
	}
}

// forget drops what can't be acknowledged any more; the broker sends it again.
func (c *Client) forget() {
	kept := c.arrived[:0]
	for _, a := range c.arrived {
		if a.QoS == 0 {
			kept = append(kept, a)
		}
	}
	clear(c.arrived[len(kept):])
	c.arrived = kept
}

func (c *Client) received(p paho.PublishReceived) (bool, error) {
	c.mu.Lock()
	c.number++
	a := arrival{Message{p.Packet.Topic, p.Packet.Payload, p.Packet.QoS, p.Packet.Retain, c.number}, p.Client, p.Packet}
	c.arrived = append(c.arrived, a)
	if over := len(c.arrived) - waiting; over > 0 && a.QoS == 0 {
		oldest := slices.IndexFunc(c.arrived, func(a arrival) bool { return a.QoS == 0 }) // the others are owed an acknowledgement
		c.arrived = slices.Delete(c.arrived, oldest, oldest+1)
		c.dropped++
		if c.dropped == 1 {
			c.cfg.Log.Warn("messages are dropped that nobody takes", "broker", c.cfg.Broker, "topic", a.Topic)
		}
	}
	c.mu.Unlock()
	c.cfg.Wake()
	return true, nil
}

// Next is the oldest message that was not taken yet.
func (c *Client) Next() (Message, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.arrived) == 0 {
		return Message{}, false
	}
	return c.arrived[0].Message, true
}

// Waiting are the oldest messages that were not taken yet, at most most of them,
// for whoever takes several at once. They are taken in this order.
func (c *Client) Waiting(most int) []Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	ms := make([]Message, 0, min(most, len(c.arrived)))
	for _, a := range c.arrived[:cap(ms)] {
		ms = append(ms, a.Message)
	}
	return ms
}

// Take takes the message that Next gave, and tells the broker. A broker that
// does not hear of it, since the connection was lost, sends the message again.
func (c *Client) Take(m Message) {
	c.mu.Lock()
	if len(c.arrived) == 0 || c.arrived[0].number != m.number { // forgotten meanwhile
		c.mu.Unlock()
		return
	}
	a := c.arrived[0]
	c.arrived = c.arrived[1:]
	c.taken = time.Now()
	c.mu.Unlock()
	// The error means that the connection is gone, and with it the debt.
	_ = a.by.Ack(a.packet)
}

// Publish sends a message and waits until the broker has it (QoS 1) or it was
// sent (QoS 0). Without a connection it waits for one until ctx ends. After an
// error the broker may have the message all the same.
func (c *Client) Publish(ctx context.Context, m Message) error {
	if err := CheckTopic(m.Topic); err != nil {
		return err
	}
	if err := c.conn.AwaitConnection(ctx); err != nil {
		c.mu.Lock()
		last := c.last
		c.mu.Unlock()
		if last != nil {
			err = last
		}
		return fmt.Errorf("broker %s can't be reached: %w", c.cfg.Broker, err)
	}
	if _, err := c.conn.Publish(ctx, &paho.Publish{Topic: m.Topic, Payload: m.Payload, QoS: m.QoS, Retain: m.Retain}); err != nil {
		return fmt.Errorf("publish to %s at %s: %w", m.Topic, c.cfg.Broker, err)
	}
	return nil
}

// Up reports whether the broker is connected.
func (c *Client) Up() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.up
}

// Close says goodbye to the broker and returns when nothing runs any more.
func (c *Client) Close() error {
	c.mu.Lock()
	left := 2*ackPause - time.Since(c.taken)
	c.mu.Unlock()
	time.Sleep(left) // let go out what was acknowledged, or the broker sends it again
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := c.conn.Disconnect(ctx)
	c.end()
	<-c.conn.Done()
	c.work.Wait()
	if err != nil && !errors.Is(err, autopaho.ConnectionDownError) {
		return fmt.Errorf("disconnect from %s: %w", c.cfg.Broker, err)
	}
	return nil
}
