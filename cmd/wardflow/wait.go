package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"
)

// Waiting: --wait, --wait=60s.

// A patience is whether and how long a command waits until what it asked for
// is done.
type patience struct {
	wait bool
	most time.Duration
}

// flags adds --wait[=TIME]; without a time it waits a minute.
func (p *patience) flags(cmd *cobra.Command, until string) { p.flagsFor(cmd, until, time.Minute) }

// flagsFor is flags for what takes another time by itself.
func (p *patience) flagsFor(cmd *cobra.Command, until string, usual time.Duration) {
	p.most = usual
	f := cmd.Flags().VarPF((*waitFlag)(p), "wait", "", "wait until "+until+", at most so long; it goes on all the same")
	f.NoOptDefVal = usual.String()
	cmd.Flags().DurationVar(&p.most, "timeout", usual, "with --wait: at most so long")
	_ = cmd.Flags().MarkHidden("timeout") // as it was called before --wait took a time
}

// A waitFlag is the value of --wait.
type waitFlag patience

func (w *waitFlag) Type() string { return "TIME" }

func (w *waitFlag) String() string {
	if !w.wait {
		return ""
	}
	return w.most.String()
}

func (w *waitFlag) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return fmt.Errorf("want a time such as 60s or 2m; 0 does not wait")
	}
	if w.wait = d > 0; w.wait {
		w.most = d
	}
	return nil
}

// spelled is a command line as cobra takes it: --wait 2m is --wait=2m, though
// --wait stands alone as well.
func spelled(args []string) []string {
	args = slices.Clone(goStyle(args))
	for i := 0; i+1 < len(args) && args[i] != "--"; i++ {
		if args[i] != "--wait" {
			continue
		}
		if _, err := time.ParseDuration(args[i+1]); err == nil {
			args = slices.Replace(args, i, i+2, "--wait="+args[i+1])
		}
	}
	return args
}
