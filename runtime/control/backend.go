package control

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Backend is the node behind the API. Its methods may be called at the same
// time from many goroutines, and return soon after ctx is done.
type Backend interface {
	// Snapshot is all there is to see of the cluster now, as this node knows
	// it. It is asked a few times a second while anybody watches, so it
	// gathers counters and waits for no other node. The caller owns what it
	// gets: nothing in it is changed afterwards.
	Snapshot(ctx context.Context) (*Snapshot, error)

	// Check compiles a script and gives back what is wrong with it: nothing,
	// if it compiles. The error is for a check that could not be made, not for
	// a bad script.
	Check(ctx context.Context, d Deployment) ([]Issue, error)

	// Plan says what Deploy would do now, and does nothing. A script that
	// does not compile is a [*ScriptError].
	Plan(ctx context.Context, d Deployment) (*PlanResult, error)

	// Deploy compiles the script, records the application and its placement
	// in the register, and returns once they are agreed; the actors may still
	// be starting then. An application of the same name is replaced. Errors:
	// [*ScriptError], [ErrUnplaceable], [ErrUnavailable].
	Deploy(ctx context.Context, by flow.Identity, d Deployment) (*App, error)

	// Stop removes an application everywhere, and returns once that is
	// agreed. An application that is not there is [ErrNotFound].
	Stop(ctx context.Context, by flow.Identity, app string) error

	// Report asks a running actor, wherever it is: args go to its report and
	// the answer comes back. An actor that is not there is [ErrNotFound], one
	// whose type answers nothing or that refuses what it was given [ErrConflict].
	Report(ctx context.Context, by flow.Identity, id flow.ActorID, args map[string]flow.Value) (flow.Value, error)

	// Letters are the dead letters that an actor keeps, oldest first.
	Letters(ctx context.Context, by flow.Identity, id flow.ActorID) ([]Letter, error)

	// DropLetters takes the dead letters up to that number out.
	DropLetters(ctx context.Context, by flow.Identity, id flow.ActorID, upto uint64) error

	// Resume lets an actor go on that stopped after a fault, or whose dead
	// letters were full.
	Resume(ctx context.Context, by flow.Identity, id flow.ActorID) error

	Cluster
	Recorder
	Tapper
	Editor
	Foreseer
}

// What a Backend's errors wrap, so that the API can tell them apart. Any other
// error is the node's own fault (500): it is logged, and the caller sees only
// that it happened.
var (
	ErrNotFound    = errors.New("no such thing")                // 404
	ErrConflict    = errors.New("conflicts with what is there") // 409
	ErrInvalid     = errors.New("not what is wanted")           // 400: the text says what is wrong with it
	ErrUnplaceable = errors.New("no node is fit")               // 422: the text says which actor and why
	ErrUnavailable = errors.New("not possible just now")        // 503: no leader, shutting down
)

// A ScriptError is a script that does not compile. Issues has at least one
// issue of severity "error".
type ScriptError struct{ Issues []Issue }

// Error is the mistakes, one a line. Warnings and notes are in Issues only.
func (e *ScriptError) Error() string {
	var lines []string
	for _, is := range e.Mistakes() {
		lines = append(lines, is.String())
	}
	return strings.Join(lines, "\n")
}

// Mistakes are the issues for which the script does not compile.
func (e *ScriptError) Mistakes() []Issue {
	var bad []Issue
	for _, is := range e.Issues {
		if is.Severity == "error" {
			bad = append(bad, is)
		}
	}
	return bad
}

// String is the issue as a compiler prints it, for editors to jump to:
// "ward.calvin:3:1: error WF0102: unknown actor type".
func (i Issue) String() string {
	severity := i.Severity
	if i.Code != "" {
		severity += " " + i.Code
	}
	return fmt.Sprintf("%s:%d:%d: %s: %s", i.File, i.Line, i.Col, severity, i.Msg)
}
