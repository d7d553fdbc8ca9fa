package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

func TestWaitFlag(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]patience{
		"":                         {false, time.Minute},
		"--wait":                   {true, time.Minute},
		"--wait bedside":           {true, time.Minute},
		"--wait=90s":               {true, 90 * time.Second},
		"--wait 90s":               {true, 90 * time.Second},
		"--wait=0":                 {false, time.Minute},
		"--wait 0":                 {false, time.Minute},
		"--wait --timeout 100ms":   {true, 100 * time.Millisecond},
		"bedside --wait 2m --wait": {true, time.Minute},
	} {
		var p patience
		cmd := &cobra.Command{Use: "x"}
		p.flags(cmd, "done")
		if err := cmd.ParseFlags(spelled(strings.Fields(line))); err != nil || p != want {
			t.Errorf("%q: %+v, %v, want %+v", line, p, err, want)
		}
	}
	for _, wrong := range []string{"--wait=soon", "--wait=-1s"} {
		var p patience
		cmd := &cobra.Command{Use: "x"}
		p.flags(cmd, "done")
		if err := cmd.ParseFlags([]string{wrong}); err == nil {
			t.Errorf("%q: no error", wrong)
		}
	}
	if got := spelled([]string{"run", "--", "--wait", "2m"}); !slices.Equal(got, []string{"run", "--", "--wait", "2m"}) {
		t.Errorf("behind --: %q", got)
	}
}
