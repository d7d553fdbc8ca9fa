package device

import (
	"bufio"
	"reflect"
	"strings"
	"testing"
)

// Whatever a file or a broker says, what is taken for a value is one of the
// capability, and what is written for it reads the same again.
func FuzzConvert(f *testing.F) {
	for _, s := range []string{"36.8", "+1", "1e999", "NaN", "true", `{"x":1,"y":2,"z":3}`, "[[[[", `"36"`, "\xff", "9223372036854775808", `{"$exception":"EOSToken"}`, ""} {
		for i := range Capabilities() {
			f.Add(s, i, false)
		}
	}
	all := Capabilities()
	f.Fuzz(func(t *testing.T, text string, n int, scaled bool) {
		c := all[uint(n)%uint(len(all))]
		v := converter{c: c, scale: 1}
		if scaled {
			v.scale, v.shift = 0.5, -1
		}
		got, err := v.value(text)
		if err != nil {
			return
		}
		if err := c.Check(got); err != nil {
			t.Fatalf("%s reads %q as %v: %v", c.Name, text, got, err)
		}
		if scaled {
			return
		}
		written, err := v.text(got)
		if err != nil {
			t.Fatalf("%s can't write %v: %v", c.Name, got, err)
		}
		if again, err := v.value(written); err != nil || !same(again, got) {
			t.Fatalf("%s reads %q as %#v, writes %q, and reads that as %#v, %v", c.Name, text, got, written, again, err)
		}
	})
}

// same says that two values are; true and 1 are to a pin, and a text that looks
// like a number is one where numbers may be.
func same(a, b any) bool {
	if on, ok := b.(bool); ok {
		if n, isNumber := number(a); isNumber {
			return on == (n == 1)
		}
	}
	if s, ok := b.(string); ok {
		if t, ok := a.(string); ok {
			return strings.TrimSpace(s) == strings.TrimSpace(t)
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

// Whatever a recording holds, its rows are values of the capability, in time.
func FuzzTable(f *testing.F) {
	for _, s := range []string{"20\n21\n", "t,v\n0,20\n1,21\n", "t;v\n", "\"", "t,v\n,\n0,", "#0\n", "v\n\n20", "t,v\n2026-03-01 08:00:00,20\n"} {
		f.Add(s, "", "")
		f.Add(s, "v", "t")
		f.Add(s, "#1", "#0")
	}
	c, _ := Find("io.temperature")
	f.Fuzz(func(t *testing.T, text, column, time string) {
		conv := converter{c: c, scale: 1}
		rows, err := (&table{column: column, time: time}).read(bufio.NewReader(strings.NewReader(text)), &conv)
		if err != nil {
			return
		}
		if len(rows) == 0 {
			t.Fatal("no row and no error")
		}
		last := rows[0].at
		for _, r := range rows {
			if err := c.Check(r.value); err != nil || r.at < last || r.timed != (time != "" && column != "") {
				t.Fatalf("row %+v after %v: %v", r, last, err)
			}
			last = r.at
		}
	})
}
