package anchor

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/wal"
)

// outboxName is the file of transactions that are to be sent.
const outboxName = "outbox"

// An Outbox sends the checks that are to be transactions themselves. What is in
// it is sent until it is in a final block, also over crashes: then it may be there
// twice, which says the same twice.
type Outbox struct {
	pay   func(context.Context, []byte) error
	log   *slog.Logger
	alarm func(string)
	stop  context.CancelFunc
	ends  context.Context
	busy  sync.WaitGroup

	writing sync.Mutex // held while file is written; before mu
	file    *wal.Log

	mu      sync.Mutex // guards what follows
	last    uint64     // number of the newest, from 1
	synced  uint64     // up to here they are on disk
	low     uint64     // all before are done
	fresh   []outgoing // not on disk yet
	bytes   int        // of fresh
	open    map[uint64]outgoing
	done    int           // of those in the file
	ended   []uint64      // done, and not noted in the file
	more    chan struct{} // one slot: there are some
	waiters map[*waiter]bool
	failing bool
}

type outgoing struct {
	n    uint64
	data []byte
}

const (
	outboxMost  = 16 << 20 // bytes that are not on disk
	outboxOpen  = 100_000  // transactions on their way
	outboxClean = 1 << 20  // bytes of the file, beyond which what is done is thrown out
	retryEach   = time.Second
)

// A record of an outbox is a list of calls, each a number, a length and so many
// bytes, all in one write; or of the numbers of those that are done.
const (
	recordCalls = 'c'
	recordDone  = 'd'
)

var errOutbox = errors.New("it is no list of transactions that were to be sent")

// OpenOutbox opens an outbox in a folder and sends what is in it. Pay sends the
// call of a check as a transaction and waits for it; it is tried again after an
// error, unless that is a [*chain.RevertError].
func OpenOutbox(d wal.Disk, log *slog.Logger, alarm func(string), pay func(ctx context.Context, call []byte) error) (*Outbox, error) {
	o := &Outbox{pay: pay, log: log, alarm: alarm, open: map[uint64]outgoing{}, waiters: map[*waiter]bool{}, more: make(chan struct{}, 1)}
	var err error
	o.file, err = wal.Open(d, outboxName, func(_ int64, b []byte) error { return o.read(b) })
	if err != nil {
		return nil, fmt.Errorf("open the outbox: %w", err)
	}
	o.synced = o.last
	o.ends, o.stop = context.WithCancel(context.Background())
	o.busy.Go(o.note)
	for _, t := range slices.Collect(maps.Values(o.open)) { // sending takes out of it
		o.busy.Go(func() { o.send(t) })
	}
	return o, nil
}

// read takes a record of the file.
func (o *Outbox) read(b []byte) error {
	if len(b) == 0 {
		return errOutbox
	}
	kind, b := b[0], b[1:]
	for len(b) > 0 {
		n, w := binary.Uvarint(b)
		if w <= 0 {
			return errOutbox
		}
		b = b[w:]
		o.last = max(o.last, n)
		if kind == recordDone {
			delete(o.open, n)
			o.done++
			continue
		}
		size, w := binary.Uvarint(b)
		if kind != recordCalls || w <= 0 || size > uint64(len(b)-w) {
			return errOutbox
		}
		b = b[w:]
		o.open[n] = outgoing{n, append([]byte(nil), b[:size]...)}
		b = b[size:]
	}
	return nil
}

func recordOf(calls []outgoing) []byte {
	b := []byte{recordCalls}
	for _, t := range calls {
		b = binary.AppendUvarint(b, t.n)
		b = binary.AppendUvarint(b, uint64(len(t.data)))
		b = append(b, t.data...)
	}
	return b
}

// Close ends it; what is not sent is sent when it is opened again.
func (o *Outbox) Close() error {
	o.stop()
	o.busy.Wait()
	return errors.Join(o.noteDone(), o.file.Close())
}

// Add puts the call of a check in line. It is on disk after [Outbox.Sync], and
// sent then. [tlog.ErrFull]-like errors say that too much waits.
func (o *Outbox) Add(call []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.bytes+len(call) > outboxMost || len(o.open)+len(o.fresh) >= outboxOpen {
		return fmt.Errorf("%d checks wait to become transactions", len(o.open)+len(o.fresh))
	}
	o.last++
	o.fresh = append(o.fresh, outgoing{o.last, append([]byte(nil), call...)})
	o.bytes += len(call)
	return nil
}

// Sync returns when all that was added before is on disk.
func (o *Outbox) Sync() error {
	o.mu.Lock()
	idle := len(o.fresh) == 0
	o.mu.Unlock()
	if idle {
		return nil
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	o.mu.Lock()
	fresh := o.fresh
	o.mu.Unlock()
	if len(fresh) == 0 {
		return nil // somebody else has just done it
	}
	if _, err := o.file.Append(recordOf(fresh)); err != nil {
		return fmt.Errorf("write the outbox: %w", err)
	}
	o.launch(len(fresh))
	return nil
}

// launch sends the first n of fresh, which are on disk.
func (o *Outbox) launch(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, t := range o.fresh[:n] {
		o.open[t.n] = t
		o.bytes -= len(t.data)
		o.synced = t.n
		o.busy.Go(func() { o.send(t) })
	}
	o.fresh = o.fresh[n:]
}

// send sends one until it is in a block.
func (o *Outbox) send(t outgoing) {
	for o.ends.Err() == nil {
		ctx, cancel := context.WithTimeout(o.ends, stepWithin)
		err := o.pay(ctx, t.data)
		cancel()
		var revert *chain.RevertError
		if err == nil || errors.As(err, &revert) {
			o.sent(t, err)
			return
		}
		o.fail(err)
		wait := time.NewTimer(retryEach)
		select {
		case <-o.ends.Done():
		case <-wait.C:
		}
		wait.Stop()
	}
}

func (o *Outbox) fail(err error) {
	o.mu.Lock()
	told := o.failing
	o.failing = true
	o.mu.Unlock()
	if !told && o.ends.Err() == nil {
		o.alarm("checks do not come to the chain as transactions: " + err.Error())
	}
}

// sent says that one is done, or that the contract will never take it.
func (o *Outbox) sent(t outgoing, refused error) {
	if refused != nil {
		o.alarm("the contract has refused a check as a transaction: " + refused.Error())
	}
	o.mu.Lock()
	delete(o.open, t.n)
	o.ended = append(o.ended, t.n)
	mended := o.failing && refused == nil
	o.failing = o.failing && !mended
	if len(o.waiters) > 0 {
		oldest := o.oldest()
		for w := range o.waiters {
			if w.size < oldest {
				close(w.done)
				delete(o.waiters, w)
			}
		}
	}
	o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
	if mended {
		o.alarm("")
	}
}

// note writes down what is done, many at once: after a crash the rest is sent
// once more.
func (o *Outbox) note() {
	for {
		select {
		case <-o.ends.Done():
			return
		case <-o.more:
		}
		if err := o.noteDone(); err != nil {
			o.log.Warn("outbox could not note what was sent, and may send it again", "err", err)
		}
	}
}

func (o *Outbox) noteDone() error {
	o.writing.Lock()
	defer o.writing.Unlock()
	o.mu.Lock()
	if len(o.ended) == 0 {
		o.mu.Unlock()
		return nil
	}
	b := []byte{recordDone}
	for _, n := range o.ended {
		b = binary.AppendUvarint(b, n)
	}
	o.done += len(o.ended)
	o.ended = nil
	clean := o.done > 2*len(o.open) && o.file.Size() > outboxClean
	o.mu.Unlock()
	if clean {
		return o.clean()
	}
	_, err := o.file.Append(b)
	return err
}

// clean writes the file anew, with what is open only. writing is held.
func (o *Outbox) clean() error {
	o.mu.Lock()
	var open []outgoing
	for _, t := range o.open {
		open = append(open, t)
	}
	o.done = 0
	o.mu.Unlock()
	return o.file.Replace(func(add func([]byte) error) error {
		for _, t := range open {
			if err := add(recordOf([]outgoing{t})); err != nil {
				return err
			}
		}
		return nil
	})
}

// oldest is the number of the oldest that is not done. mu is held.
func (o *Outbox) oldest() uint64 {
	for o.low <= o.synced {
		if _, open := o.open[o.low]; open {
			break
		}
		o.low++
	}
	return o.low
}

// Waiting is how many are not in a block yet.
func (o *Outbox) Waiting() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.open) + len(o.fresh)
}

// Wait returns when all that was added before is in final blocks.
func (o *Outbox) Wait(ctx context.Context) error {
	o.mu.Lock()
	w := &waiter{o.last, make(chan struct{})}
	if o.oldest() > w.size {
		o.mu.Unlock()
		return nil
	}
	o.waiters[w] = true
	o.mu.Unlock()
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		o.mu.Lock()
		delete(o.waiters, w)
		o.mu.Unlock()
		return fmt.Errorf("wait for checks to become transactions: %w", context.Cause(ctx))
	}
}
