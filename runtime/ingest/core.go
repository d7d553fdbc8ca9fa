package ingest

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// Config is what a core needs. The zero value of a field has the default that
// is written beside it.
type Config struct {
	// Publish makes a device's certificate known to whoever judges its readings.
	// It is called once for each certificate, before the first reading of it goes
	// on. nil: it is known already.
	Publish func(ctx context.Context, chain []*x509.Certificate) error
	// Device is the certificate of a device whose bytes have the SHA-256 leaf, as
	// the node knows it; see ward.Identities. nil: only the one on the connection.
	Device func(leaf [32]byte, signed time.Time) (*x509.Certificate, flow.Identity, error)
	// Elsewhere is the https address of the node that serves a device; "" when
	// nobody does. nil: nobody knows.
	Elsewhere func(epc string) string
	// Open is [proof.OpenReading], which may remember; nil: that.
	Open func(flow.Sealed) (*proof.Reading, error)

	Rate     float64       // readings a second of one device, on average; 0: 100
	Burst    int           // readings of one device at once; 0: 2 × MaxItems
	Patience time.Duration // for a reading to be settled; 0: 10 s
	Ahead    time.Duration // how far ahead of the clock a reading may be; 0: 30 s
	Behind   time.Duration // how old one may be before its device is warned; 0: 30 s
	Strict   bool          // refuse readings older than Behind, rather than warn

	Audit func(flow.AuditEvent) // told of what is refused; may be nil
	Now   func() time.Time      // nil: time.Now
}

func (c *Config) setDefaults() {
	if c.Rate == 0 {
		c.Rate = 100
	}
	if c.Burst == 0 {
		c.Burst = 2 * MaxItems
	}
	if c.Patience == 0 {
		c.Patience = 10 * time.Second
	}
	if c.Ahead == 0 {
		c.Ahead = 30 * time.Second
	}
	if c.Behind == 0 {
		c.Behind = 30 * time.Second
	}
	if c.Open == nil {
		c.Open = proof.OpenReading
	}
	if c.Audit == nil {
		c.Audit = func(flow.AuditEvent) {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}

// A Core takes what devices bring, however they bring it, and hands it to the
// actors of this node that serve them. Its methods may be called by many
// goroutines.
type Core struct {
	cfg Config

	mu        sync.Mutex // guards what follows
	desks     map[string]*desk
	published map[[32]byte]bool
	devices   map[string]*device
}

// A desk is an actor that serves devices.
type desk struct {
	actor flow.ActorID
	put   func([]*flow.Arrival) error
	gone  chan struct{} // closed when the actor serves no more
}

// A device is what is remembered of one that came.
type device struct {
	rate  *rate.Limiter
	audit *rate.Limiter
	left  int // audit events that were not told
}

// mostDevices is how many devices are remembered; one that is forgotten begins
// with a full allowance.
const mostDevices = 20_000

// NewCore makes a core that serves nobody yet.
func NewCore(cfg Config) *Core {
	cfg.setDefaults()
	return &Core{cfg: cfg, desks: map[string]*desk{}, published: map[[32]byte]bool{}, devices: map[string]*device{}}
}

// Serve makes an actor the one that takes what these devices bring, EPCs of 24
// hex digits, until stop is called. put takes arrivals all or none, in order,
// and does not block; an error means that there is no room. An actor that comes
// later takes the place of an earlier one. stop is called once.
func (c *Core) Serve(actor flow.ActorID, devices []string, put func([]*flow.Arrival) error) (stop func()) {
	d := &desk{actor, put, make(chan struct{})}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, epc := range devices {
		c.desks[epc] = d
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		close(d.gone)
		for _, epc := range devices {
			if c.desks[epc] == d {
				delete(c.desks, epc)
			}
		}
	}
}

// Take takes a batch of a device and returns when it is known what has become of
// each item: outcomes[i] is that of batch[i]. An error is a [*Refusal]: then
// nothing was taken, or, when its Status is 503, nobody knows; in both cases the
// device may bring the same again.
func (c *Core) Take(ctx context.Context, from Sender, batch []Item) ([]Outcome, error) {
	if from.ID.Role != flow.RoleDevice || from.ID.EPC == "" {
		c.told(from, "bring readings", "it is no device")
		return nil, &Refusal{Status: http.StatusForbidden, Why: "only a device brings readings, and your certificate is that of " + from.ID.URI}
	}
	if len(batch) == 0 || len(batch) > MaxItems {
		return nil, &Refusal{Status: http.StatusRequestEntityTooLarge, Why: "want 1 to 256 readings at once"}
	}
	now := c.cfg.Now()
	if wait := c.due(from.ID.EPC, now, len(batch)); wait > 0 {
		c.told(from, "bring readings", "it brings more than it may")
		return nil, &Refusal{Status: http.StatusTooManyRequests, Why: "this device brings more readings than it may", After: wait}
	}
	d := c.deskOf(from.ID.EPC)
	if d == nil {
		return nil, c.elsewhere(from.ID.EPC)
	}
	if err := c.publish(ctx, from); err != nil {
		return nil, &Refusal{Status: http.StatusServiceUnavailable, Why: "your certificate can't be made known to the other nodes now", After: time.Second}
	}
	outcomes := make([]Outcome, len(batch))
	w := &waiter{outcomes: outcomes, done: make(chan struct{})}
	var arrivals []*flow.Arrival
	for i := range batch {
		a, out := c.admit(from, &batch[i], now)
		outcomes[i] = out
		if a == nil {
			continue
		}
		a.Answer = w.answer(i, a.Reading, out.Warning)
		arrivals = append(arrivals, a)
	}
	if len(arrivals) == 0 {
		return outcomes, nil
	}
	w.left.Store(int32(len(arrivals)))
	if err := d.put(arrivals); err != nil {
		return nil, &Refusal{Status: http.StatusServiceUnavailable, Why: "no room for more readings now: " + err.Error(), After: time.Second}
	}
	return w.wait(ctx, d.gone, c.cfg.Patience)
}

// Signer says which device has sealed an item, as this node knows its
// certificate: for readings that others have carried here, whose word on who
// sent them counts for nothing. Errors that wrap [flow.ErrLater] mean that the
// certificate has not been heard of yet.
func (c *Core) Signer(it Item) (Sender, error) {
	if len(it.Sealed.Bytes) == 0 {
		return Sender{}, errors.New("the reading is not sealed by its device")
	}
	r, err := c.cfg.Open(it.Sealed)
	if err != nil {
		return Sender{}, err
	}
	if c.cfg.Device == nil {
		return Sender{}, errors.New("no certificates of devices are known here")
	}
	cert, id, err := c.cfg.Device(r.Cert, r.Signed())
	if err != nil {
		return Sender{}, err
	}
	if err := r.Verify(cert); err != nil {
		return Sender{}, err
	}
	return Sender{ID: id, Chain: []*x509.Certificate{cert}}, nil
}

func (c *Core) deskOf(epc string) *desk {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.desks[epc]
}

// elsewhere is the refusal of a device that nobody here serves.
func (c *Core) elsewhere(epc string) *Refusal {
	if c.cfg.Elsewhere != nil {
		if at := c.cfg.Elsewhere(epc); at != "" {
			return &Refusal{Status: http.StatusMisdirectedRequest, Why: "another node takes this device's readings", Elsewhere: at}
		}
	}
	return &Refusal{Status: http.StatusServiceUnavailable, Why: "no intake for this device runs now: name it among the devices of a ward.Intake", After: 5 * time.Second}
}

// due is how long a device must wait before it may bring n readings.
func (c *Core) due(epc string, now time.Time, n int) time.Duration {
	r := c.device(epc).rate.ReserveN(now, n)
	if !r.OK() {
		return time.Second
	}
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

func (c *Core) device(epc string) *device {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.devices[epc]
	if d == nil {
		if len(c.devices) >= mostDevices {
			clear(c.devices)
		}
		d = &device{rate: rate.NewLimiter(rate.Limit(c.cfg.Rate), c.cfg.Burst), audit: rate.NewLimiter(1, 10)}
		c.devices[epc] = d
	}
	return d
}

// publish makes the sender's certificate known, once.
func (c *Core) publish(ctx context.Context, from Sender) error {
	if c.cfg.Publish == nil {
		return nil
	}
	c.mu.Lock()
	known := c.published[from.ID.Leaf]
	c.mu.Unlock()
	if known {
		return nil
	}
	if err := c.cfg.Publish(ctx, from.Chain); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.published) >= mostDevices {
		clear(c.published)
	}
	c.published[from.ID.Leaf] = true
	return nil
}
