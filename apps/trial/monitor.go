package trial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A monitor is the devices of a trial: they make and sign readings, hand them to
// whoever stands for them on a node, and note what they are told. It is not on
// any of the nodes, and outlives each.
type monitor struct {
	listen net.Listener
	run    sync.WaitGroup

	mu      sync.Mutex // guards what follows, and what is in devices
	halt    context.CancelFunc
	devices map[string]*outside
	conns   map[net.Conn]bool
	err     error // the first that must not be
}

// streamName is that of each device.
const streamName = "ecg"

// An outside is one device.
type outside struct {
	name    string
	signer  flow.Signer
	every   time.Duration // between two readings
	samples int           // in each

	// Guarded by the monitor's lock.
	made    []time.Time   // when reading i+1 was made
	bytes   [][]byte      // as it was signed; nil once acknowledged
	more    chan struct{} // closed with the next reading
	epoch   uint64
	kept    []byte // the newest checkpoint
	acked   uint64 // readings up to it are settled
	ackedAt []ack  // each time that more were
}

// An ack is when readings up to a number were known to be settled.
type ack struct {
	upto uint64
	at   time.Time
}

// newMonitor is one whose devices are reached at an address of this host.
func newMonitor(at string) (*monitor, error) {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return nil, err
	}
	m := &monitor{listen: l, halt: func() {}, devices: map[string]*outside{}, conns: map[net.Conn]bool{}}
	m.run.Go(m.acceptAll)
	return m, nil
}

// addr is where the devices are reached.
func (m *monitor) addr() string { return m.listen.Addr().String() }

// add makes a device, which makes nothing yet.
func (m *monitor) add(name string, signer flow.Signer, every time.Duration, samples int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.devices[name] = &outside{name: name, signer: signer, every: every, samples: samples, more: make(chan struct{})}
}

// begin lets all devices make readings until ctx ends, or halt or close is called.
func (m *monitor) begin(ctx context.Context) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ctx, m.halt = context.WithCancel(ctx)
	n := 0
	for _, o := range m.devices {
		// Not all at the same moment.
		first := time.Now().Add(o.every * time.Duration(n) / time.Duration(len(m.devices)))
		n++
		m.run.Go(func() { m.make(ctx, o, first) })
	}
}

// close ends everything and gives the first thing that must not have been.
func (m *monitor) close() error {
	m.listen.Close()
	m.mu.Lock()
	m.halt()
	for c := range m.conns {
		c.Close()
	}
	m.mu.Unlock()
	m.run.Wait()
	return m.err
}

// make makes readings at the device's pace. One that is late makes up for it.
func (m *monitor) make(ctx context.Context, o *outside, next time.Time) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for seq := uint64(1); ; seq++ {
		timer.Reset(time.Until(next))
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		now := time.Now()
		sealed, err := proof.SealReading(o.signer, o.reading(seq, now))
		m.mu.Lock()
		if err != nil {
			m.fault(err)
			m.mu.Unlock()
			return
		}
		o.made, o.bytes = append(o.made, now), append(o.bytes, sealed.Bytes)
		close(o.more)
		o.more = make(chan struct{})
		m.mu.Unlock()
		next = next.Add(o.every)
	}
}

// reading is the next piece of a wave, the newest sample of which is taken now.
func (o *outside) reading(seq uint64, now time.Time) *flow.Reading {
	r := &flow.Reading{Device: o.signer.ID.EPC, Stream: streamName, Seq: seq, Kind: "11524-6", Unit: "mV", Scale: 1000}
	for i := range o.samples {
		r.Samples = append(r.Samples, int64(seq)*int64(o.samples)%997-500+int64(i)) // no heart, but never twice the same
	}
	if o.samples > 1 {
		r.Period = o.every / time.Duration(o.samples)
	}
	r.At = now.Add(-time.Duration(o.samples-1) * r.Period)
	return r
}

// fault notes what must not be; the caller holds the lock.
func (m *monitor) fault(err error) {
	if m.err == nil {
		m.err = err
	}
}

func (m *monitor) acceptAll() {
	for {
		c, err := m.listen.Accept()
		if err != nil {
			return
		}
		m.mu.Lock()
		m.conns[c] = true
		m.mu.Unlock()
		m.run.Go(func() {
			m.converse(newWired(c))
			c.Close()
			m.mu.Lock()
			delete(m.conns, c)
			m.mu.Unlock()
		})
	}
}

// converse answers an actor until it hangs up.
func (m *monitor) converse(w *wired) {
	for {
		q, err := w.receive()
		if err != nil {
			return
		}
		name, rest, err := readName(q.body)
		m.mu.Lock()
		o := m.devices[name]
		m.mu.Unlock()
		if err == nil && o == nil {
			err = fmt.Errorf("there is no device %q", name)
		}
		answer := message{kind: sayDone}
		switch {
		case err != nil:
			answer = wrong(err)
		case q.kind == askStream:
			m.hand(w, o, q.number)
			return
		case q.kind == askFence:
			answer = m.fence(o, q.number)
		case q.kind == askCommit:
			answer = m.commit(o, rest)
		}
		if w.send(answer) != nil {
			return
		}
	}
}

func (m *monitor) fence(o *outside, epoch uint64) message {
	m.mu.Lock()
	defer m.mu.Unlock()
	if epoch < o.epoch {
		return message{kind: sayStale}
	}
	o.epoch = epoch
	b, err := o.whole()
	if err != nil {
		m.fault(err)
		return wrong(err)
	}
	return message{kind: sayDone, body: b}
}

// whole is the newest checkpoint with the readings that were given and are not
// settled; the caller holds the lock.
func (o *outside) whole() ([]byte, error) {
	if o.kept == nil {
		return nil, nil
	}
	c, _, err := flow.ReadCheckpoint(o.kept)
	if err != nil {
		return nil, err
	}
	for l, made := range c.Made {
		if l == flow.BoxOf(c.Actor) {
			continue
		}
		for n := c.Settled[l]; n < made; n++ {
			c.Out = append(c.Out, flow.OutToken{Link: l, Token: flow.Token{Seq: n + 1, Source: c.Actor, Made: o.made[n],
				Value: flow.Sealed{Kind: proof.KindReading, Bytes: o.bytes[n]}}})
		}
	}
	return flow.AppendCheckpoint(nil, c)
}

// commit keeps a checkpoint, which says how far the readings are settled.
func (m *monitor) commit(o *outside, b []byte) message {
	c, _, err := flow.ReadCheckpoint(b)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err != nil:
		m.fault(err)
		return wrong(err)
	case c.Epoch < o.epoch:
		return message{kind: sayStale}
	}
	o.epoch, o.kept = c.Epoch, b
	for l, n := range c.Settled {
		if l == flow.BoxOf(c.Actor) {
			continue // letters: what is in them was not stored
		}
		if n > uint64(len(o.made)) {
			m.fault(fmt.Errorf("device %s: reading %d is acknowledged and only %d were made", o.name, n, len(o.made)))
			continue
		}
		if n > o.acked {
			for ; o.acked < n; o.acked++ {
				o.bytes[o.acked] = nil
			}
			o.ackedAt = append(o.ackedAt, ack{n, time.Now()})
		}
	}
	return message{kind: sayDone}
}

// hand gives the readings after a number as they are made, until the actor
// hangs up.
func (m *monitor) hand(w *wired, o *outside, last uint64) {
	gone := make(chan struct{})
	m.run.Go(func() {
		defer close(gone)
		w.in.ReadByte() // nothing more is said: it ends with the connection
	})
	for {
		m.mu.Lock()
		b, more, err := []byte(nil), o.more, error(nil)
		if last < uint64(len(o.bytes)) {
			if b = o.bytes[last]; b == nil {
				err = errors.New("the actor has forgotten what was acknowledged to it")
				m.fault(fmt.Errorf("device %s: it is asked for reading %d again, which was acknowledged", o.name, last+1))
			}
		}
		m.mu.Unlock()
		switch {
		case err != nil:
			w.send(wrong(err))
			return
		case b != nil:
			last++
			if w.send(message{kind: sayReading, number: last, body: b}) != nil {
				return
			}
		default:
			select {
			case <-more:
			case <-gone:
				return
			}
		}
	}
}
