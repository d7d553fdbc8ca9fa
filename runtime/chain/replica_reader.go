package chain

import (
	"context"
	"maps"
	"slices"
)

// What a replica hands on to its copy of the chain.

// reading is the copy, or why there is none yet.
func (r *Replica) reading() (*Embedded, error) {
	if e := r.embedded(); e != nil {
		return e, nil
	}
	return nil, ErrNotOpen
}

func with[T any](r *Replica, do func(*Embedded) (T, error)) (T, error) {
	e, err := r.reading()
	if err != nil {
		var none T
		return none, err
	}
	return do(e)
}

// ID implements [Reader].
func (r *Replica) ID(ctx context.Context) (uint64, error) {
	return with(r, func(e *Embedded) (uint64, error) { return e.ID(ctx) })
}

// Head implements [Reader].
func (r *Replica) Head(ctx context.Context) (Head, error) {
	return with(r, func(e *Embedded) (Head, error) { return e.Head(ctx) })
}

// Call implements [Reader].
func (r *Replica) Call(ctx context.Context, at Hash, to Address, data []byte) ([]byte, error) {
	return with(r, func(e *Embedded) ([]byte, error) { return e.Call(ctx, at, to, data) })
}

// State implements [Reader].
func (r *Replica) State(ctx context.Context, at Hash) (State, error) {
	return with(r, func(e *Embedded) (State, error) { return e.State(ctx, at) })
}

// Header implements [Reader].
func (r *Replica) Header(ctx context.Context, number uint64) (Header, error) {
	return with(r, func(e *Embedded) (Header, error) { return e.Header(ctx, number) })
}

// Logs implements [Reader].
func (r *Replica) Logs(ctx context.Context, q Query) ([]Log, error) {
	return with(r, func(e *Embedded) ([]Log, error) { return e.Logs(ctx, q) })
}

// ReceiptProof implements [Reader].
func (r *Replica) ReceiptProof(ctx context.Context, tx Hash) (*ReceiptProof, error) {
	return with(r, func(e *Embedded) (*ReceiptProof, error) { return e.ReceiptProof(ctx, tx) })
}

// Nonce implements [Chain]. It counts those that wait here, not those that were
// handed to other nodes.
func (r *Replica) Nonce(ctx context.Context, account Address) (uint64, error) {
	return with(r, func(e *Embedded) (uint64, error) { return e.Nonce(ctx, account) })
}

// Fee implements [Chain].
func (r *Replica) Fee(ctx context.Context) (Fee, error) {
	return with(r, func(e *Embedded) (Fee, error) { return e.Fee(ctx) })
}

// Gas implements [Chain].
func (r *Replica) Gas(ctx context.Context, from Address, to *Address, data []byte) (uint64, error) {
	return with(r, func(e *Embedded) (uint64, error) { return e.Gas(ctx, from, to, data) })
}

// Send implements [Chain]. Whoever makes the next block gets the transaction from
// here; while none is made it waits, but not over the end of this process.
func (r *Replica) Send(ctx context.Context, raw []byte) (Hash, error) {
	return with(r, func(e *Embedded) (Hash, error) { return e.Send(ctx, raw) })
}

// Receipt implements [Chain].
func (r *Replica) Receipt(ctx context.Context, tx Hash) (Receipt, error) {
	return with(r, func(e *Embedded) (Receipt, error) { return e.Receipt(ctx, tx) })
}

// Watch implements [Reader].
func (r *Replica) Watch(changed func()) (cancel func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	n := r.last
	r.watchers[n] = changed
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.watchers, n)
	}
}

func (r *Replica) notify() {
	r.mu.Lock()
	calls := slices.Collect(maps.Values(r.watchers))
	r.mu.Unlock()
	for _, f := range calls {
		f()
	}
}
