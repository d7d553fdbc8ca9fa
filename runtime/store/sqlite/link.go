package sqlite

import (
	"github.com/wardflow/wardflow/runtime/store"
)

// link keeps a window that does not hold as the last of its chain. Its readings
// go on waiting, and its streams stay as they are.
func (w *writer) link(win *store.Window) error {
	if _, err := exec(w.conn, "INSERT INTO window (patient, encounter, number, hash, stored, bytes, quarantine) VALUES (?, ?, ?, ?, ?, ?, ?)",
		win.Patient, win.Encounter, win.Number, win.Hash[:], win.Stored.UnixNano(), win.Bytes, win.Quarantine); err != nil {
		return err
	}
	id := w.conn.LastInsertRowID()
	// It may be there already, from before it was known to be a link.
	n, err := exec(w.conn, "UPDATE quarantine SET link = ?, bytes = x'' WHERE id = "+
		"(SELECT id FROM quarantine WHERE patient = ? AND number = ? AND link IS NULL AND bytes = ? ORDER BY id LIMIT 1)",
		id, win.Patient, win.Number, win.Bytes)
	if err != nil || n > 0 {
		return err
	}
	if _, err := exec(w.conn, "INSERT INTO quarantine (patient, number, at, err, bytes, link) VALUES (?, ?, ?, ?, x'', ?)",
		win.Patient, win.Number, win.Stored.UnixNano(), win.Quarantine, id); err != nil {
		return err
	}
	w.count("quarantined", 1)
	return nil
}

// unlink makes room for a copy that holds of the last window of a chain. The one
// that does not hold stays in quarantine, and counts for nothing any more.
func (w *writer) unlink(win *store.Window) error {
	if _, err := exec(w.conn, "UPDATE quarantine SET bytes = window.bytes, link = NULL FROM window "+
		"WHERE window.id = quarantine.link AND window.patient = ? AND window.encounter = ? AND window.number = ? AND window.quarantine IS NOT NULL",
		win.Patient, win.Encounter, win.Number); err != nil {
		return err
	}
	_, err := exec(w.conn, "DELETE FROM window WHERE patient = ? AND encounter = ? AND number = ? AND quarantine IS NOT NULL",
		win.Patient, win.Encounter, win.Number)
	return err
}
