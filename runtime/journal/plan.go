package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/wardflow/wardflow/runtime/wal"
)

// A Plan is what was to run on this node when the register was last heard. A node
// that starts and can't reach the register begins its local actors from it.
type Plan struct {
	Index uint64 // of the register's view; a later view has a higher one
	Body  []byte // as the node writes and reads it
}

const (
	planName   = "plan.log"
	planFormat = 1
)

// plan is the file: one record, the newest.
type plan struct {
	mu     sync.Mutex // guards what follows, and is held while it is written
	log    *wal.Log
	newest Plan
	any    bool
	closed bool
}

func openPlan(disk wal.Disk) (*plan, error) {
	p := &plan{}
	var err error
	p.log, err = wal.Open(disk, planName, func(_ int64, b []byte) error {
		if b[0] != planFormat {
			return fmt.Errorf("a plan in format %d is not known here: it was written by a newer wardflow", b[0])
		}
		index, used := binary.Uvarint(b[1:])
		if used <= 0 {
			return errShort
		}
		p.newest, p.any = Plan{Index: index, Body: bytes.Clone(b[1+used:])}, true
		return nil
	})
	return p, err
}

// KeepPlan keeps a plan in place of the one before. One that is older than that,
// or the same, changes nothing. When it returns without an error the disk has it.
func (j *Journal) KeepPlan(ctx context.Context, next Plan) error {
	p := j.plan
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.closed {
		return ErrClosed
	}
	if p.any && (next.Index < p.newest.Index || bytes.Equal(next.Body, p.newest.Body)) {
		return nil
	}
	b := append(binary.AppendUvarint([]byte{planFormat}, next.Index), next.Body...)
	if err := p.log.Replace(func(add func([]byte) error) error { return add(b) }); err != nil {
		return fmt.Errorf("journal: keep the plan: %w", err)
	}
	p.newest, p.any = Plan{Index: next.Index, Body: bytes.Clone(next.Body)}, true
	return nil
}

// Plan is the newest that was kept; false: none was. Its Body must not be
// changed.
func (j *Journal) Plan() (Plan, bool) {
	j.plan.mu.Lock()
	defer j.plan.mu.Unlock()
	return j.plan.newest, j.plan.any
}

func (p *plan) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	return p.log.Close()
}
