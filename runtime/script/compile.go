package script

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Types finds an actor type by name, such as "std.Sum".
type Types func(name string) (flow.Spec, bool)

// TypesOf are the specs of actor types.
func TypesOf(types flow.Types) Types {
	return func(name string) (flow.Spec, bool) {
		t, ok := types[name]
		return t.Spec, ok
	}
}

// Actions are the actions of an actor of a type with these arguments, by which
// the checker sees what starts a loop of links. The error says what is wrong with
// the arguments.
type Actions func(typ string, args map[string]flow.Value) ([]flow.Action, error)

// ActionsOf makes an actor of a type and asks it. The actor is not started.
func ActionsOf(types flow.Types) Actions {
	return func(typ string, args map[string]flow.Value) ([]flow.Action, error) {
		a, err := types[typ].New(args)
		if err != nil {
			return nil, err
		}
		return a.Actions(), nil
	}
}

// An Option changes how a script is compiled.
type Option func(*options)

type options struct {
	app     string
	names   []string
	args    map[string]flow.Value
	actions Actions
	steps   int // 0: maxSteps
}

// WithApp names the application; without it, it is named for its file.
func WithApp(name string) Option { return func(o *options) { o.app = name } }

// WithNames gives the names of the actor types there are, for suggestions when
// a script misspells one.
func WithNames(names []string) Option { return func(o *options) { o.names = names } }

// WithArgs gives constants of the script other values than it defines. To give
// one that it doesn't define is an error.
func WithArgs(args map[string]flow.Value) Option { return func(o *options) { o.args = args } }

// WithActions lets the checker see whether actors take their arguments, and what
// those of a loop wait for. Without it, it says nothing of either.
func WithActions(a Actions) Option { return func(o *options) { o.actions = a } }

// NamesOf are the names of actor types, sorted.
func NamesOf(types flow.Types) []string { return slices.Sorted(maps.Keys(types)) }

// AppName is the application's name for a script file: the file's name without
// folder and extension, each dot turned into "_"; "script" for -, which is
// standard input.
func AppName(file string) string {
	if file == "-" {
		return "script"
	}
	base := path.Base(strings.ReplaceAll(file, `\`, "/"))
	if i := strings.LastIndexByte(base, '.'); i > 0 {
		base = base[:i]
	}
	return strings.ReplaceAll(base, ".", "_")
}

// Compile turns a tree into the graph of one application. The issues include
// those of [Parse] and [Check]; the graph is nil when one of them is an error.
//
// Links are in the order of the script, those inside a component before those
// that join it to the rest. Equal scripts and types give equal graphs.
func Compile(f *File, types Types, opts ...Option) (*flow.Graph, Issues) {
	o := Build(f, types, opts...)
	return o.Graph, o.Issues
}

// Build compiles a script whole: the graph, the tests and what is wrong.
func Build(f *File, types Types, opts ...Option) *Outcome {
	o := options{app: AppName(f.Name)}
	for _, opt := range opts {
		opt(&o)
	}
	p := newProgram(f, types, o)
	out := &Outcome{file: f.Name, app: p.app, types: types}
	if sound := p.check(o); sound {
		p.make(out)
	}
	p.unusedConstants()
	out.Issues = p.issues.settle(f)
	if out.Issues.Err() != nil {
		out.Graph, out.Tests = nil, nil
	}
	return out
}

// make expands the program and its tests.
func (p *program) make(out *Outcome) {
	x := &expander{program: p}
	x.expand(nil)
	if x.over {
		return
	}
	p.pl.apply(x)
	if p.effort.spent {
		return
	}
	g := x.graph(p.pl)
	out.Graph, out.Known, out.targets, out.given = g, g, p.pl.targets, x.givenArgs()
	x.checkScaling(p.pl)
	x.checkQueues()
	x.checkKinds()
	if p.issues.Err() != nil {
		return
	}
	x.checkAllLinked()
	if p.issues.Err() != nil {
		return
	}
	if p.acts != nil {
		x.checkActors()
		x.checkLoops()
	}
	for _, t := range p.tests {
		out.Tests = append(out.Tests, p.trial(t))
	}
}

// givenArgs are the names of the arguments that the script gives each actor.
func (x *expander) givenArgs() map[flow.ActorID][]string {
	given := make(map[flow.ActorID][]string, len(x.actors))
	for _, a := range x.actors {
		given[a.ID] = a.given
	}
	return given
}
