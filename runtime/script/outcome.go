package script

import (
	"errors"
	"io/fs"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Outcome is all that comes of a script.
type Outcome struct {
	Graph  *flow.Graph // what is deployed; nil when an issue is an error
	Tests  []Trial     // the test blocks, in the order of the script; none when Graph is nil
	Issues Issues      // those of Parse and Check included

	// Known is the graph as far as it is understood, actors of unknown type
	// included; nil when a component contains itself or the script makes too
	// much. Nothing runs it.
	Known *flow.Graph

	file    string // the script's name
	app     string
	types   Types
	given   map[flow.ActorID][]string // the arguments that the script gives
	targets map[string]*flow.Rule     // what apply attaches, by path in the application
}

// A Trial is a test block ([Test]), ready to run.
type Trial struct {
	File string // the file it stands in
	Span Span
	Name string
	Doc  string // "": none

	// Graph is what the test runs: the actors that the program's links join to
	// those the test names, and the test's own. Links into ports that are given
	// tokens are left out; those ports, and ports of the test's own actors, may
	// have no link at all.
	Graph *flow.Graph
	Steps []Step
}

// A Step is one line of a test, to be done in order.
type Step struct {
	Span Span
	Do   StepKind
	As   string // the port or capability as the script writes it: "alarm.reading"

	// Ports are the in-ports that are given Values, each one all of them, or the
	// out-ports that Values are expected of. A port of a component stands for
	// the ports inside that it leads to; a port of an actor is one.
	Ports  []flow.Endpoint
	Values []flow.Value  // give, expect: the tokens in order; set: the one value
	More   bool          // expect: further tokens may have come
	After  time.Duration // after
}

// A StepKind says what a step does.
type StepKind string

// The kinds of step.
const (
	StepGive   StepKind = "give"   // Values go into Ports
	StepExpect StepKind = "expect" // Ports gave Values since the last such step
	StepAfter  StepKind = "after"  // virtual time passes
	StepSet    StepKind = "set"    // the mock device of capability As reads Values[0]
)

// Unread stands for a script that could not be read: an empty file with that as
// its one issue.
func Unread(name string, err error) *File {
	f := &File{Name: name, Texts: []Text{{Name: name}}, lost: map[string]bool{}}
	top := Span{Start: Pos{1, 1, 0}, End: Pos{1, 1, 0}}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err // the name is told already
	}
	f.issues = Issues{unreadInclude.at(f, top, name, err)}
	return f
}
