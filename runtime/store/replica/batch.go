package replica

import (
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// An op is one thing that is asked of all members: a batch, or a fence.
type op struct {
	batch store.Batch
	actor flow.ActorID // not "": a fence of it is meant
	epoch uint64
}

const (
	opBatch = 0
	opFence = 1
	opLinks = 2 // a batch in which windows are in quarantine: each says for what, or nothing
)

// encode gives the bytes of an op, or says what in it can't be carried.
func (o *op) encode() ([]byte, error) {
	if o.actor != "" {
		return appendUint(appendBytes([]byte{opFence}, o.actor), o.epoch), nil
	}
	kind := byte(opBatch)
	if slices.ContainsFunc(o.batch.Windows, func(w store.Window) bool { return w.Quarantine != "" }) {
		kind = opLinks
	}
	return appendBatch([]byte{kind}, &o.batch)
}

func appendBatch(b []byte, of *store.Batch) (_ []byte, err error) {
	links := b[0] == opLinks
	b = appendUint(b, uint64(len(of.Waiting)))
	for i, c := range of.Waiting {
		if c.Reading == nil {
			return nil, fmt.Errorf("waiting reading %d is not there", i)
		}
		b = appendVerdict(appendBytes(appendBytes(b, c.Patient), c.Reading.Bytes), c.Verdict)
	}
	b = appendUint(b, uint64(len(of.Refused)))
	for i := range of.Refused {
		b = appendRefusal(b, &of.Refused[i])
	}
	b = appendUint(b, uint64(len(of.Windows)))
	for i, w := range of.Windows {
		if w.Window == nil {
			return nil, fmt.Errorf("window %d is not there", i)
		}
		b = appendTime(appendBytes(b, w.Bytes), w.Stored)
		if links {
			b = appendBytes(b, w.Quarantine)
		}
	}
	b = appendUint(b, uint64(len(of.Quarantine)))
	for _, q := range of.Quarantine {
		b = appendTime(appendBytes(appendBytes(appendUint(appendBytes(b, q.Patient), q.Number), q.Bytes), q.Err), q.At)
	}
	if of.Checkpoint.Actor == "" {
		return append(b, 0), nil
	}
	return flow.AppendCheckpoint(append(b, 1), of.Checkpoint)
}

func appendRefusal(b []byte, r *store.Refusal) []byte {
	b = append(appendBytes(b, r.Patient), r.Leaf[:]...)
	b = appendUint(appendBytes(appendBytes(b, r.Device), r.Name), r.Seq)
	b = appendBytes(appendBytes(b, r.Kind), r.Unit)
	b = appendTime(appendInt(appendInt(b, r.Low), r.High), r.At)
	return appendTime(appendBytes(appendVerdict(b, r.Verdict), r.By), r.Judged)
}

// readOp reads what encode has written. The readings share its bytes.
func readOp(b []byte) (o op, err error) {
	if len(b) == 0 {
		return o, errForm
	}
	c := cursor{b: b[1:]}
	switch b[0] {
	case opFence:
		o.actor, o.epoch = flow.ActorID(c.text()), c.uint()
		if o.actor == "" {
			return o, errForm
		}
		return o, c.end()
	case opBatch, opLinks:
		o.batch, err = c.batch(b[0] == opLinks)
		return o, err
	}
	return o, errForm
}

func (c *cursor) batch(links bool) (b store.Batch, err error) {
	for range c.count(8) {
		chunk, err := c.chunk()
		if err != nil {
			return b, err
		}
		b.Waiting = append(b.Waiting, chunk)
	}
	for range c.count(60) {
		b.Refused = append(b.Refused, c.refusal())
	}
	for range c.count(9) {
		w, err := proof.OpenWindow(flow.Sealed{Kind: proof.KindWindow, Bytes: c.bytes()})
		if err != nil {
			return b, err
		}
		kept := store.Window{Window: w, Stored: c.time()}
		if links {
			kept.Quarantine = c.text()
		}
		b.Windows = append(b.Windows, kept)
	}
	for range c.count(12) {
		b.Quarantine = append(b.Quarantine, store.Quarantine{Patient: c.text(), Number: c.uint(), Bytes: c.bytes(), Err: c.text(), At: c.time()})
	}
	switch flag := c.take(1); {
	case flag == nil || flag[0] > 1:
		return b, errForm
	case flag[0] == 1:
		if b.Checkpoint, c.b, err = flow.ReadCheckpoint(c.b); err != nil {
			return b, err
		}
		if b.Checkpoint.Actor == "" {
			return b, errForm
		}
	}
	return b, c.end()
}

func (c *cursor) chunk() (store.Chunk, error) {
	chunk := store.Chunk{Patient: c.text()}
	b := c.bytes()
	if c.bad {
		return chunk, errForm
	}
	var err error
	if chunk.Reading, err = proof.OpenReading(flow.Sealed{Kind: proof.KindReading, Bytes: b}); err != nil {
		return chunk, err
	}
	chunk.Verdict = c.verdict()
	return chunk, nil
}

func (c *cursor) refusal() store.Refusal {
	return store.Refusal{Patient: c.text(), Leaf: c.hash(), Stream: proof.Stream{Device: c.text(), Name: c.text()}, Seq: c.uint(),
		Kind: c.text(), Unit: c.text(), Low: c.int(), High: c.int(), At: c.time(), Verdict: c.verdict(), By: c.text(), Judged: c.time()}
}
