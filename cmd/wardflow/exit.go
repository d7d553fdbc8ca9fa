package main

import (
	"context"
	"errors"
	"net"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/evidence"
)

// What the exit code of a command says. They are part of the command line's
// promise: scripts branch on them, so none gets another meaning.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitNotFound    = 3
	exitTimeOut     = 4
	exitDenied      = 5
	exitUnreachable = 6
	exitDiffers     = 10 // with --exit-code only
	exitInterrupted = 130
)

// exitCodes is the table of them, as the help has it.
const exitCodes = `  0    it is done
  1    it failed, or what was asked is not so (a check, a verification)
  2    the command line can't be understood; nothing was done
  3    what was named is not there: application, actor, link, node, rule …
  4    it took longer than it was given; what was begun goes on
  5    denied: the certificate, the policy, or a side that is not trusted
  6    the node, the chain or the service can't be reached
  10   with --exit-code: something would change, or differs
  130  interrupted`

// A usageError is a command line that can't be understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// An exitError is an error whose exit code can't be seen from what it wraps.
type exitError struct {
	error
	code int
}

func (e exitError) Unwrap() error { return e.error }

// notFound says that err is about something that is not there.
func notFound(err error) error { return exitError{err, exitNotFound} }

// timedOut says that err is about waiting too long.
func timedOut(err error) error { return exitError{err, exitTimeOut} }

// exitCode is what an error makes the command exit with. The outermost word
// counts: who says that a file of the command line is bad knows better than
// what went wrong inside.
func exitCode(err error) int {
	var usage usageError
	var coded exitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &coded):
		return coded.code
	case errors.As(err, &usage):
		return exitUsage
	}
	for _, kind := range []struct {
		code int
		of   []error
	}{
		{exitDenied, []error{control.ErrDenied, control.ErrPolicy, control.ErrUnsigned, control.ErrUntrusted}},
		{exitNotFound, []error{control.ErrNotFound, evidence.ErrNothing}},
		{exitUnreachable, []error{control.ErrUnreachable}},
		{exitTimeOut, []error{errWaited, context.DeadlineExceeded}},
		{exitInterrupted, []error{context.Canceled}},
	} {
		for _, is := range kind.of {
			if errors.Is(err, is) {
				return kind.code
			}
		}
	}
	if op := (*net.OpError)(nil); errors.As(err, &op) && op.Op == "dial" {
		return exitUnreachable
	}
	return exitFailed
}
