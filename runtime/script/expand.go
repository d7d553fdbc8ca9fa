package script

import (
	"fmt"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/kind"
)

// The limits of what one script may make.
const (
	maxActors = 100_000
	maxLinks  = 1_000_000
)

// An expander replaces component instances by what is in them and fors by what
// they make, innermost first, and joins the links that cross borders.
//
//	x.out > c.p   and inside   .p > y.in   make   x.out > y.in
//
// A border has two faces. What is set on one travels to the far end that the
// face stands for: properties of c.p, set outside, to y.in; those of .p, set
// inside, to x.out.
type expander struct {
	*program
	actors []*actor
	links  []crossing
	made   map[string]Span     // everything made, by its path: actors, components, elements of fors
	alias  map[string]string   // the paths of elements with a - in their names, by these with _
	count  int                 // of frames
	frames map[string][]*frame // by path; an element of several fors has several
	over   bool                // a limit is passed: reported

	main *frame

	given map[portPath]bool     // of a test: the ports whose links are left out
	fed   map[portKey]kind.Kind // and what each of these gets
}

// A portPath is a port of what stands at a path.
type portPath struct{ path, port string }

// plain is the port with _ for -, as scripts write paths.
func (u portPath) plain() portPath { return portPath{strings.ReplaceAll(u.path, "-", "_"), u.port} }

// An actor is one that will run.
type actor struct {
	flow.Node
	inst  *inst
	frame *frame
	given []string                  // the arguments that the script gives
	props map[[2]string][]candidate // by side and port, the strongest first
	noted [][2]string               // of unknown type: the ports that links end at
	index int                       // in expander.actors
}

// A crossing is a link between actors, with the statement it comes from.
type crossing struct {
	from, to     socket
	wire         *wire
	fromAs, toAs string
}

// A socket is a port of an actor that will run. Within a component, as is what
// the far end is called where the actor stands.
type socket struct {
	actor *actor
	port  string
	as    string
}

// A hull is what can be seen of a component instance from outside.
type hull struct {
	in, out           map[string][]socket    // the ports inside that each port leads to
	inFaces, outFaces map[string][]candidate // set on the inner face of each port
}

func newHull() *hull {
	return &hull{map[string][]socket{}, map[string][]socket{}, map[string][]candidate{}, map[string][]candidate{}}
}

// A frame is one making of a block: of the program, a component instance, a
// test, or one element of a for.
type frame struct {
	block  *block
	parent *frame // of a for or test: the frame around; else nil
	path   string // "app", "app:bed_3"
	env    map[string]binding
	hull   *hull // of the component; of the program nothing looks at it
	actors map[string]*actor
	hulls  map[string]*hull
	loops  map[*block][]*frame
	depth  int
}

func (x *expander) limit(where Span, what string, n int) {
	if !x.over {
		x.mustReport(tooLarge.at(x.file, where, fmt.Sprintf("the script makes more than %d %s", n, what)))
	}
	x.over = true
}

// expand makes the actors and links of the program, and of one test with it.
func (x *expander) expand(test *block) *frame {
	x.made, x.alias, x.frames = map[string]Span{}, map[string]string{}, map[string][]*frame{}
	x.main = x.frame(x.program.main, nil, x.app, nil, newHull(), 0)
	f := x.main
	if test != nil {
		f = x.frame(test, x.main, x.app, nil, x.main.hull, 0)
	}
	x.main.faces(x)
	x.main.join(x)
	if test != nil {
		f.faces(x)
		f.join(x)
	}
	return f
}

// frame makes the actors of a block, those in its components and fors, too.
func (x *expander) frame(b *block, parent *frame, path string, env map[string]binding, h *hull, depth int) *frame {
	f := &frame{
		block: b, parent: parent, path: path, env: env, hull: h, depth: depth,
		actors: make(map[string]*actor, len(b.insts)), hulls: map[string]*hull{}, loops: map[*block][]*frame{},
	}
	x.frames[path] = append(x.frames[path], f)
	if x.count++; x.count > maxActors {
		x.limit(Span{Start: Pos{1, 1, 0}, End: Pos{1, 1, 0}}, "component instances", maxActors)
	}
	x.spend(stepsFrame+len(b.items), b.where())
	for _, it := range b.items {
		if x.over {
			break
		}
		if it.inst != nil {
			x.instance(f, it.inst)
		}
		if it.loop != nil {
			x.loop(f, it.loop)
		}
	}
	return f
}

// instance makes one actor, or all that is in a component.
func (x *expander) instance(f *frame, in *inst) {
	path := f.path + ":" + in.name
	if old, ok := x.made[path]; ok {
		x.report(madeTwice.at(x.file, in.where, path[len(x.app)+1:]).see(old, "made here as well").
			help("choose another name for one of them"))
		return
	}
	x.made[path] = in.where
	args, given, size := x.args(f, in)
	if !x.spend(stepsInstance+f.depth+size/stepsBytes, in.where) {
		return
	}
	switch {
	case in.comp == nil:
		if len(x.actors) == maxActors {
			x.limit(in.where, "actors", maxActors)
			return
		}
		values := make(map[string]flow.Value, len(args))
		for name, b := range args {
			values[name] = b.value
		}
		a := &actor{Node: flow.Node{ID: flow.ActorID(path), Type: in.typ, Args: values}, inst: in, frame: f,
			given: given, props: map[[2]string][]candidate{}, index: len(x.actors)}
		x.actors = append(x.actors, a)
		f.actors[in.name] = a
	case f.depth == maxDepth:
		x.mustReport(tooDeep.at(x.file, in.where, maxDepth))
		x.over = true
	default:
		inner := x.frame(in.comp, nil, path, args, newHull(), f.depth+1)
		inner.faces(x)
		inner.join(x)
		f.hulls[in.name] = inner.hull
	}
}

// args are an instance's arguments, with the defaults for those that are not
// given, the names of the given ones, and how much these hold.
func (x *expander) args(f *frame, in *inst) (args map[string]binding, given []string, size int) {
	args = map[string]binding{}
	if in.spec != nil {
		for _, s := range in.spec.Args {
			if !s.Required {
				args[s.Name] = bind(s.Default)
			}
		}
	}
	if in.comp != nil {
		for _, param := range in.comp.comp.Params {
			if param.Default == nil {
				continue
			}
			if b, st := x.meaning(x.program.main).eval(param.Default); st == known {
				args[param.Name] = b
			}
		}
	}
	for _, a := range in.args {
		b, st := x.values(f).eval(a.Value)
		if st != known {
			continue
		}
		args[a.Name.Name] = b
		given = append(given, a.Name.Name)
		size += b.size
		if in.spec != nil {
			if s, ok := in.spec.Arg(a.Name.Name); ok {
				x.checkArg(s, a, b.value)
			}
		}
	}
	return args, given, size
}

// values is what names stand for in a frame: parameters and the variables of
// fors, the nearest first, then constants. What is undefined has been reported.
func (x *expander) values(f *frame) reader {
	return reader{x.program, func(n *Name) (binding, state) {
		for at := f; at != nil; at = at.parent {
			if b, ok := at.env[n.Name]; ok {
				return b, known
			}
		}
		if b, ok := x.consts[n.Name]; ok {
			return b, known
		}
		return binding{}, wrong
	}}
}
