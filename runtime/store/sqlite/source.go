package sqlite

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"zombiezen.com/go/sqlite"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// Patients are those with anything stored, sorted.
func (s *Store) Patients(ctx context.Context) (patients []string, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		patients, err = patientsOf(conn)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read patients: %w", err)
	}
	return patients, nil
}

// patientsOf steps from each patient to the next, so its cost is by patient and
// not by reading.
func patientsOf(conn *sqlite.Conn) ([]string, error) {
	var patients []string
	for last, more := "", true; more; {
		more = false
		err := rows(conn, func(stmt *sqlite.Stmt) error {
			if stmt.ColumnIsNull(0) {
				return nil
			}
			last, more = stmt.ColumnText(0), true
			patients = append(patients, last)
			return nil
		}, "SELECT min(p) FROM (SELECT min(patient) AS p FROM reading WHERE patient > ?1 "+
			"UNION ALL SELECT min(patient) FROM window WHERE patient > ?1 "+
			"UNION ALL SELECT min(patient) FROM refusal WHERE patient > ?1)", last)
		if err != nil {
			return nil, err
		}
	}
	return patients, nil
}

// Sealed are a patient's windows in the order they were stored.
func (s *Store) Sealed(ctx context.Context, patient string) iter.Seq2[proof.SealedWindow, error] {
	return pages("read the windows of a patient", 0, func() func(int) ([]proof.SealedWindow, error) {
		after := int64(0)
		return func(n int) (page []proof.SealedWindow, err error) {
			err = s.read(ctx, func(conn *sqlite.Conn) error {
				return rows(conn, func(stmt *sqlite.Stmt) error {
					r := row{stmt: stmt}
					after = r.int()
					page = append(page, proof.SealedWindow{Patient: patient, Encounter: r.text(), Number: r.uint(), Hash: r.hash(), Bytes: r.bytes(), Quarantine: r.text()})
					return nil
				}, "SELECT id, encounter, number, hash, bytes, coalesce(quarantine, '') FROM window WHERE patient = ? AND id > ? ORDER BY id LIMIT ?", patient, after, n)
			})
			return page, err
		}
	})
}

// Leaves are what is kept for the leaves of one window, by rising index.
func (s *Store) Leaves(ctx context.Context, patient, encounter string, number uint64) (leaves []proof.KeptLeaf, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return rows(conn, func(stmt *sqlite.Stmt) error {
			leaves = append(leaves, keptLeaf(&row{stmt: stmt}))
			return nil
		}, "SELECT place, leaf, device, stream, seq, kind, unit, at, '' AS refuser, 0 AS reason, clause, grp, rule, version, epoch, block, bytes "+
			"FROM reading LEFT JOIN chunk USING (id) WHERE patient = ?1 AND encounter = ?2 AND number = ?3 "+
			"UNION ALL SELECT place, leaf, device, stream, seq, kind, unit, at, refuser, reason, clause, grp, rule, version, epoch, block, NULL "+
			"FROM refusal WHERE patient = ?1 AND encounter = ?2 AND number = ?3 ORDER BY place", patient, encounter, number)
	})
	if err != nil {
		return nil, fmt.Errorf("read leaves of window %d: %w", number, err)
	}
	return leaves, nil
}

// Waiting are a patient's readings that no window has covered yet.
func (s *Store) Waiting(ctx context.Context, patient string) iter.Seq2[proof.KeptLeaf, error] {
	return pages("read the waiting readings of a patient", 0, func() func(int) ([]proof.KeptLeaf, error) {
		after := int64(0)
		return func(n int) (page []proof.KeptLeaf, err error) {
			err = s.read(ctx, func(conn *sqlite.Conn) error {
				return rows(conn, func(stmt *sqlite.Stmt) error {
					page = append(page, keptLeaf(&row{stmt: stmt}))
					after = stmt.ColumnInt64(stmt.ColumnCount() - 1)
					return nil
				}, "SELECT 0, leaf, device, stream, seq, kind, unit, at, '', 0, clause, grp, rule, version, epoch, block, bytes, reading.id "+
					"FROM reading LEFT JOIN chunk USING (id) WHERE patient = ? AND number IS NULL AND reading.id > ? ORDER BY reading.id LIMIT ?",
					patient, after, n)
			})
			return page, err
		}
	})
}

func keptLeaf(r *row) proof.KeptLeaf {
	l := proof.KeptLeaf{Index: int(r.int()), Leaf: r.hash(), Stream: proof.Stream{Device: r.text(), Name: r.text()},
		Seq: r.uint(), Kind: r.text(), Unit: r.text(), At: r.time(), By: r.text()}
	l.Verdict = r.verdict(flow.Reason(r.int()))
	if l.By == "" {
		// A reading whose bytes are gone is empty, which is no leaf; a refused
		// one has none.
		l.Bytes = r.bytes()
	}
	return l
}

// Check has SQLite look through its file: every page, and every index against
// its table. It reads all of it.
func (s *Store) Check(ctx context.Context) error {
	err := s.read(ctx, func(conn *sqlite.Conn) error {
		var found []error
		err := rows(conn, func(stmt *sqlite.Stmt) error {
			if line := stmt.ColumnText(0); line != "ok" {
				found = append(found, errors.New(line))
			}
			return nil
		}, "PRAGMA integrity_check(10)")
		return errors.Join(append(found, err)...)
	})
	if err != nil {
		return fmt.Errorf("check the store's file: %w", err)
	}
	return nil
}
