//go:build linux

package hosts_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/wardflow/wardflow/apps/trial"
	"github.com/wardflow/wardflow/apps/trial/hosts"
	"github.com/wardflow/wardflow/runtime/leaktest"
	"github.com/wardflow/wardflow/runtime/rule"
	"github.com/wardflow/wardflow/runtime/rule/ruletest"
)

// This test binary is the processes on the hosts, too.
func TestMain(m *testing.M) {
	be := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	args := append(os.Args, "", "", "")
	switch args[1] {
	case hosts.RelayArg:
		be(hosts.Relay(os.Stdin, os.Stdout))
	case "echo":
		be(serve(args[2]))
	case "ask":
		be(put(args[2], args[3]))
	case "host":
		be(trial.Host(context.Background(), os.Stdin, os.Stdout))
	}
	warm()
	os.Exit(leaktest.Run(m))
}

// warm lets go-ethereum start what it starts once in every process and never
// ends, before the goroutines are counted.
func warm() {
	dir, err := os.MkdirTemp("", "wardflow-warm-")
	if err == nil {
		defer os.RemoveAll(dir)
		_, err = rule.Init(context.Background(), filepath.Join(dir, "chain"), ruletest.Founding(ruletest.Admins(2)))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
