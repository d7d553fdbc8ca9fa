package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/evidence"
)

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		err  error
		want int
	}{
		{"nothing", nil, exitOK},
		{"anything else", errors.New("the disk is full"), exitFailed},
		{"a file that is not there", fmt.Errorf("the script: %w", fs.ErrNotExist), exitFailed},
		{"a command line", fmt.Errorf("app: %w", usageError{errors.New("no such command")}), exitUsage},
		{"an application", &control.Problem{Type: "urn:wardflow:problem:not-found"}, exitNotFound},
		{"a reading", fmt.Errorf("prove: %w", evidence.ErrNothing), exitNotFound},
		{"what only the command knows", notFound(errors.New("there is no code WF9")), exitNotFound},
		{"waiting", fmt.Errorf("deploy: %w", errWaited), exitTimeOut},
		{"an answer that does not come", fmt.Errorf("chain: %w", context.DeadlineExceeded), exitTimeOut},
		{"waiting, told with more words", timedOut(errors.New("after 1 s")), exitTimeOut},
		{"a right", &control.Problem{Type: "urn:wardflow:problem:denied"}, exitDenied},
		{"the policy", &control.Problem{Type: "urn:wardflow:problem:policy"}, exitDenied},
		{"a stranger", fmt.Errorf("ask: %w", control.ErrUntrusted), exitDenied},
		{"nobody there", fmt.Errorf("ask: %w", control.ErrUnreachable), exitUnreachable},
		{"nobody there in time", fmt.Errorf("%w: %w", control.ErrUnreachable, context.DeadlineExceeded), exitUnreachable},
		{"no chain there", fmt.Errorf("chain: %w", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), exitUnreachable},
		{"an interrupt", fmt.Errorf("ask: %w", context.Canceled), exitInterrupted},
	} {
		if got := exitCode(tt.err); got != tt.want {
			t.Errorf("%s: %v exits with %d, want %d", tt.name, tt.err, got, tt.want)
		}
		if code := fmt.Sprintf("  %-3d  ", tt.want); !strings.Contains("\n"+exitCodes, "\n"+code) {
			t.Errorf("the help does not explain exit code %d", tt.want)
		}
	}
}
