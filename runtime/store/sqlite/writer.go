package sqlite

import (
	"errors"
	"fmt"
	"strconv"

	"zombiezen.com/go/sqlite"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// A commit is one batch, or a fence, on its way through the writer.
type commit struct {
	batch  store.Batch
	fence  *fence          // nil: the batch is meant
	many   func(*Tx) error // not nil: it is meant
	err    error           // of this commit
	answer chan error
}

// A fence asks for a higher epoch and gets the checkpoint that has it.
type fence struct {
	actor flow.ActorID
	epoch uint64
	whole flow.Checkpoint
}

// newCommit checks what can be checked without the file.
func newCommit(b store.Batch) (*commit, error) {
	if err := check(&b); err != nil {
		return nil, fmt.Errorf("commit to store: %w", err)
	}
	return &commit{batch: b, answer: make(chan error, 1)}, nil
}

func check(b *store.Batch) error {
	for i, c := range b.Waiting {
		switch {
		case c.Reading == nil:
			return fmt.Errorf("waiting reading %d is not there", i)
		case c.Patient == "":
			return fmt.Errorf("reading %d of %s has no patient", c.Reading.Seq, c.Reading.Of())
		case !c.Verdict.OK():
			return fmt.Errorf("reading %d of %s was refused: %s", c.Reading.Seq, c.Reading.Of(), c.Verdict.Reason)
		}
	}
	for i, r := range b.Refused {
		if r.Verdict.OK() || r.By != store.ByCheck && r.By != store.ByStorage {
			return fmt.Errorf("refusal %d is %q by %q", i, r.Verdict.Reason, r.By)
		}
	}
	for i, w := range b.Windows {
		if w.Window == nil {
			return fmt.Errorf("window %d is not there", i)
		}
	}
	return nil
}

// A writer owns the connection that writes.
type writer struct {
	conn  *sqlite.Conn
	tally map[string]int // what the batch being applied adds to each sum
	// ids are the rows of what waits, by leaf; nil: they are to be read. A window
	// comes with leaves only, and few wait: an index would be one more to keep.
	ids map[[32]byte]int64
}

// run writes what comes until stop is closed.
func (w *writer) run(queue <-chan *commit, alone <-chan func(*sqlite.Conn), stop <-chan struct{}) {
	turn := make([]*commit, 0, turnLimit)
	for {
		turn = turn[:0]
		select {
		case c := <-queue:
			turn = append(turn, c)
		case f := <-alone:
			f(w.conn)
			w.ids = nil
			continue
		case <-stop:
			return
		}
		for more := true; more && len(turn) < turnLimit; {
			select {
			case c := <-queue:
				turn = append(turn, c)
			default:
				more = false
			}
		}
		err := w.turn(turn)
		for _, c := range turn {
			if err != nil {
				c.err = err
			}
			if c.err != nil {
				c.err = fmt.Errorf("commit to store: %w", c.err)
			}
			c.answer <- c.err
		}
	}
}

// turn writes some batches as one transaction. Its error is that of all; each
// batch has one of its own as well.
func (w *writer) turn(turn []*commit) error {
	if _, err := exec(w.conn, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if len(turn) == 1 { // the usual: a savepoint would have each page copied
		if turn[0].err = w.do(turn[0]); turn[0].err != nil {
			return w.rollback(nil)
		}
		return w.end()
	}
	for _, c := range turn {
		if _, err := exec(w.conn, "SAVEPOINT batch"); err != nil {
			return w.rollback(err)
		}
		if c.err = w.do(c); c.err != nil {
			// A full disk and its like end the whole transaction.
			w.ids = nil
			if w.conn.AutocommitEnabled() {
				return c.err
			}
			if _, err := exec(w.conn, "ROLLBACK TO batch"); err != nil {
				return w.rollback(err)
			}
		}
		if _, err := exec(w.conn, "RELEASE batch"); err != nil {
			return w.rollback(err)
		}
	}
	return w.end()
}

func (w *writer) end() error {
	if _, err := exec(w.conn, "COMMIT"); err != nil {
		return w.rollback(err)
	}
	return nil
}

func (w *writer) rollback(err error) error {
	w.ids = nil
	if w.conn.AutocommitEnabled() {
		return err
	}
	_, back := exec(w.conn, "ROLLBACK")
	return errors.Join(err, back)
}

func (w *writer) do(c *commit) error {
	switch {
	case c.many != nil:
		return c.many(&Tx{w})
	case c.fence != nil:
		return w.fence(c.fence)
	}
	return w.apply(&c.batch)
}

func (w *writer) fence(f *fence) (err error) {
	if f.whole, err = newest(w.conn, f.actor); err != nil {
		return err
	}
	if f.epoch < f.whole.Epoch {
		return fmt.Errorf("take over %s in epoch %d after %d: %w", f.actor, f.epoch, f.whole.Epoch, flow.ErrStale)
	}
	if f.epoch == f.whole.Epoch && f.whole.Actor != "" {
		return nil
	}
	f.whole.Actor, f.whole.Epoch = f.actor, f.epoch
	return w.keep(f.whole)
}

func (w *writer) apply(b *store.Batch) error {
	clear(w.tally)
	if b.Checkpoint.Actor != "" {
		if err := w.checkpoint(b.Checkpoint); err != nil {
			return err
		}
	}
	for i := range b.Waiting {
		if err := w.waiting(i, &b.Waiting[i]); err != nil {
			return err
		}
	}
	for i := range b.Refused {
		if err := w.refused(&b.Refused[i]); err != nil {
			return err
		}
	}
	for i := range b.Windows {
		if err := w.window(&b.Windows[i]); err != nil {
			return err
		}
	}
	for i := range b.Quarantine {
		q := &b.Quarantine[i]
		if _, err := exec(w.conn, "INSERT INTO quarantine (patient, number, at, err, bytes) VALUES (?, ?, ?, ?, ?)",
			q.Patient, q.Number, q.At.UnixNano(), q.Err, notNil(q.Bytes)); err != nil {
			return err
		}
		w.count("quarantined", 1)
	}
	return w.sums()
}

func (w *writer) checkpoint(c flow.Checkpoint) error {
	old, err := newest(w.conn, c.Actor)
	if err != nil {
		return err
	}
	if c, err = store.Step(old, c); err != nil {
		return err
	}
	return w.keep(c)
}

// keep writes a whole checkpoint.
func (w *writer) keep(c flow.Checkpoint) error {
	b, err := flow.AppendCheckpoint(nil, c)
	if err != nil {
		return err
	}
	_, err = exec(w.conn, "INSERT INTO checkpoint (actor, epoch, bytes) VALUES (?, ?, ?) "+
		"ON CONFLICT (actor) DO UPDATE SET epoch = excluded.epoch, bytes = excluded.bytes", string(c.Actor), c.Epoch, b)
	return err
}

func (w *writer) waiting(i int, c *store.Chunk) error {
	r, v := c.Reading, c.Verdict
	if err := w.readIDs(); err != nil {
		return err
	}
	if _, waits := w.ids[r.Leaf]; waits {
		return &store.ReplayError{Index: i, Stream: r.Of(), Seq: r.Seq}
	}
	_, err := exec(w.conn, "INSERT INTO reading (leaf, patient, device, stream, seq, kind, unit, at, clause, grp, rule, version, epoch, block) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", r.Leaf[:], c.Patient, r.Device, r.Stream, r.Seq, r.Kind, r.Unit,
		r.At.UnixNano(), v.Clause, v.Group, v.Rule, v.Version, v.Epoch, v.Block)
	if sqlite.ErrCode(err) == sqlite.ResultConstraintUnique {
		return &store.ReplayError{Index: i, Stream: r.Of(), Seq: r.Seq}
	}
	if err != nil {
		return err
	}
	id := w.conn.LastInsertRowID()
	if _, err := exec(w.conn, "INSERT INTO chunk (id, bytes) VALUES (?, ?)", id, r.Bytes); err != nil {
		return err
	}
	w.ids[r.Leaf] = id
	w.count("waiting", 1)
	w.count("bytes", len(r.Bytes))
	return nil
}

// readIDs reads the rows of what waits, if they are not known.
func (w *writer) readIDs() error {
	if w.ids != nil {
		return nil
	}
	ids := map[[32]byte]int64{}
	err := rows(w.conn, func(stmt *sqlite.Stmt) error {
		r := row{stmt: stmt}
		id := r.int()
		ids[r.hash()] = id
		return nil
	}, "SELECT id, leaf FROM reading WHERE number IS NULL")
	if err == nil {
		w.ids = ids
	}
	return err
}

func (w *writer) refused(r *store.Refusal) error {
	v := r.Verdict
	n, err := exec(w.conn, "INSERT INTO refusal (leaf, patient, device, stream, seq, kind, unit, low, high, at, reason, clause, grp, rule, "+
		"version, epoch, block, refuser, judged) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (leaf) DO NOTHING",
		r.Leaf[:], r.Patient, r.Device, r.Name, r.Seq, r.Kind, r.Unit, r.Low, r.High, r.At.UnixNano(), int(v.Reason), v.Clause, v.Group,
		v.Rule, v.Version, v.Epoch, v.Block, r.By, r.Judged.UnixNano())
	if err != nil || n == 0 {
		return err
	}
	w.count(refusedBy+strconv.Itoa(int(v.Reason)), 1)
	return nil
}

func (w *writer) window(win *store.Window) error {
	last, err := lastOf(w.conn, win.Patient, win.Encounter)
	if err != nil {
		return err
	}
	at := last.Before(win.Window)
	if win.Number != at.Number+1 || win.Prev != at.Hash || win.Quarantine != "" && at.Number != last.Number {
		return &store.ChainError{Patient: win.Patient, Number: win.Number, Last: last.Number}
	}
	if win.Quarantine != "" {
		return w.link(win)
	}
	if at.Number != last.Number {
		if err := w.unlink(win); err != nil {
			return err
		}
	}
	if _, err := exec(w.conn, "INSERT INTO window (patient, encounter, number, hash, stored, bytes) VALUES (?, ?, ?, ?, ?, ?)",
		win.Patient, win.Encounter, win.Number, win.Hash[:], win.Stored.UnixNano(), win.Bytes); err != nil {
		return err
	}
	if err := w.readIDs(); err != nil {
		return err
	}
	recorded := 0
	for i := range win.Leaves {
		kept, err := w.place(win.Window, i)
		if err != nil {
			return err
		}
		if kept {
			recorded++
		}
	}
	for _, s := range win.Spans {
		if _, err := exec(w.conn, "INSERT INTO stream (patient, encounter, device, stream, last) VALUES (?, ?, ?, ?, ?) "+
			"ON CONFLICT (patient, encounter, device, stream) DO UPDATE SET last = excluded.last",
			win.Patient, win.Encounter, s.Device, s.Name, s.Last); err != nil {
			return err
		}
	}
	w.count("windows", 1)
	w.count("readings", recorded)
	w.count("waiting", -recorded)
	return nil
}

// place puts leaf i under its window, and reports whether it is a reading that
// is kept rather than one that was refused.
func (w *writer) place(win *proof.Window, i int) (kept bool, err error) {
	leaf := win.Leaves[i][:]
	if id, waits := w.ids[win.Leaves[i]]; waits {
		if f, err := win.Verdict(i); err != nil || f.OK() {
			n, err := exec(w.conn, "UPDATE reading SET encounter = ?, number = ?, place = ? WHERE id = ? AND leaf = ? AND patient = ? AND number IS NULL",
				win.Encounter, win.Number, i, id, leaf, win.Patient)
			if err != nil {
				return true, err
			}
			if n == 1 {
				delete(w.ids, win.Leaves[i])
				return true, nil
			}
		}
	}
	n, err := exec(w.conn, "UPDATE refusal SET patient = ?, encounter = ?, number = ?, place = ? "+
		"WHERE leaf = ? AND patient IN (?, '') AND number IS NULL", win.Patient, win.Encounter, win.Number, i, leaf, win.Patient)
	if err == nil && n == 0 {
		err = &store.LeafError{Patient: win.Patient, Window: win.Number, Index: i, Leaf: win.Leaves[i]}
	}
	return false, err
}

const refusedBy = "refused "

// count adds to a sum that Counts gives, so that a page may ask every second.
func (w *writer) count(name string, n int) { w.tally[name] += n }

// sums writes what count has gathered.
func (w *writer) sums() error {
	for name, n := range w.tally {
		if n == 0 {
			continue
		}
		if _, err := exec(w.conn, "INSERT INTO tally (name, count) VALUES (?, ?) "+
			"ON CONFLICT (name) DO UPDATE SET count = count + excluded.count", name, n); err != nil {
			return err
		}
	}
	return nil
}

// notNil is b, which SQLite would take for NULL were it nil.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
