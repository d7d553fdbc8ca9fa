package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/store"
)

func testStale(b *bench) {
	at := func(epoch, taken uint64) store.Batch {
		return store.Batch{Checkpoint: flow.Checkpoint{Actor: "ward:store", Epoch: epoch, Version: 2, State: []byte("state"),
			Taken: map[flow.LinkID]uint64{"a.out > ward:store.in": taken}}}
	}
	b.commit(at(1, 10))
	b.commit(at(1, 20))
	b.commit(at(3, 20))
	b.refuse(at(2, 30), flow.ErrStale)
	w := b.ward("p-1")
	old := at(2, 30)
	old.Waiting = Chunks(w, w.Readings(b, 1))
	b.refuse(old, flow.ErrStale)
	b.counts(store.Counts{})
	b.commit(store.Batch{Checkpoint: flow.Checkpoint{Actor: "other:store", Epoch: 1}})
	b.reopen()
	c, err := b.store.Newest(ctx, "ward:store")
	if err != nil || c.Epoch != 3 || c.Taken["a.out > ward:store.in"] != 20 || c.Version != 2 || string(c.State) != "state" {
		b.Errorf("newest checkpoint %+v, %v", c, err)
	}
	if c, err := b.store.Newest(ctx, "nobody"); err != nil || c.Epoch != 0 || c.Actor != "" {
		b.Errorf("checkpoint of nobody %+v, %v", c, err)
	}
}

func testFence(b *bench) {
	at := func(epoch, taken uint64) store.Batch {
		return store.Batch{Checkpoint: flow.Checkpoint{Actor: "ward:store", Epoch: epoch, Version: 2, State: []byte("state"),
			Taken: map[flow.LinkID]uint64{"l": taken}}}
	}
	fence := func(epoch, taken uint64) {
		b.Helper()
		c, err := b.store.Fence(ctx, "ward:store", epoch)
		if err != nil || c.Actor != "ward:store" || c.Epoch != epoch || c.Taken["l"] != taken {
			b.Errorf("fence of epoch %d: %+v, %v, want place %d", epoch, c, err, taken)
		}
	}
	fence(2, 0) // nothing was committed yet, and still epoch 1 is over
	b.refuse(at(1, 5), flow.ErrStale)
	b.commit(at(2, 10))
	fence(4, 10)
	b.refuse(at(3, 11), flow.ErrStale)
	b.refuse(at(2, 11), flow.ErrStale)
	fence(4, 10)
	if _, err := b.store.Fence(ctx, "ward:store", 3); !errors.Is(err, flow.ErrStale) {
		b.Errorf("fence of epoch 3 after 4: %v, want ErrStale", err)
	}
	b.reopen()
	b.refuse(at(3, 11), flow.ErrStale)
	b.commit(at(4, 12))
	if c, err := b.store.Newest(ctx, "ward:store"); err != nil || c.Epoch != 4 || c.Taken["l"] != 12 || string(c.State) != "state" {
		b.Errorf("newest checkpoint %+v, %v", c, err)
	}
	testFenceAmidCommits(b)
}

// While an old activation commits as fast as it can, a new one begins: what the
// fence answers is the last that the old one ever stores.
func testFenceAmidCommits(b *bench) {
	const actor = "race:store"
	last := make(chan uint64)
	go func() {
		for n := uint64(1); ; n++ {
			err := b.store.Commit(ctx, store.Batch{Checkpoint: flow.Checkpoint{Actor: actor, Epoch: 1, Taken: map[flow.LinkID]uint64{"l": n}}})
			if err != nil {
				if !errors.Is(err, flow.ErrStale) {
					b.Errorf("the old activation's commit: %v", err)
				}
				last <- n - 1
				return
			}
		}
	}()
	for {
		if c, err := b.store.Newest(ctx, actor); err != nil || c.Taken["l"] > 3 {
			break
		}
	}
	c, err := b.store.Fence(ctx, actor, 2)
	if n := <-last; err != nil || c.Taken["l"] != n {
		b.Errorf("the fence answers place %d, %v; the old activation has stored %d", c.Taken["l"], err, n)
	}
}

func testStep(b *bench) {
	out := func(link flow.LinkID, seqs ...uint64) (toks []flow.OutToken) {
		for _, n := range seqs {
			toks = append(toks, flow.OutToken{Link: link, Token: flow.Token{Value: int64(n), Source: "a:s", Seq: n, Made: time.Unix(1, 0).UTC()}})
		}
		return toks
	}
	step := func(settled map[flow.LinkID]uint64, toks ...[]flow.OutToken) {
		b.Helper()
		c := flow.Checkpoint{Actor: "a:s", Epoch: 1, Settled: settled}
		for _, t := range toks {
			c.Out = append(c.Out, t...)
		}
		b.commit(store.Batch{Checkpoint: c})
	}
	step(nil, out("l1", 1, 2), out("l2", 1))
	step(map[flow.LinkID]uint64{"l1": 1}, out("l1", 3))
	step(map[flow.LinkID]uint64{"l1": 2, "l2": 1}, out("l2", 2, 3))
	c, err := b.store.Newest(ctx, "a:s")
	if err != nil {
		b.Fatal(err)
	}
	if want := append(out("l1", 3), out("l2", 2, 3)...); !reflect.DeepEqual(c.Out, want) {
		b.Errorf("unsettled tokens %+v, want %+v", c.Out, want)
	}
}

func testMany(b *bench) {
	const actors, steps = 8, 25
	batches := make([][]store.Batch, actors)
	for a := range batches {
		w := b.ward(fmt.Sprintf("p-%d", a))
		id := flow.ActorID(fmt.Sprintf("ward:store%d", a))
		for i := range steps {
			batches[a] = append(batches[a], store.Batch{Waiting: Chunks(w, w.Readings(b, 2)),
				Checkpoint: flow.Checkpoint{Actor: id, Epoch: 1, Taken: map[flow.LinkID]uint64{"l": uint64(i + 1)}}})
			if i%5 == 4 { // a bad batch among good ones spoils none
				bad := batches[a][i]
				bad.Checkpoint.Taken = map[flow.LinkID]uint64{"l": 99}
				batches[a] = append(batches[a], bad)
			}
		}
	}
	var all sync.WaitGroup
	for a := range batches {
		all.Go(func() {
			for _, batch := range batches[a] {
				err := b.store.Commit(ctx, batch)
				if bad := batch.Checkpoint.Taken["l"] == 99; bad != errors.Is(err, store.ErrReplay) || !bad && err != nil {
					b.Errorf("actor %d: %v", a, err)
				}
			}
		})
	}
	all.Wait()
	b.counts(store.Counts{Patients: actors, Waiting: 2 * actors * steps})
	for a := range batches {
		c, err := b.store.Newest(ctx, flow.ActorID(fmt.Sprintf("ward:store%d", a)))
		if err != nil || c.Taken["l"] != steps {
			b.Errorf("actor %d has reached %d, %v, want %d", a, c.Taken["l"], err, steps)
		}
	}
}

func testClosed(b *bench) {
	w := b.ward("p-1")
	batch := store.Batch{Waiting: Chunks(w, w.Readings(b, 1))}
	if err := b.store.Close(); err != nil {
		b.Fatal(err)
	}
	if err := b.store.Commit(ctx, batch); err == nil {
		b.Error("a closed store commits")
	}
	if _, err := b.store.Counts(ctx); err == nil {
		b.Error("a closed store counts")
	}
	if err := b.store.Close(); err != nil {
		b.Errorf("a second close: %v", err)
	}
}
