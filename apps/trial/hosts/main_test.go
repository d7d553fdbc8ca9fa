//go:build linux

package hosts_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/wardflow/wardflow/apps/trial"
	"github.com/wardflow/wardflow/apps/trial/hosts"
	"github.com/wardflow/wardflow/runtime/leaktest"
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
	os.Exit(leaktest.Run(m))
}
