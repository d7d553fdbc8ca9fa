package device

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// most is how many rows of a recording are read: eleven days of one a second.
const most = 1_000_000

// A table says where a recording's values and times stand. Without a column the
// file holds one value a line; lines that begin with # and empty ones are left
// out.
type table struct {
	column string // its name in the first line, or #0 and so on
	time   string // the column of times: seconds, or dates; "" has none
	skip   int    // so many lines at the beginning are none of it
}

// A row is one value of a recording.
type row struct {
	value flow.Value
	at    time.Duration // since the first row
	timed bool
}

// read reads all rows. Errors say the line, counted after those skipped.
func (t *table) read(r *bufio.Reader, conv *converter) ([]row, error) {
	for n := range t.skip {
		if _, err := r.ReadString('\n'); err != nil {
			return nil, fmt.Errorf("it has only %d of the %d lines to skip", n, t.skip)
		}
	}
	if t.column == "" {
		if t.time != "" {
			return nil, errors.New("time names a column, so column must name the values'")
		}
		return readLines(r, conv)
	}
	rows, err := t.readCSV(r, conv)
	if err == nil && len(rows) == 0 {
		err = errors.New("it holds no value")
	}
	return rows, err
}

func readLines(r io.Reader, conv *converter) ([]row, error) {
	var rows []row
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longest)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		v, err := conv.value(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if rows = append(rows, row{value: v}); len(rows) > most {
			return nil, fmt.Errorf("it has more than %d values", most)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("it holds no value")
	}
	return rows, nil
}

func (t *table) readCSV(r io.Reader, conv *converter) ([]row, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = true
	in.ReuseRecord = true
	var rows []row
	value, at := -1, -1
	var first time.Duration
	for {
		cells, err := in.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := in.FieldPos(0)
		if value < 0 {
			var head bool
			if value, at, head, err = t.columns(cells); err != nil {
				return nil, err
			} else if head {
				continue
			}
		}
		if value >= len(cells) || strings.TrimSpace(cells[value]) == "" {
			continue // nothing was recorded here
		}
		v, err := conv.value(cells[value])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		one := row{value: v, timed: at >= 0}
		if at >= 0 {
			if at >= len(cells) {
				return nil, fmt.Errorf("line %d: it has no time", line)
			}
			moment, err := readTime(cells[at])
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", line, err)
			}
			if len(rows) == 0 {
				first = moment
			}
			one.at = moment - first
			if n := len(rows); n > 0 && one.at < rows[n-1].at {
				return nil, fmt.Errorf("line %d: its time lies before that of the line above", line)
			}
		}
		if rows = append(rows, one); len(rows) > most {
			return nil, fmt.Errorf("it has more than %d values", most)
		}
	}
}

// columns finds the two columns in the first line. The line is a head unless
// both are named by number and its value reads as a number.
func (t *table) columns(cells []string) (value, at int, head bool, err error) {
	at = -1
	value, named, err := find(cells, t.column)
	if err != nil {
		return 0, 0, false, err
	}
	if t.time != "" {
		var byName bool
		if at, byName, err = find(cells, t.time); err != nil {
			return 0, 0, false, err
		}
		named = named || byName
	}
	if named {
		return value, at, true, nil
	}
	if value >= len(cells) {
		return 0, 0, false, fmt.Errorf("the first line has %d columns, so there is no %s", len(cells), t.column)
	}
	_, no := strconv.ParseFloat(strings.TrimSpace(cells[value]), 64)
	return value, at, no != nil, nil
}

func find(cells []string, column string) (i int, named bool, err error) {
	if i := slices.IndexFunc(cells, func(c string) bool { return strings.TrimSpace(c) == column }); i >= 0 {
		return i, true, nil
	}
	if digits, ok := strings.CutPrefix(column, "#"); ok {
		if i, err := strconv.Atoi(digits); err == nil && i >= 0 && i < 1000 {
			return i, false, nil
		}
	}
	names := make([]string, len(cells))
	for i, c := range cells {
		names[i] = quote(strings.TrimSpace(c))
	}
	return 0, false, fmt.Errorf("there is no column %s; the first line has %s", quote(column), strings.Join(names, ", "))
}

// layouts are the dates that recordings are found to have.
var layouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05.000000", "02.01.2006 15:04:05"}

// longestRecording bounds a time in seconds, so that it fits a Duration.
const longestRecording = 9e9

// readTime is a time in seconds, or a date, as the time since some beginning.
func readTime(cell string) (time.Duration, error) {
	cell = strings.Trim(strings.TrimSpace(cell), "[]'")
	if s, err := strconv.ParseFloat(cell, 64); err == nil {
		if !(s >= 0 && s < longestRecording) {
			return 0, fmt.Errorf("the time %s is beyond what can be played", quote(cell))
		}
		return time.Duration(s * float64(time.Second)), nil
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, cell); err == nil {
			d := at.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
			if d.Abs() < 140*365*24*time.Hour {
				return d, nil
			}
		}
	}
	return 0, fmt.Errorf("the time %s is neither seconds nor a date", quote(cell))
}
