package data

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/actors/devices"
	"github.com/wardflow/wardflow/actors/timer"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/device/spool"
	"github.com/wardflow/wardflow/runtime/flow"
)

// PersistentBuffer is data.PersistentBuffer: store and forward.
//
// Items that nobody takes gather; as soon as there are more than chunk_size of
// them they go, as one list, to a queue on the node's disk, and from there to
// the port buffered when there is room. What is current does not wait for what
// was buffered.
//
// The actor keeps its own checkpoints beside the queue: an item that was
// settled is on the disk, once, even while no voter of the register can be
// reached. It can't be moved: its queue stays where it is. When the queue has
// reached its bound the actor takes nothing more, and its links fill.
func PersistentBuffer() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "data.PersistentBuffer", Fault: flow.FaultRetry, Keeps: true,
			Doc: "Pass items on as lists, and keep them on disk while they can't be passed on",
			Args: []flow.ArgSpec{
				{Name: "buffer_id", Doc: "name of the queue on its node: letters, digits, - and _", Kind: "string", Required: true},
				{Name: "chunk_size", Doc: "more items than these are put on disk as one list", Kind: "integer", Required: true},
				{Name: "interval", Doc: "seconds between two lines of the log on how much has gone through", Required: true}},
			In: []flow.Port{{Name: "item", Doc: "what is to be passed on"}},
			Out: []flow.Port{{Name: "current", Doc: "the items that have come since the last list", Kind: "list"},
				{Name: "buffered", Doc: "lists that had to wait on disk, in order", Kind: "list"}},
			Requires: []string{"buffer.persistent"},
			State:    1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			b := &buffer{id: a.Name("buffer_id"), chunk: a.Int("chunk_size"), interval: a.Seconds("interval")}
			if a.Err() == nil && (b.chunk < 1 || b.chunk > 10_000) {
				a.Refuse("chunk_size", "want 1 to 10000, not %d", b.chunk)
			}
			return b, a.Err()
		},
	}
}

// Queues are where buffers are kept.
type queues interface {
	Queue(name string, limit int64) (spool.Queue, error)
}

type buffer struct {
	id       string
	chunk    int64
	interval time.Duration

	env   flow.Env
	queue spool.Queue
	bytes int      // of items
	full  bool     // the queue was, and nothing has left it since
	told  [2]int64 // what the log was told last

	// State.
	items          []flow.Value // not given and not on disk
	received, sent int64        // items, ever
	ticker         timer.Ticker
}

// Start opens the queue.
func (b *buffer) Start(env flow.Env) error {
	q, err := devices.Need[queues](env, "buffer.persistent")
	if err != nil {
		return err
	}
	if b.queue, err = q.Queue(b.id, 0); err != nil {
		return err
	}
	b.env = env
	b.ticker.Start(env, b.interval, b.interval)
	return nil
}

// Actions are in Calvin's order: take, pass on, put on disk, catch up.
func (b *buffer) Actions() []flow.Action {
	return []flow.Action{
		{Guard: b.ticker.Due, Fire: b.tell},
		{In: []string{"item"}, Guard: func() bool { return !b.over() }, Fire: b.receive},
		{Out: []string{"current"}, Guard: func() bool { return len(b.items) > 0 }, Fire: b.pass},
		{Guard: func() bool { return b.over() && !b.full }, Fire: b.push},
		{Out: []string{"buffered"}, Guard: func() bool { return b.queue.Len() > 0 }, Fire: b.pop},
	}
}

// over reports whether the items are too many to be held, or too large to be
// one token with another.
func (b *buffer) over() bool { return int64(len(b.items)) > b.chunk || b.bytes > value.MostHeld/2 }

func (b *buffer) tell(f *flow.Firing) error {
	if now := [2]int64{b.received, b.sent}; now != b.told {
		b.env.Log().Info("buffer passed items on", "buffer", b.id, "received", b.received, "sent", b.sent, "waiting", b.queue.Len())
		b.told = now
	}
	b.ticker.Next(f.Now)
	return nil
}

func (b *buffer) receive(f *flow.Firing) error {
	n, err := value.Hold(f.In[0].Value)
	if err != nil {
		return err
	}
	if n > value.MostHeld/2 {
		return fmt.Errorf("%w: an item of %d bytes is too large for a list", flow.ErrUnfit, n)
	}
	b.items, b.bytes = append(b.items, f.In[0].Value), b.bytes+n
	b.received++
	return nil
}

func (b *buffer) pass(f *flow.Firing) error {
	f.Give(0, b.items)
	b.sent += int64(len(b.items))
	b.items, b.bytes = nil, 0
	return nil
}

// push puts the items on disk. While that is full they stay, and no more are
// taken; a later pop or pass makes room.
func (b *buffer) push(f *flow.Firing) error {
	err := b.queue.Push(b.items, f.Now)
	if errors.Is(err, spool.ErrFull) {
		b.env.Log().Warn("buffer is full, nothing more is taken until there is room", "buffer", b.id)
		b.full = true
		return nil
	}
	if err != nil {
		return err
	}
	b.items, b.bytes = nil, 0
	return nil
}

func (b *buffer) pop(f *flow.Firing) error {
	v, _, ok, err := b.queue.Front()
	if err != nil || !ok {
		return err
	}
	batch, ok := v.([]any)
	if !ok {
		return fmt.Errorf("buffer %s holds %s where a list should be", b.id, value.Kind(v))
	}
	f.Give(0, batch)
	b.queue.Pop()
	b.full = false
	b.sent += int64(len(batch))
	return nil
}

// Stop closes the queue; what was not committed will come again.
func (b *buffer) Stop() {
	if b.queue != nil {
		b.queue.Close()
	}
}

// Holds says what waits on disk.
func (b *buffer) Holds() string {
	if b.queue == nil || b.queue.Len() == 0 {
		return ""
	}
	return fmt.Sprintf("%d lists wait on its disk", b.queue.Len())
}

// Commit makes the queue and the checkpoint durable together.
func (b *buffer) Commit(ctx context.Context, c flow.Checkpoint) error {
	if err := b.queue.Commit(ctx, c); err != nil {
		return err
	}
	if b.full { // what has left the queue has left the disk only now
		b.full = false
		b.env.Wake()
	}
	return nil
}

// Fence begins an epoch of the queue. Whoever had it open before can't commit
// since Start.
func (b *buffer) Fence(ctx context.Context, epoch uint64) (flow.Checkpoint, error) {
	return b.queue.Fence(ctx, b.env.ID(), epoch)
}

// Save keeps the items that are not on disk, and the counts.
func (b *buffer) Save() ([]byte, error) {
	return value.Save(b.items, b.received, b.sent, b.ticker.At)
}

// Restore goes back to what Save kept.
func (b *buffer) Restore(version int, state []byte) error {
	if err := value.Restore(version, 1, state, &b.items, &b.received, &b.sent, &b.ticker.At); err != nil {
		return err
	}
	b.bytes = 0
	for _, item := range b.items {
		n, err := value.Hold(item)
		if err != nil {
			return err
		}
		b.bytes += n
	}
	return nil
}
