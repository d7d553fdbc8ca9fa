package sqlite

import (
	"path/filepath"
	"strings"
	"testing"

	zombie "zombiezen.com/go/sqlite"

	"github.com/wardflow/wardflow/runtime/store"
)

// A page costs what it holds, whatever the store holds: the rows come from an
// index in their order, and none is sorted. What waits is found among what waits.
func TestPagesComeFromAnIndex(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, tt := range []struct {
		q     store.Query
		index string
	}{
		{store.Query{}, "reading_at"},
		{store.Query{Newest: true}, "reading_at"},
		{store.Query{Waiting: true}, "reading_waiting"},
		{store.Query{Patient: "p"}, "reading_time"},
		{store.Query{Patient: "p", Kind: "k"}, "reading_series"},
		{store.Query{Patient: "p", Waiting: true}, "reading_waiting"},
	} {
		var plan []string
		w := where(tt.q, "at")
		w.after(1, 1)
		err := s.read(t.Context(), func(conn *zombie.Conn) error {
			return rows(conn, func(stmt *zombie.Stmt) error { plan = append(plan, stmt.ColumnText(3)); return nil },
				"EXPLAIN QUERY PLAN "+chunksQuery(tt.q, w), w.with(10)...)
		})
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(plan, "; ") + ";"
		sorts := strings.Contains(all, "TEMP B-TREE")
		if !strings.Contains(all, "USING INDEX "+tt.index+" ") || sorts && tt.index != "reading_waiting" {
			t.Errorf("%+v: %s", tt.q, all)
		}
	}
}
