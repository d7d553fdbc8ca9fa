package sqlite

import (
	"context"
	"fmt"

	"zombiezen.com/go/sqlite"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/store"
)

// Reading is one reading with the window that covers it.
func (s *Store) Reading(ctx context.Context, of proof.Stream, seq uint64) (k store.Kept, err error) {
	which, args := "seq = ?3", []any{of.Device, of.Name, seq}
	if seq == 0 {
		which, args = "reading.number IS NOT NULL", args[:2]
	}
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return rows(conn, func(stmt *sqlite.Stmt) error {
			r := row{stmt: stmt}
			k.Patient, k.Verdict, k.Encounter, k.Window, k.Index = r.text(), r.verdict(flow.Accepted), r.text(), r.uint(), int(r.int())
			var err error
			if k.Reading, err = proof.OpenReading(flow.Sealed{Kind: proof.KindReading, Bytes: r.bytes()}); err != nil {
				return err
			}
			if k.Window > 0 {
				k.Sealed = r.bytes()
			}
			return nil
		}, "SELECT reading.patient, clause, grp, rule, version, epoch, block, reading.encounter, reading.number, place, chunk.bytes, window.bytes "+
			"FROM reading JOIN chunk USING (id) LEFT JOIN window ON window.patient = reading.patient AND window.encounter = reading.encounter "+
			"AND window.number = reading.number WHERE device = ?1 AND stream = ?2 AND "+which+" ORDER BY seq DESC LIMIT 1", args...)
	})
	if err != nil {
		return store.Kept{}, fmt.Errorf("read number %d of %s: %w", seq, of, err)
	}
	return k, nil
}
