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

// An Option changes how a script is compiled.
type Option func(*options)

type options struct {
	app   string
	names []string
}

// WithApp names the application; without it, it is named for its file.
func WithApp(name string) Option { return func(o *options) { o.app = name } }

// WithNames gives the names of the actor types there are, for suggestions when
// a script misspells one.
func WithNames(names []string) Option { return func(o *options) { o.names = names } }

// NamesOf are the names of actor types, sorted.
func NamesOf(types flow.Types) []string { return slices.Sorted(maps.Keys(types)) }

// AppName is the application's name for a script file: the file's name without
// folder and extension, each dot turned into "_".
func AppName(file string) string {
	base := path.Base(strings.ReplaceAll(file, `\`, "/"))
	if i := strings.LastIndexByte(base, '.'); i > 0 {
		base = base[:i]
	}
	return strings.ReplaceAll(base, ".", "_")
}

// Parse reads a script. The file is never nil: it holds every statement that
// could be understood. Name is used in positions and to name the application.
func Parse(name string, src []byte) (*File, Issues) {
	f := &File{Name: name, Src: src}
	return f, f.issues
}

// Check looks for every mistake that can be seen without expanding components.
// Its issues include those of Parse.
func Check(f *File, types Types, opts ...Option) Issues {
	return f.issues
}

// Compile turns a tree into the graph of one application. The issues include
// those of Parse and Check; the graph is nil when one of them is an error.
func Compile(f *File, types Types, opts ...Option) (*flow.Graph, Issues) {
	return nil, f.issues
}

// Deployable is the graph as Calvin's compiler prints it (calvin-reference,
// section 1.7): indented JSON with sorted keys. A nil graph gives an empty one
// that is not valid.
func Deployable(g *flow.Graph, types Types) ([]byte, error) {
	return nil, nil
}
