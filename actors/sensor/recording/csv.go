package recording

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxLine    = 64 << 10 // bytes
	maxColumns = 1024
	maxNames   = 1024 // channels named in rows
)

// table is a CSV file.
type table struct {
	fsys     fs.FS
	name     string
	m        Map
	head     []string
	channels []Channel
}

func openCSV(fsys fs.FS, name string, m Map) (*table, error) {
	rows, err := openRows(fsys, name)
	if err != nil {
		return nil, err
	}
	defer rows.close()
	t := &table{fsys: fsys, name: name, m: m, head: rows.head}
	if m.zero() {
		if t.m, err = recognise(t.head); err != nil {
			return nil, err
		}
	}
	if err := t.m.check(); err != nil {
		return nil, err
	}
	named := []string{t.m.Time, t.m.Name, t.m.Value}
	for column := range t.m.Where {
		named = append(named, column)
	}
	slices.Sort(named)
	for _, column := range named {
		if column != "" && t.column(column) < 0 {
			return nil, fmt.Errorf("there is no column %q, or two: there are %q", column, t.head)
		}
	}
	if t.m.Name != "" {
		return t, t.nameChannels(rows)
	}
	for _, column := range t.head {
		if column != "" && !slices.Contains(named, column) {
			if err := t.add(column); err != nil {
				return nil, err
			}
		}
	}
	if len(t.channels) == 0 {
		return nil, fmt.Errorf("%w: no column is left for a value", ErrForm)
	}
	return t, nil
}

// column is the index of a column; -1 when there is none or more than one.
func (t *table) column(name string) int {
	i := slices.Index(t.head, name)
	if i >= 0 && slices.Contains(t.head[i+1:], name) {
		return -1
	}
	return i
}

// nameChannels finds the channels that rows name, in order of appearance.
func (t *table) nameChannels(rows *rows) error {
	at, seen := t.column(t.m.Name), map[string]bool{}
	for {
		row, err := rows.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if !t.matches(row) || seen[row[at]] {
			continue
		}
		if len(seen) == maxNames {
			return rows.bad("more than %d channels", maxNames)
		}
		seen[row[at]] = true
		if err := t.add(row[at]); err != nil {
			return err
		}
	}
}

func (t *table) add(name string) error {
	c := Channel{Name: name, Unit: t.m.Units[name], Step: 1}
	if c.Unit == "" && t.m.Name == "" {
		c.Unit = unitOf(name)
	}
	if t.m.Rate != "" {
		rate, err := rational(t.m.Rate)
		if err != nil {
			return fmt.Errorf("columns: rate %w", err)
		}
		if rate.Cmp(big.NewRat(1, 1e6)) < 0 || rate.Cmp(big.NewRat(1e6, 1)) > 0 || rate.Denom().BitLen() > 30 {
			return fmt.Errorf("columns: rate %s: want more than 0 and at most a million rows a second", t.m.Rate)
		}
		c.Span, c.Count = time.Second*time.Duration(rate.Denom().Int64()), rate.Num().Int64()
	}
	t.channels = append(t.channels, c)
	return nil
}

func (t *table) matches(row []string) bool {
	for column, want := range t.m.Where {
		if row[t.column(column)] != want {
			return false
		}
	}
	return true
}

func (t *table) Channels() []Channel { return t.channels }

func (t *table) Read(channel int) (Source, error) {
	if channel < 0 || channel >= len(t.channels) {
		return nil, fmt.Errorf("no channel %d", channel)
	}
	s := &tableSource{t: t, ch: t.channels[channel], time: t.column(t.m.Time), name: -1, value: t.column(t.m.Value), last: math.MinInt64}
	if t.m.Name != "" {
		s.name = t.column(t.m.Name)
	} else if s.value = t.column(s.ch.Name); s.value < 0 {
		return nil, fmt.Errorf("%s: two columns are called %q", t.name, s.ch.Name)
	}
	rows, err := openRows(t.fsys, t.name)
	if err != nil {
		return nil, err
	}
	s.rows = rows
	return s, nil
}

type tableSource struct {
	t                 *table
	rows              *rows
	ch                Channel
	time, name, value int // columns; -1: none
	n                 int64
	first             time.Duration // when the clock's first row was
	last              time.Duration // of the row before
}

func (s *tableSource) Next() (Sample, error) {
	for {
		row, err := s.rows.next()
		if err != nil {
			return Sample{}, err
		}
		if !s.t.matches(row) || s.name >= 0 && row[s.name] != s.ch.Name {
			continue
		}
		out, ok, err := s.sample(row)
		if err != nil {
			return Sample{}, s.rows.bad("%w", err)
		}
		if ok {
			return out, nil
		}
	}
}

// sample reads one row of the channel; ok is false when it holds no value.
func (s *tableSource) sample(row []string) (out Sample, ok bool, err error) {
	out.Index = s.n
	s.n++
	if s.ch.Count > 0 {
		out.At = s.ch.At(out.Index)
	} else {
		if out.At, err = s.when(row[s.time]); err != nil {
			return out, false, err
		}
		if out.Index == 0 && s.t.m.Format == "clock" {
			s.first = out.At
		}
		if out.At -= s.first; out.At < s.last {
			return out, false, fmt.Errorf("the time %s is before that of an earlier row", row[s.time])
		}
		s.last = out.At
	}
	cell := row[s.value]
	if cell == "" || strings.EqualFold(cell, "nan") || slices.Contains(s.t.m.Absent, cell) {
		return out, false, nil
	}
	if out.Value, err = fixed(cell, 6); err != nil {
		return out, false, fmt.Errorf("%s: %w", s.ch.Name, err)
	}
	return out, true, nil
}

func (s *tableSource) when(cell string) (time.Duration, error) {
	switch s.t.m.Format {
	case "seconds":
		n, err := fixed(cell, 9)
		return time.Duration(n), err
	case "hh:mm":
		h, m, _ := strings.Cut(cell, ":")
		hours, err := strconv.ParseUint(h, 10, 20)
		if err != nil {
			return 0, fmt.Errorf("time %q: want hh:mm", cell)
		}
		minutes, err := strconv.ParseUint(m, 10, 20)
		if err != nil || minutes > 59 || len(m) != 2 {
			return 0, fmt.Errorf("time %q: want hh:mm", cell)
		}
		return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute, nil
	default: // clock: local time without a zone, taken as it stands
		at, err := time.Parse("2006-01-02T15:04:05", strings.Replace(cell, " ", "T", 1))
		if err != nil {
			return 0, fmt.Errorf("time %q: want 2006-01-02T15:04:05", cell)
		}
		return time.Duration(at.Unix()) * time.Second, nil
	}
}

func (s *tableSource) Close() error { return s.rows.close() }

// rows reads CSV as RFC 4180 has it, but for line breaks within quotes, which
// no recording needs. Cells come without spaces around them.
type rows struct {
	name string
	file fs.File
	sc   *bufio.Scanner
	line int
	head []string
	row  []string
}

func openRows(fsys fs.FS, name string) (*rows, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	r := &rows{name: name, file: f, sc: bufio.NewScanner(f)}
	r.sc.Buffer(nil, maxLine)
	head, err := r.next()
	if err == io.EOF {
		err = fmt.Errorf("%s: %w: it is empty", name, ErrForm)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	r.head = slices.Clone(head)
	return r, nil
}

// next is the next row that is not blank, good until the one after; io.EOF at
// the end.
func (r *rows) next() ([]string, error) {
	for r.sc.Scan() {
		r.line++
		line := strings.TrimSuffix(r.sc.Text(), "\r")
		if r.line == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		var err error
		if r.row, err = split(r.row[:0], line); err != nil {
			return nil, r.bad("%w", err)
		}
		if r.head != nil && len(r.row) != len(r.head) {
			return nil, r.bad("%d cells, the first line has %d", len(r.row), len(r.head))
		}
		return r.row, nil
	}
	if err := r.sc.Err(); err != nil {
		r.line++
		return nil, r.bad("%w", err)
	}
	return nil, io.EOF
}

func (r *rows) bad(format string, v ...any) error {
	return fmt.Errorf("%s:%d: %w: %w", r.name, r.line, ErrForm, fmt.Errorf(format, v...))
}

func (r *rows) close() error { return r.file.Close() }

// split cuts a line into cells.
func split(into []string, line string) ([]string, error) {
	for rest := line; ; {
		if len(into) == maxColumns {
			return into, fmt.Errorf("more than %d cells", maxColumns)
		}
		rest = strings.TrimLeft(rest, " \t")
		cell := ""
		if strings.HasPrefix(rest, `"`) {
			var err error
			if cell, rest, err = quoted(rest[1:]); err != nil {
				return into, err
			}
			if rest != "" && rest[0] != ',' {
				return into, fmt.Errorf("%q follows a quoted cell", rest)
			}
		} else {
			i := strings.IndexByte(rest, ',')
			if i < 0 {
				i = len(rest)
			}
			cell, rest = strings.TrimRight(rest[:i], " \t"), rest[i:]
		}
		into = append(into, cell)
		if rest == "" {
			return into, nil
		}
		rest = rest[1:]
	}
}

// quoted reads a cell after its opening quote.
func quoted(s string) (cell, rest string, err error) {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return "", "", fmt.Errorf("a quote is never closed")
		}
		b.WriteString(s[:i])
		if s = s[i+1:]; !strings.HasPrefix(s, `"`) {
			return b.String(), strings.TrimLeft(s, " \t"), nil
		}
		b.WriteByte('"')
		s = s[1:]
	}
}
