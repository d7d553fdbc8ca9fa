package main

import "testing"

func TestMemTotal(t *testing.T) {
	for text, want := range map[string]int64{
		"MemTotal:       16384 kB\nMemFree: 12 kB\n": 16 << 20,
		"MemFree: 12 kB\n":                           0,
		"MemTotal: many kB\n":                        0,
		"MemTotal: 16384 GB\n":                       0,
	} {
		if n := memTotal([]byte(text)); n != want {
			t.Errorf("%q is %d bytes, want %d", text, n, want)
		}
	}
}
