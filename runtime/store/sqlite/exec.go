package sqlite

import (
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/wardflow/wardflow/runtime/flow"
)

// bind prepares a query, kept by the connection, and fills its parameters.
func bind(conn *sqlite.Conn, query string, args ...any) (*sqlite.Stmt, error) {
	stmt, err := conn.Prepare(query)
	if err != nil {
		return nil, err
	}
	for i, a := range args {
		switch a := a.(type) {
		case string:
			stmt.BindText(i+1, a)
		case []byte:
			stmt.BindBytes(i+1, a)
		case int64:
			stmt.BindInt64(i+1, a)
		case int:
			stmt.BindInt64(i+1, int64(a))
		case uint64:
			stmt.BindInt64(i+1, int64(a)) // numbers on streams and of windows are below 2⁶³; so are a chain's
		case nil:
			stmt.BindNull(i + 1)
		default:
			panic(fmt.Sprintf("sqlite: parameter of type %T", a))
		}
	}
	return stmt, nil
}

// exec runs a query that gives no rows and returns how many it changed.
func exec(conn *sqlite.Conn, query string, args ...any) (int, error) {
	stmt, err := bind(conn, query, args...)
	if err != nil {
		return 0, err
	}
	_, err = stmt.Step()
	if reset := stmt.Reset(); err == nil {
		err = reset
	}
	return conn.Changes(), err
}

// rows runs a query and calls f for each of its rows.
func rows(conn *sqlite.Conn, f func(*sqlite.Stmt) error, query string, args ...any) error {
	stmt, err := bind(conn, query, args...)
	if err != nil {
		return err
	}
	for {
		more, err := stmt.Step()
		if err != nil || !more {
			stmt.Reset()
			return err
		}
		if err := f(stmt); err != nil {
			stmt.Reset()
			return err
		}
	}
}

// row reads the columns of one row in order.
type row struct {
	stmt *sqlite.Stmt
	next int
}

func (r *row) col() int { r.next++; return r.next - 1 }

func (r *row) text() string    { return r.stmt.ColumnText(r.col()) }
func (r *row) int() int64      { return r.stmt.ColumnInt64(r.col()) }
func (r *row) uint() uint64    { return uint64(r.int()) }
func (r *row) time() time.Time { return time.Unix(0, r.int()).UTC() }

func (r *row) bytes() []byte {
	i := r.col()
	b := make([]byte, r.stmt.ColumnLen(i))
	r.stmt.ColumnBytes(i, b)
	return b
}

func (r *row) hash() (h [32]byte) {
	r.stmt.ColumnBytes(r.col(), h[:])
	return h
}

// verdict reads clause, group, rule, version, epoch and block.
func (r *row) verdict(reason flow.Reason) flow.Verdict {
	return flow.Verdict{Reason: reason, Clause: r.text(), Group: r.text(), Rule: r.text(),
		Version: r.uint(), Epoch: r.uint(), Block: r.uint()}
}
