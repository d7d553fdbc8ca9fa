package sqlite

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/store"
)

// pages turns a function that reads the next n rows into a sequence of at most
// limit of them; 0 is all. begin makes that function anew for each walk.
func pages[T any](doing string, limit int, begin func() func(n int) ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		read := begin()
		for left := limit; limit == 0 || left > 0; {
			n := pageLen
			if limit > 0 {
				n = min(n, left)
			}
			page, err := read(n)
			if err != nil {
				var none T
				yield(none, fmt.Errorf("%s: %w", doing, err))
				return
			}
			for _, v := range page {
				if !yield(v, nil) {
					return
				}
			}
			if left -= len(page); len(page) < n {
				return
			}
		}
	}
}

// A filter is a query as SQL: its conditions, and where the next page begins.
type filter struct {
	conditions []string
	args       []any
	by         string // the column it is ordered by, then id
	down       bool
	began      bool
	at, id     int64 // of the last row read
}

func where(q store.Query, by string) *filter {
	w := &filter{by: by, down: q.Newest}
	for _, c := range []struct{ column, value string }{
		{"patient", q.Patient}, {"device", q.Device}, {"stream", q.Stream}, {"kind", q.Kind},
	} {
		if c.value != "" {
			w.add(c.column+" = ?", c.value)
		}
	}
	if !q.From.IsZero() {
		w.add("at >= ?", q.From.UnixNano())
	}
	if !q.To.IsZero() {
		w.add("at < ?", q.To.UnixNano())
	}
	if q.Waiting {
		w.conditions = append(w.conditions, "number IS NULL")
	}
	return w
}

func (w *filter) add(condition string, arg any) {
	w.conditions = append(w.conditions, condition)
	w.args = append(w.args, arg)
}

// after notes the last row read.
func (w *filter) after(at, id int64) { w.began, w.at, w.id = true, at, id }

func (w *filter) clause() string {
	conditions, than, order := w.conditions, ">", ""
	if w.down {
		than, order = "<", " DESC"
	}
	if w.began {
		conditions = append(conditions[:len(conditions):len(conditions)], fmt.Sprintf("(%s, id) %s (?, ?)", w.by, than))
	}
	s := ""
	if len(conditions) > 0 {
		s = " WHERE " + strings.Join(conditions, " AND ")
	}
	return fmt.Sprintf("%s ORDER BY %s%s, id%s", s, w.by, order, order)
}

// with are the parameters of the clause, then n.
func (w *filter) with(n int) []any {
	args := append(make([]any, 0, len(w.args)+3), w.args...)
	if w.began {
		args = append(args, w.at, w.id)
	}
	return append(args, n)
}

func instant(n int64) time.Time { return time.Unix(0, n).UTC() }
