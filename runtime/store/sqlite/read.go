package sqlite

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"zombiezen.com/go/sqlite"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// pageLen is how many rows are read at a time. Between pages no connection is
// held, so a slow reader is in nobody's way.
const pageLen = 128

// Newest is an actor's newest checkpoint.
func (s *Store) Newest(ctx context.Context, actor flow.ActorID) (c flow.Checkpoint, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		c, err = newest(conn, actor)
		return err
	})
	if err != nil {
		return flow.Checkpoint{}, fmt.Errorf("read checkpoint of %s: %w", actor, err)
	}
	return c, nil
}

func newest(conn *sqlite.Conn, actor flow.ActorID) (c flow.Checkpoint, err error) {
	err = rows(conn, func(stmt *sqlite.Stmt) error {
		c, _, err = flow.ReadCheckpoint((&row{stmt: stmt}).bytes())
		return err
	}, "SELECT bytes FROM checkpoint WHERE actor = ?", string(actor))
	return c, err
}

// Chain is what the next window of a chain must follow.
func (s *Store) Chain(ctx context.Context, patient, encounter string) (p proof.Prior, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		if p, err = lastOf(conn, patient, encounter); err != nil || p.Number == 0 {
			return err
		}
		p.Streams = map[proof.Stream]uint64{}
		return rows(conn, func(stmt *sqlite.Stmt) error {
			r := row{stmt: stmt}
			p.Streams[proof.Stream{Device: r.text(), Name: r.text()}] = r.uint()
			return nil
		}, "SELECT device, stream, last FROM stream WHERE patient = ? AND encounter = ?", patient, encounter)
	})
	if err != nil {
		return proof.Prior{}, fmt.Errorf("read the chain of a patient: %w", err)
	}
	return p, nil
}

func lastOf(conn *sqlite.Conn, patient, encounter string) (p proof.Prior, err error) {
	err = rows(conn, func(stmt *sqlite.Stmt) error {
		r := row{stmt: stmt}
		p = proof.Prior{Number: r.uint(), Hash: r.hash(), Quarantined: r.int() != 0}
		return nil
	}, "SELECT number, hash, quarantine IS NOT NULL FROM window WHERE patient = ? AND encounter = ? ORDER BY number DESC LIMIT 1", patient, encounter)
	return p, err
}

// LastWindow is number and hash of the patient's window stored last.
func (s *Store) LastWindow(ctx context.Context, patient string) (number uint64, hash [32]byte, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return rows(conn, func(stmt *sqlite.Stmt) error {
			r := row{stmt: stmt}
			number, hash = r.uint(), r.hash()
			return nil
		}, "SELECT number, hash FROM window WHERE patient = ? ORDER BY id DESC LIMIT 1", patient)
	})
	if err != nil {
		return 0, hash, fmt.Errorf("read the last window of a patient: %w", err)
	}
	return number, hash, nil
}

// LastSeq is the highest number kept of a stream.
func (s *Store) LastSeq(ctx context.Context, of proof.Stream) (seq uint64, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return rows(conn, func(stmt *sqlite.Stmt) error {
			seq = (&row{stmt: stmt}).uint()
			return nil
		}, "SELECT seq FROM reading WHERE device = ? AND stream = ? ORDER BY seq DESC LIMIT 1", of.Device, of.Name)
	})
	if err != nil {
		return 0, fmt.Errorf("read last number of %s: %w", of, err)
	}
	return seq, nil
}

// Counts counts what is stored.
func (s *Store) Counts(ctx context.Context) (store.Counts, error) {
	c := store.Counts{Refused: map[flow.Reason]int{}}
	err := s.read(ctx, func(conn *sqlite.Conn) error {
		patients, err := patientsOf(conn)
		if err != nil {
			return err
		}
		c.Patients = len(patients)
		return rows(conn, func(stmt *sqlite.Stmt) error {
			r := row{stmt: stmt}
			name, n := r.text(), r.int()
			if reason, ok := strings.CutPrefix(name, refusedBy); ok {
				i, err := strconv.ParseUint(reason, 10, 32)
				c.Refused[flow.Reason(i)] = int(n)
				return err
			}
			switch name {
			case "readings":
				c.Readings = int(n)
			case "waiting":
				c.Waiting = int(n)
			case "windows":
				c.Windows = int(n)
			case "quarantined":
				c.Quarantined = int(n)
			case "bytes":
				c.Bytes = n
			}
			return nil
		}, "SELECT name, count FROM tally")
	})
	if err != nil {
		return store.Counts{}, fmt.Errorf("count what is stored: %w", err)
	}
	return c, nil
}

// Quarantined are the windows that failed.
func (s *Store) Quarantined(ctx context.Context) iter.Seq2[store.Quarantine, error] {
	return pages("read quarantine", 0, func() func(int) ([]store.Quarantine, error) {
		after := int64(0)
		return func(n int) (page []store.Quarantine, err error) {
			err = s.read(ctx, func(conn *sqlite.Conn) error {
				return rows(conn, func(stmt *sqlite.Stmt) error {
					r := row{stmt: stmt}
					after = r.int()
					page = append(page, store.Quarantine{Patient: r.text(), Number: r.uint(), At: r.time(), Err: r.text(), Bytes: r.bytes()})
					return nil
				}, "SELECT q.id, q.patient, q.number, q.at, q.err, coalesce(w.bytes, q.bytes) FROM quarantine AS q LEFT JOIN window AS w ON w.id = q.link "+
					"WHERE q.id > ? ORDER BY q.id LIMIT ?", after, n)
			})
			return page, err
		}
	})
}

// Chunks are the readings that match.
func (s *Store) Chunks(ctx context.Context, q store.Query) iter.Seq2[store.Chunk, error] {
	return pages("read readings", q.Limit, func() func(int) ([]store.Chunk, error) {
		w := where(q, "at")
		return func(n int) (page []store.Chunk, err error) {
			err = s.read(ctx, func(conn *sqlite.Conn) error {
				return rows(conn, func(stmt *sqlite.Stmt) error {
					r := row{stmt: stmt}
					w.after(r.int(), r.int())
					c := store.Chunk{Patient: r.text(), Verdict: r.verdict(flow.Accepted), Encounter: r.text(), Window: r.uint(), Index: int(r.int())}
					opened, err := proof.OpenReading(flow.Sealed{Kind: proof.KindReading, Bytes: r.bytes()})
					if err != nil {
						return fmt.Errorf("stored reading: %w", err)
					}
					c.Reading = opened
					page = append(page, c)
					return nil
				}, chunksQuery(q, w), w.with(n)...)
			})
			return page, err
		}
	})
}

func chunksQuery(q store.Query, w *filter) string {
	by := ""
	if q.Waiting {
		by = " INDEXED BY reading_waiting" // few wait; SQLite would rather walk over all that the patient has
	}
	return "SELECT at, id, patient, clause, grp, rule, version, epoch, block, encounter, number, place, bytes " +
		"FROM reading" + by + " JOIN chunk USING (id)" + w.clause() + " LIMIT ?"
}

// Refusals are the refused readings that match.
func (s *Store) Refusals(ctx context.Context, q store.Query) iter.Seq2[store.Refusal, error] {
	return pages("read refusals", q.Limit, func() func(int) ([]store.Refusal, error) {
		w := where(q, "judged")
		return func(n int) (page []store.Refusal, err error) {
			err = s.read(ctx, func(conn *sqlite.Conn) error {
				return rows(conn, func(stmt *sqlite.Stmt) error {
					r := row{stmt: stmt}
					judged := r.int()
					w.after(judged, r.int())
					f := store.Refusal{Patient: r.text(), Leaf: r.hash(), Stream: proof.Stream{Device: r.text(), Name: r.text()},
						Seq: r.uint(), Kind: r.text(), Unit: r.text(), Low: r.int(), High: r.int(), At: r.time(), Judged: instant(judged)}
					f.Verdict = r.verdict(flow.Reason(r.int()))
					f.By, f.Encounter, f.Window, f.Index = r.text(), r.text(), r.uint(), int(r.int())
					page = append(page, f)
					return nil
				}, "SELECT judged, id, patient, leaf, device, stream, seq, kind, unit, low, high, at, reason, clause, grp, rule, version, epoch, "+
					"block, refuser, encounter, number, place FROM refusal"+w.clause()+" LIMIT ?", w.with(n)...)
			})
			return page, err
		}
	})
}
