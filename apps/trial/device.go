package trial

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// deviceType is trial.Device: it stands for a device that is outside of the
// nodes, and has signed its readings itself. The device remembers for it, too:
// each checkpoint goes there, and with it how far the readings are settled. So
// what the device knows to be acknowledged is what the actor was told, and the
// actor finds everything again on whatever node it is started.
func deviceType() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "trial.Device", Fault: flow.FaultRetry, Doc: "Give the readings of a device outside",
			Args: []flow.ArgSpec{
				{Name: "device", Doc: "name of the device's certificate on its node", Kind: "string", Required: true},
				{Name: "at", Doc: "host:port of the device", Kind: "string", Required: true}},
			Out:   []flow.Port{{Name: "reading", Doc: "readings signed by the device", Kind: "reading"}},
			State: 1, Identity: "device", Speaks: flow.RoleDevice},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			d := &device{name: a.Name("device"), at: a.Name("at"), came: make(chan message, 256)}
			return d, a.Err()
		},
	}
}

type device struct {
	name, at string
	env      flow.Env

	given   uint64    // the last reading's number: the state
	settled uint64    // as the last checkpoint said
	told    time.Time // when it was

	came  chan message // readings after given, in order
	front *message     // the next one

	asking sync.Mutex // guards line
	line   *wired     // for questions; nil: not connected

	quit context.CancelFunc
	run  sync.WaitGroup
}

// Start connects to nothing: where to go on, Fence says.
func (d *device) Start(env flow.Env) error {
	d.env = env
	return nil
}

// Stop ends the connections.
func (d *device) Stop() {
	if d.quit != nil {
		d.quit()
		d.run.Wait()
	}
	d.asking.Lock()
	defer d.asking.Unlock()
	if d.line != nil {
		d.line.Close()
	}
}

// Actions give one reading at a time; and while readings are not settled, they
// fire for nothing now and then, since it is with a checkpoint that the device
// hears how far they are.
func (d *device) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"reading"}, Guard: d.ready, Fire: d.fire}, {Guard: d.waits, Fire: d.look}}
}

// lookEvery is how often a device hears of what is settled, at least.
const lookEvery = 10 * time.Millisecond

func (d *device) waits() bool { return d.settled < d.given && d.env.Now().Sub(d.told) >= lookEvery }

func (d *device) look(f *flow.Firing) error {
	d.told = f.Now
	return nil
}

func (d *device) ready() bool {
	for d.front == nil {
		select {
		case m := <-d.came:
			if m.number > d.given {
				d.front = &m
			}
		default:
			return false
		}
	}
	return true
}

func (d *device) fire(f *flow.Firing) error {
	if d.front.number != d.given+1 {
		return fmt.Errorf("reading %d follows %d", d.front.number, d.given)
	}
	f.Give(0, flow.Sealed{Kind: proof.KindReading, Bytes: d.front.body})
	d.given++
	d.front = nil
	return nil
}

// Save writes the number of the last reading given.
func (d *device) Save() ([]byte, error) { return binary.AppendUvarint(nil, d.given), nil }

// Restore reads it.
func (d *device) Restore(_ int, state []byte) (err error) {
	d.given, err = lastGiven(state)
	return err
}

func lastGiven(state []byte) (uint64, error) {
	n, size := binary.Uvarint(state)
	if size <= 0 {
		return 0, errors.New("the state of a device has no number")
	}
	return n, nil
}

// Commit brings the checkpoint to the device, without its readings: the device
// has them.
func (d *device) Commit(ctx context.Context, c flow.Checkpoint) error {
	c.Out = slices.DeleteFunc(slices.Clone(c.Out), func(t flow.OutToken) bool { return t.Link != flow.BoxOf(c.Actor) })
	b, err := flow.AppendCheckpoint(nil, c)
	if err != nil {
		return err
	}
	_, err = d.ask(ctx, message{kind: askCommit, number: c.Epoch, body: append(appendName(nil, d.name), b...)})
	if err != nil {
		return err
	}
	for l, n := range c.Settled {
		if l != flow.BoxOf(c.Actor) {
			d.settled = n
		}
	}
	d.told = d.env.Now()
	if d.settled < d.given {
		d.env.WakeAt(d.told.Add(lookEvery))
	}
	return nil
}

// Fence takes the device over from older activations, and begins to listen to
// it where the newest checkpoint is.
func (d *device) Fence(ctx context.Context, epoch uint64) (flow.Checkpoint, error) {
	m, err := d.ask(ctx, message{kind: askFence, number: epoch, body: appendName(nil, d.name)})
	if err != nil {
		return flow.Checkpoint{}, err
	}
	c, last := flow.Checkpoint{Actor: d.env.ID()}, uint64(0)
	if len(m.body) > 0 {
		if c, _, err = flow.ReadCheckpoint(m.body); err == nil && c.State != nil {
			last, err = lastGiven(c.State)
		}
	}
	c.Epoch = epoch
	if err == nil && d.quit == nil {
		ctx, quit := context.WithCancel(context.Background())
		d.quit = quit
		d.run.Go(func() { d.listen(ctx, last) })
	}
	return c, err
}

func (d *device) ask(ctx context.Context, q message) (m message, err error) {
	d.asking.Lock()
	defer d.asking.Unlock()
	defer func() {
		if err != nil && d.line != nil && !errors.Is(err, flow.ErrStale) {
			d.line.Close()
			d.line = nil
		}
	}()
	if d.line == nil {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", d.at)
		if err != nil {
			return m, err
		}
		d.line = newWired(c)
	}
	defer context.AfterFunc(ctx, func() { d.line.SetDeadline(time.Unix(1, 0)) })()
	if err := d.line.send(q); err != nil {
		return m, err
	}
	if m, err = d.line.receive(); err != nil {
		return m, err
	}
	switch m.kind {
	case sayDone:
		return m, nil
	case sayStale:
		return m, flow.ErrStale
	}
	return m, fmt.Errorf("the device says %s", m.body)
}

// listen takes readings until ctx ends; a lost connection is made anew.
func (d *device) listen(ctx context.Context, last uint64) {
	for ctx.Err() == nil {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", d.at)
		if err != nil {
			pause(ctx, 100*time.Millisecond)
			continue
		}
		stop := context.AfterFunc(ctx, func() { c.Close() })
		w := newWired(c)
		err = w.send(message{kind: askStream, number: last, body: appendName(nil, d.name)})
		for err == nil {
			var m message
			if m, err = w.receive(); err == nil {
				last = m.number
				select {
				case d.came <- m:
					d.env.Wake()
				case <-ctx.Done():
				}
			}
		}
		stop()
		c.Close()
	}
}

func appendName(b []byte, name string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(name))), name...)
}

func readName(b []byte) (name string, rest []byte, err error) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return "", nil, errors.New("a name is missing")
	}
	return string(b[size : size+int(n)]), b[size+int(n):], nil
}
