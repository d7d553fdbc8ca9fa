package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/apps/trial"
)

// The last line of the load trial is a list with the keys that others read.
func TestBenchLoadJSON(t *testing.T) {
	var b bytes.Buffer
	res := []trial.LoadResult{{N: 10, Mode: "cold", Answered: 0.03, Anchored: 1.5}, {N: 10, Mode: "warm", Failed: 1}}
	if err := output("json").writeLine(&b, res, func(io.Writer) { t.Error("people were written to") }); err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || strings.Count(b.String(), "\n") != 1 || len(got) != 2 {
		t.Fatalf("%q is not one line with a list of two: %v", b.String(), err)
	}
	for _, g := range got {
		if keys := strings.Join(slices.Sorted(maps.Keys(g)), " "); keys != "anchored_s answered_s failed mode n" {
			t.Errorf("the keys are %s", keys)
		}
	}
	if b.Reset(); !strings.Contains(func() string { showLoad(&b, res); return b.String() }(), "10  cold   0.030 s   1.500 s") {
		t.Errorf("people read\n%s", b.String())
	}
}
