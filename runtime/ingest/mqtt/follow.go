package mqtt

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	device "github.com/wardflow/wardflow/runtime/device/mqtt"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A Sealing core also tells which device has sealed a reading; *ingest.Core is
// one.
type Sealing interface {
	Taker
	Signer(ingest.Item) (ingest.Sender, error)
}

// FollowConfig says what following an outside broker needs.
type FollowConfig struct {
	Broker   string      // mqtts://host:8883
	TLS      *tls.Config // with our certificate, and whom to believe about the broker's
	Client   string      // the name of our session there; the broker keeps what comes while we are away
	Verifier *pki.Verifier
	Core     Sealing
	Allow    func(flow.Identity) error // which devices' readings are taken; nil: those of all that Verifier believes

	Audit func(flow.AuditEvent) // told of what was refused; must not block; nil: nobody
	Log   *slog.Logger          // nil: nowhere

	// Patience is how long a message may wait for an intake that takes it, while
	// those behind it wait too: 30 s. Then it is dropped, and told to Audit.
	Patience time.Duration
}

func (c *FollowConfig) setDefaults() error {
	switch {
	case !strings.HasPrefix(c.Broker, "mqtts://") || c.TLS == nil:
		return fmt.Errorf("mqtt: FollowConfig.Broker %q: want mqtts://host:port, and a certificate for it in TLS", c.Broker)
	case c.Client == "":
		return errors.New("mqtt: FollowConfig.Client is empty: want the node's name")
	case c.Verifier == nil || c.Core == nil:
		return errors.New("mqtt: FollowConfig.Verifier or Core is nil: want whom to believe, and who takes the readings")
	}
	if c.Audit == nil {
		c.Audit = func(flow.AuditEvent) {}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Patience <= 0 {
		c.Patience = 30 * time.Second
	}
	return nil
}

const (
	// readings is the filter of all topics of readings.
	readings = "+/+/+/+/#"
	// kept is how long the broker keeps what comes while a node is away.
	kept = time.Hour
	// together is how many messages are settled at once.
	together = 64
	// again is the pause before a reading that nobody took is brought once more.
	again = 500 * time.Millisecond
	// given is how long a device whose readings nobody took is not waited for.
	given = time.Minute
)

// A Follower takes readings from an outside broker. What the broker says of who
// sent a message counts for nothing: a reading is taken only if its device has
// sealed it, whose certificate we know, and on that device's own topic. Messages
// are acknowledged to the broker when their readings are settled, or refused for
// good. Close ends it.
//
// A device makes its certificate known by publishing its chain, PEM, with the
// stream [CertificateStream]; the broker may retain it. Devices that connect to
// a node themselves, and those whose certificates the cluster knows, need not.
type Follower struct {
	cfg    FollowConfig
	client *device.Client
	told   *rate.Limiter
	bad    atomic.Int64
	known  *known

	quit context.Context
	stop context.CancelFunc
	wake chan struct{}
	run  sync.WaitGroup

	gaveUp map[string]time.Time // by EPC, when; owned by work
}

// Follow begins to follow a broker; it comes back to it whenever it is lost. An
// error is a mistake in the configuration.
func Follow(cfg FollowConfig) (*Follower, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	f := &Follower{cfg: cfg, told: rate.NewLimiter(2, 20), known: newKnown(cfg.Verifier), wake: make(chan struct{}, 1), gaveUp: map[string]time.Time{}}
	f.quit, f.stop = context.WithCancel(context.Background())
	var err error
	f.client, err = device.Connect(device.Config{Broker: cfg.Broker, ClientID: cfg.Client, TLS: cfg.TLS, Topics: []string{readings}, QoS: 1,
		Session: kept, Wake: f.nudge, Log: cfg.Log})
	if err != nil {
		return nil, err
	}
	f.run.Go(f.work)
	return f, nil
}

// Up reports whether the broker is connected.
func (f *Follower) Up() bool { return f.client.Up() }

// Close ends the following. What was not settled stays with the broker.
func (f *Follower) Close() error {
	f.stop()
	f.run.Wait()
	return f.client.Close()
}

func (f *Follower) nudge() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *Follower) work() {
	for {
		select {
		case <-f.quit.Done():
			return
		case <-f.wake:
		}
		for {
			ms := f.client.Waiting(together)
			if len(ms) == 0 || !f.settle(ms) {
				break
			}
			for _, m := range ms {
				f.client.Take(m)
			}
		}
	}
}

// A parcel is what messages of one device hold, in order.
type parcel struct {
	from  ingest.Sender
	items []ingest.Item
	err   error // why they were not settled
}

// settle brings what messages hold to the core, the devices beside each other,
// and returns when all is settled or given up; false when we end before.
func (f *Follower) settle(ms []device.Message) bool {
	parcels := f.sort(ms)
	var run sync.WaitGroup
	for _, p := range parcels {
		patience := f.cfg.Patience
		if at, ok := f.gaveUp[p.from.ID.EPC]; ok && time.Since(at) < given {
			patience = 0
		}
		run.Go(func() { p.err = f.bring(p, patience) })
	}
	run.Wait()
	if f.quit.Err() != nil {
		return false
	}
	for _, p := range parcels {
		epc := p.from.ID.EPC
		if p.err == nil {
			delete(f.gaveUp, epc)
			continue
		}
		f.refuse(p.from.ID.URI, true, "bring readings that nobody took", p.err)
		if len(f.gaveUp) >= mostKnown {
			clear(f.gaveUp)
		}
		f.gaveUp[epc] = time.Now()
	}
	return true
}

// sort makes parcels of messages, one for each certificate that has sealed some.
func (f *Follower) sort(ms []device.Message) map[[32]byte]*parcel {
	parcels := map[[32]byte]*parcel{}
	for _, m := range ms {
		from, items, err := f.open(m)
		if err != nil {
			f.refuse(m.Topic, false, "bring readings", err)
		}
		if err != nil || len(items) == 0 {
			continue
		}
		p := parcels[from.ID.Leaf]
		if p == nil {
			p = &parcel{from: from}
			parcels[from.ID.Leaf] = p
		}
		p.items = append(p.items, items...)
	}
	return parcels
}

// bring gives a device's readings to the core, again and again until they are
// settled or patience ends. Those that another node takes are settled here.
func (f *Follower) bring(p *parcel, patience time.Duration) error {
	until := time.Now().Add(patience)
	for len(p.items) > 0 {
		n := min(len(p.items), ingest.MaxItems)
		_, err := f.cfg.Core.Take(f.quit, p.from, p.items[:n])
		var r *ingest.Refusal
		switch {
		case err == nil:
			p.items = p.items[n:]
			continue
		case errors.As(err, &r) && r.Elsewhere != "":
			return nil
		case errors.As(err, &r) && r.After == 0, time.Now().After(until):
			return err
		}
		t := time.NewTimer(again)
		select {
		case <-t.C:
		case <-f.quit.Done():
			t.Stop()
			return f.quit.Err()
		}
	}
	return nil
}

// open reads a message: readings that their topic's device has sealed. A
// certificate is remembered, and holds no readings.
func (f *Follower) open(m device.Message) (ingest.Sender, []ingest.Item, error) {
	topic, err := ParseTopic(m.Topic)
	if err != nil {
		return ingest.Sender{}, nil, err
	}
	if topic.Stream == CertificateStream {
		return ingest.Sender{}, nil, f.known.learn(m.Payload, topic)
	}
	items, err := decode("", m.Payload)
	if err == nil {
		err = onStream(items, topic.Stream)
	}
	if err != nil {
		return ingest.Sender{}, nil, err
	}
	var from ingest.Sender
	for i, it := range items {
		by, err := f.signer(it)
		if err == nil {
			err = mayPublish(by.ID, topic)
		}
		if err == nil && i > 0 && by.ID.Leaf != from.ID.Leaf {
			err = errors.New("the readings of one message are sealed with several certificates")
		}
		if err != nil {
			return ingest.Sender{}, nil, err
		}
		from = by
	}
	from.Via, from.From = "mqtt", f.cfg.Broker
	return from, items, nil
}

// signer is who has sealed an item, and still may.
func (f *Follower) signer(it ingest.Item) (ingest.Sender, error) {
	from, err := f.known.signer(it)
	if errors.Is(err, errUnknown) {
		from, err = f.cfg.Core.Signer(it)
	}
	if err == nil {
		err = f.cfg.Verifier.Holds(from.ID, time.Now())
	}
	if err == nil && f.cfg.Allow != nil {
		err = f.cfg.Allow(from.ID)
	}
	return from, err
}

// refuse puts a refusal into the audit record; of many in a row only some. who is
// proven if it is the name in a certificate that we have verified; a topic may
// have any text in it.
func (f *Follower) refuse(who string, proven bool, what string, why error) {
	if !f.told.Allow() {
		f.bad.Add(1)
		return
	}
	text := why.Error()
	if n := f.bad.Swap(0); n > 0 {
		text = fmt.Sprintf("%s (and %d more since the last)", text, n)
	}
	f.cfg.Audit(flow.AuditEvent{Kind: flow.AuditReading, Who: who, Proven: proven, From: f.cfg.Broker, What: what + " (broker)", Why: text})
}
