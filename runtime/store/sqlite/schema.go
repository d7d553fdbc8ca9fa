package sqlite

import (
	"fmt"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// application marks our files among all SQLite files: "Ward".
const application = 0x57617264

// schemas bring a file from each version to the next; version 0 is an empty
// file. Times are ns since 1970.
//
// A reading's columns and its signed bytes are in two tables, so that searching
// reads no bytes, and moving a reading under its window writes none. number and
// place are NULL while a reading waits, or while the window of a refused one
// has not come.
//
// A leaf has no index: it is the hash of bytes with device, stream and number in
// them, which have one, and windows find what waits as [writer] says. What waits
// is in one index, by time: few do.
//
// A window that does not hold but is a link of its chain has the reason in
// quarantine, which is NULL in the others. A row of table quarantine refers to it
// by link, and has no bytes of its own.
//
// reached, origin and part are empty unless the file follows a replicated log:
// see [Tx].
var schemas = []string{`
CREATE TABLE reading (
	id        INTEGER PRIMARY KEY,
	leaf      BLOB NOT NULL UNIQUE,
	patient   TEXT NOT NULL,
	device    TEXT NOT NULL,
	stream    TEXT NOT NULL,
	seq       INTEGER NOT NULL,
	kind      TEXT NOT NULL,
	unit      TEXT NOT NULL,
	at        INTEGER NOT NULL,
	clause    TEXT NOT NULL,
	grp       TEXT NOT NULL,
	rule      TEXT NOT NULL,
	version   INTEGER NOT NULL,
	epoch     INTEGER NOT NULL,
	block     INTEGER NOT NULL,
	encounter TEXT,
	number    INTEGER,
	place     INTEGER,
	UNIQUE (device, stream, seq)
) STRICT;
CREATE INDEX reading_series ON reading (patient, kind, at);
CREATE INDEX reading_time ON reading (patient, at);
CREATE INDEX reading_window ON reading (patient, encounter, number, place) WHERE number IS NOT NULL;
CREATE INDEX reading_waiting ON reading (patient) WHERE number IS NULL;

CREATE TABLE chunk (
	id    INTEGER PRIMARY KEY,
	bytes BLOB NOT NULL
) STRICT;

CREATE TABLE refusal (
	id        INTEGER PRIMARY KEY,
	leaf      BLOB NOT NULL UNIQUE,
	patient   TEXT NOT NULL,
	device    TEXT NOT NULL,
	stream    TEXT NOT NULL,
	seq       INTEGER NOT NULL,
	kind      TEXT NOT NULL,
	unit      TEXT NOT NULL,
	low       INTEGER NOT NULL,
	high      INTEGER NOT NULL,
	at        INTEGER NOT NULL,
	reason    INTEGER NOT NULL,
	clause    TEXT NOT NULL,
	grp       TEXT NOT NULL,
	rule      TEXT NOT NULL,
	version   INTEGER NOT NULL,
	epoch     INTEGER NOT NULL,
	block     INTEGER NOT NULL,
	refuser   TEXT NOT NULL,
	judged    INTEGER NOT NULL,
	encounter TEXT,
	number    INTEGER,
	place     INTEGER
) STRICT;
CREATE INDEX refusal_judged ON refusal (judged);
CREATE INDEX refusal_patient ON refusal (patient, judged);
CREATE INDEX refusal_window ON refusal (patient, encounter, number, place) WHERE number IS NOT NULL;

CREATE TABLE window (
	id        INTEGER PRIMARY KEY,
	patient   TEXT NOT NULL,
	encounter TEXT NOT NULL,
	number    INTEGER NOT NULL,
	hash      BLOB NOT NULL,
	stored    INTEGER NOT NULL,
	bytes     BLOB NOT NULL,
	UNIQUE (patient, encounter, number)
) STRICT;
CREATE INDEX window_patient ON window (patient);

CREATE TABLE stream (
	patient   TEXT NOT NULL,
	encounter TEXT NOT NULL,
	device    TEXT NOT NULL,
	stream    TEXT NOT NULL,
	last      INTEGER NOT NULL,
	PRIMARY KEY (patient, encounter, device, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
	id      INTEGER PRIMARY KEY,
	patient TEXT NOT NULL,
	number  INTEGER NOT NULL,
	at      INTEGER NOT NULL,
	err     TEXT NOT NULL,
	bytes   BLOB NOT NULL
) STRICT;

CREATE TABLE checkpoint (
	actor TEXT PRIMARY KEY,
	epoch INTEGER NOT NULL,
	bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tally (
	name  TEXT PRIMARY KEY,
	count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`, `
CREATE INDEX reading_at ON reading (at);
CREATE INDEX reading_waiting_at ON reading (at) WHERE number IS NULL;

CREATE TABLE reached (
	id    INTEGER PRIMARY KEY CHECK (id = 1),
	entry INTEGER NOT NULL
) STRICT;

CREATE TABLE origin (
	name   BLOB PRIMARY KEY,
	seq    INTEGER NOT NULL,
	entry  INTEGER NOT NULL,
	answer BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE part (
	origin BLOB NOT NULL,
	number INTEGER NOT NULL,
	bytes  BLOB NOT NULL,
	PRIMARY KEY (origin, number)
) STRICT, WITHOUT ROWID;
`, `
CREATE TABLE lean (
	id        INTEGER PRIMARY KEY,
	leaf      BLOB NOT NULL,
	patient   TEXT NOT NULL,
	device    TEXT NOT NULL,
	stream    TEXT NOT NULL,
	seq       INTEGER NOT NULL,
	kind      TEXT NOT NULL,
	unit      TEXT NOT NULL,
	at        INTEGER NOT NULL,
	clause    TEXT NOT NULL,
	grp       TEXT NOT NULL,
	rule      TEXT NOT NULL,
	version   INTEGER NOT NULL,
	epoch     INTEGER NOT NULL,
	block     INTEGER NOT NULL,
	encounter TEXT,
	number    INTEGER,
	place     INTEGER,
	UNIQUE (device, stream, seq)
) STRICT;
INSERT INTO lean SELECT id, leaf, patient, device, stream, seq, kind, unit, at, clause, grp, rule, version, epoch, block,
	encounter, number, place FROM reading ORDER BY id;
DROP TABLE reading;
ALTER TABLE lean RENAME TO reading;
CREATE INDEX reading_series ON reading (patient, kind, at);
CREATE INDEX reading_time ON reading (patient, at);
CREATE INDEX reading_at ON reading (at);
CREATE INDEX reading_window ON reading (patient, encounter, number, place) WHERE number IS NOT NULL;
CREATE INDEX reading_waiting ON reading (at, patient) WHERE number IS NULL;
`, `
ALTER TABLE window ADD COLUMN quarantine TEXT;
ALTER TABLE quarantine ADD COLUMN link INTEGER;
`}

// migrate brings the file to the newest schema.
func migrate(conn *sqlite.Conn) (err error) {
	at, err := schemaOf(conn)
	if err != nil || at == len(schemas) {
		return err
	}
	end, err := sqlitex.ImmediateTransaction(conn)
	if err != nil {
		return err
	}
	defer end(&err)
	for ; at < len(schemas); at++ {
		if err := sqlitex.ExecuteScript(conn, schemas[at], nil); err != nil {
			return fmt.Errorf("schema %d: %w", at+1, err)
		}
	}
	script := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", application, at)
	return sqlitex.ExecuteScript(conn, script, nil)
}

// schemaOf is the version of the file's schema, 0 when it is empty.
func schemaOf(conn *sqlite.Conn) (int, error) {
	app, err := number(conn, "PRAGMA application_id")
	if err != nil {
		return 0, err
	}
	at, err := number(conn, "PRAGMA user_version")
	if err != nil {
		return 0, err
	}
	tables, err := number(conn, "SELECT count(*) FROM sqlite_schema")
	switch {
	case err != nil:
		return 0, err
	case app != application && (app != 0 || at != 0 || tables != 0):
		return 0, fmt.Errorf("it is not a store of wardflow (application id %#x)", app)
	case at > len(schemas):
		return 0, fmt.Errorf("schema %d is newer than this wardflow knows (%d): use the newer one", at, len(schemas))
	}
	return at, nil
}

func number(conn *sqlite.Conn, query string) (n int, err error) {
	err = rows(conn, func(stmt *sqlite.Stmt) error { n = stmt.ColumnInt(0); return nil }, query)
	return n, err
}
