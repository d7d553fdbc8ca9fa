package node

import (
	"crypto/sha256"
	"encoding/json"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/expand"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// A wiring is one version of an application, laid out for finding things. It is
// made once and read by all.
type wiring struct {
	app    register.App
	actors map[flow.ActorID]*resident
	links  map[flow.LinkID]flow.Link
	loops  map[flow.LinkID]bool
	scaled map[flow.ActorID]scaled // by actor of the script
}

// A scaled is an actor of which there may be several.
type scaled struct {
	kind     string // of package expand
	replicas int    // how many there are
}

// A resident is what an actor is started from.
type resident struct {
	node    flow.Node
	in, out []flow.Link
	plan    [sha256.Size]byte // all of it in one: a change starts the actor anew
}

// wirings keeps the wiring of the newest version of each application.
type wirings struct {
	judge func(*register.App) error // nil for a version that may run
	past  func(*register.View) bool // true for a view that is history, by which nothing is judged

	mu      sync.Mutex // guards what follows
	all     map[string]*wiring
	refused map[string]refusedApp // newest versions that may not run, by application
}

// A refusedApp is a version of an application that this node does not run.
type refusedApp struct {
	version uint64
	why     error
	at      time.Time
}

// judgeAgain is when a version is judged again that was refused: clocks are set,
// and certificates come.
const judgeAgain = 10 * time.Second

// of is the wiring of an application of a view: of its newest version, or where
// that may not run of the newest here that may. False when there is none.
func (ws *wirings) of(view *register.View, name string) (*wiring, bool) {
	app, ok := view.Apps[name]
	if !ok {
		return nil, false
	}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	old := ws.all[name]
	if old != nil && old.app.Version == app.Version {
		return old, true
	}
	if ws.past(view) {
		return old, old != nil
	}
	if ws.all == nil {
		ws.all, ws.refused = map[string]*wiring{}, map[string]refusedApp{}
	}
	if r, ok := ws.refused[name]; ok && r.version == app.Version && time.Since(r.at) < judgeAgain {
		return old, old != nil
	}
	if err := ws.judge(&app); err != nil {
		ws.refused[name] = refusedApp{app.Version, err, time.Now()}
		return old, old != nil
	}
	delete(ws.refused, name)
	w := lay(app)
	ws.all[name] = w
	for old := range ws.all {
		if _, ok := view.Apps[old]; !ok {
			delete(ws.all, old)
			delete(ws.refused, old)
		}
	}
	return w, true
}

// why is why the newest version of an application is not run here; nil when it
// is.
func (ws *wirings) why(app *register.App) error {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if r, ok := ws.refused[app.Name]; ok && r.version == app.Version {
		return r.why
	}
	return nil
}

// again judges all applications anew.
func (ws *wirings) again() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	clear(ws.refused)
}

func lay(app register.App) *wiring {
	w := &wiring{app: app, actors: make(map[flow.ActorID]*resident, len(app.Graph.Actors)),
		links: make(map[flow.LinkID]flow.Link, len(app.Graph.Links)), loops: engine.Loops(&app.Graph)}
	for _, node := range app.Graph.Actors {
		w.actors[node.ID] = &resident{node: node}
	}
	for _, l := range app.Graph.Links {
		w.links[l.ID()] = l
		if from := w.actors[l.From.Actor]; from != nil {
			from.out = append(from.out, l)
		}
		if to := w.actors[l.To.Actor]; to != nil {
			to.in = append(to.in, l)
		}
	}
	for _, res := range w.actors {
		res.describe(app.Lives)
	}
	w.scale()
	return w
}

func (w *wiring) scale() {
	w.scaled = map[flow.ActorID]scaled{}
	for _, node := range w.app.Source.Actors {
		if s, ok, err := expand.ScalingOf(node.Rule); ok && err == nil {
			w.scaled[node.ID] = scaled{kind: s.Kind}
		}
	}
	for _, node := range w.app.Graph.Actors {
		if s, ok := w.scaled[expand.Of(node)]; ok {
			s.replicas++
			w.scaled[expand.Of(node)] = s
		}
	}
}

// describe sums the plan up. Where the actor may run does not change what it is.
func (r *resident) describe(all map[flow.LinkID]uint64) {
	lives := map[flow.LinkID]uint64{}
	for _, l := range r.in {
		lives[l.ID()] = all[l.ID()]
	}
	for _, l := range r.out {
		lives[l.ID()] = all[l.ID()]
	}
	node := r.node
	node.Rule = nil
	plan, err := json.Marshal(struct {
		Node    flow.Node
		In, Out []flow.Link
		Lives   map[flow.LinkID]uint64
	}{node, r.in, r.out, lives})
	if err != nil {
		panic("node: a deployed actor can't be written down: " + err.Error()) // the register has written it before
	}
	r.plan = sha256.Sum256(plan)
}

// find is what an actor is started from, by the newest version of its application.
func (n *Node) find(view *register.View, id flow.ActorID) (*wiring, *resident, bool) {
	w, ok := n.wirings.of(view, id.App())
	if !ok {
		return nil, nil, false
	}
	res, ok := w.actors[id]
	return w, res, ok
}

// link finds a link; a nil wiring has none.
func (w *wiring) link(id flow.LinkID) (flow.Link, bool) {
	if w == nil {
		return flow.Link{}, false
	}
	l, ok := w.links[id]
	return l, ok
}
