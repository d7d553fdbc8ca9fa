package register

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"reflect"

	"github.com/wardflow/wardflow/runtime/flow"
)

// state is everything that is agreed. It is a plain machine: the same commands
// in the same order lead to the same state on every voter, so apply reads no
// clock and draws no number.
type state struct {
	changed      uint64 // index of the last command that changed what a View shows
	floor        uint64 // no epoch that begins from now on is this low; see forget
	apps         map[string]App
	actors       map[flow.ActorID]activation
	settings     map[string][]byte
	certificates map[[32]byte][]byte
	laid         []laid // commits that come in parts, by age
	done         []done // what came of commands with a number, by age
	ledger       ledger
}

// An activation is what is agreed about one actor. It is a value.
type activation struct {
	place  flow.Placement
	holder flow.NodeID // who claimed place.Epoch; the plan may name another by now
	nonce  uint64      // of that claim
	whole  whole
}

func newState() *state {
	return &state{apps: map[string]App{}, actors: map[flow.ActorID]activation{},
		settings: map[string][]byte{}, certificates: map[[32]byte][]byte{}}
}

// A result is the answer to a command. It travels as JSON.
type result struct {
	Fault      fault          `json:"fault,omitempty"`
	Text       string         `json:"text,omitempty"`       // of the fault
	Index      uint64         `json:"index,omitempty"`      // the View that shows the change
	Epoch      uint64         `json:"epoch,omitempty"`      // of a claim; of faultSeen, the newest
	App        *App           `json:"app,omitempty"`        // of putApp, if there is room for it
	Version    uint64         `json:"version,omitempty"`    // of that application
	Checkpoint []byte         `json:"checkpoint,omitempty"` // of a claim
	Stale      []flow.ActorID `json:"stale,omitempty"`      // of a commit
	Size       int            `json:"size,omitempty"`       // of a claim whose checkpoint is too large to be here
	Claims     []result       `json:"claims,omitempty"`     // of the first ones of a claimAll
}

// A fault is why a command was refused.
type fault int

const (
	faultNone      fault = iota
	faultBad             // the command makes no sense
	faultUnknown         // no such application
	faultVersion         // the application is another version
	faultElsewhere       // the plan places the actor on another node
	faultSeen            // the epoch is not the one the claim has seen
	faultParts           // a part of a commit came without the ones before
	faultStale           // a newer activation exists
	faultBlock           // the block does not follow the newest one
	faultChain           // the block is of another chain
)

func refuse(f fault, format string, args ...any) result {
	return result{Fault: f, Text: fmt.Sprintf(format, args...)}
}

// apply carries out one command; index is its place in the log.
func (s *state) apply(index uint64, c command) result {
	switch c := c.(type) {
	case putApp:
		return s.putApp(index, c)
	case removeApp:
		return s.removeApp(index, c)
	case putPlan:
		return s.putPlan(index, c)
	case claim:
		return s.claim(index, c)
	case commit:
		return s.commit(c)
	case putCertificate:
		return s.putCertificate(index, c)
	case forgetCertificates:
		return s.forgetCertificates(index, c)
	case putSetting:
		return s.putSetting(index, c)
	case putPlanAt:
		if late := s.tooLate(c.Placements); late != nil {
			return *late
		}
		return s.putPlan(index, putPlan(c))
	case putAppPlan:
		return s.putAppPlan(index, c)
	case claimAll:
		return s.claimAll(index, c)
	case once:
		return s.once(index, c)
	case commitPart:
		return s.commitPart(c)
	case adopt:
		return s.adopt(c)
	case putBlock:
		return s.putBlock(c)
	case syncUp:
		return result{Index: s.changed}
	}
	return refuse(faultBad, "unknown command %T", c)
}

func (s *state) putApp(index uint64, c putApp) result {
	app := c.App
	if app.Name == "" || app.Graph.App != app.Name {
		return refuse(faultBad, "application %q: its graph is of application %q", app.Name, app.Graph.App)
	}
	old, known := s.apps[app.Name]
	app.Lives, app.Revision = livesOf(index, old, app), revisionOf(old, app)
	if app.Version = old.Version; !known || !sameApp(old, app) {
		app.Version = index
		s.apps[app.Name] = app
		s.changed = index
		s.renew(old, app)
	}
	return result{Index: s.changed, App: &app, Version: app.Version}
}

// revisionOf counts deployments: what was signed, by whom and when, is then another.
func revisionOf(old, app App) uint64 {
	if old.Name != "" && app.At.Equal(old.At) && app.By == old.By && app.Script == old.Script &&
		maps.Equal(app.Includes, old.Includes) && bytes.Equal(app.Signature, old.Signature) {
		return old.Revision
	}
	return old.Revision + 1
}

// livesOf are the lives of an application's links: those that it had and that
// join the same types of actor go on, the others begin at index.
func livesOf(index uint64, old, app App) map[flow.LinkID]uint64 {
	was, is := typesOf(old), typesOf(app)
	lives := make(map[flow.LinkID]uint64, len(app.Graph.Links))
	for _, l := range app.Graph.Links {
		lives[l.ID()] = index
		if life, ok := old.Lives[l.ID()]; ok && was[l.From.Actor] == is[l.From.Actor] && was[l.To.Actor] == is[l.To.Actor] {
			lives[l.ID()] = life
		}
	}
	return lives
}

func typesOf(a App) map[flow.ActorID]string {
	types := make(map[flow.ActorID]string, len(a.Graph.Actors))
	for _, n := range a.Graph.Actors {
		types[n.ID] = n.Type
	}
	return types
}

// renew drops the checkpoints of actors that have become another type: their
// state means nothing to it. Dead letters stay, which are for people to read.
// The instance that runs is fenced.
func (s *state) renew(old, app App) {
	is := typesOf(app)
	for id, typ := range typesOf(old) {
		if a, ok := s.actors[id]; ok && is[id] != "" && is[id] != typ {
			a.whole, a.holder, a.nonce = a.whole.letters(id), "", 0
			s.actors[id] = a
		}
	}
}

// putAppPlan is putApp and putPlan in one: between the two nobody sees one
// without the other.
func (s *state) putAppPlan(index uint64, c putAppPlan) result {
	old, known := s.apps[c.App.Name]
	if c.Base != 0 && (!known || old.Version != c.Base) {
		return refuse(faultVersion, "application %q is at version %d, not at %d, which it was planned for", c.App.Name, old.Version, c.Base)
	}
	if bad := checkPlan(c.App.Name, c.Placements); bad != nil {
		return *bad
	}
	if late := s.tooLate(c.Placements); late != nil {
		return *late
	}
	r := s.putApp(index, putApp{c.App})
	if r.Fault != faultNone {
		return r
	}
	p := s.putPlan(index, putPlan{App: c.App.Name, Placements: c.Placements})
	p.App, p.Version = r.App, r.Version
	return p
}

// tooLate refuses a plan that moves an actor out of another epoch than it was
// planned in. A plan may be agreed on long after it was made, when its leader
// was cut off meanwhile; by then the actor may have begun anew where it was.
func (s *state) tooLate(plan []flow.Placement) *result {
	for _, p := range plan {
		a, ok := s.actors[p.Actor]
		if ok && a.place.Node != p.Node && a.place.Epoch != p.Epoch {
			r := refuse(faultVersion, "plan moves actor %s from epoch %d, and it is at epoch %d", p.Actor, p.Epoch, a.place.Epoch)
			return &r
		}
	}
	return nil
}

func checkPlan(app string, plan []flow.Placement) *result {
	planned := make(map[flow.ActorID]bool, len(plan))
	for _, p := range plan {
		if p.Actor.App() != app || planned[p.Actor] {
			bad := refuse(faultBad, "plan for application %q: actor %q is of another one or named twice", app, p.Actor)
			return &bad
		}
		planned[p.Actor] = true
	}
	return nil
}

func sameApp(a, b App) bool {
	x, errA := a.MarshalJSON()
	y, errB := b.MarshalJSON()
	return errA == nil && errB == nil && bytes.Equal(x, y)
}

func (s *state) removeApp(index uint64, c removeApp) result {
	if _, ok := s.apps[c.Name]; ok {
		delete(s.apps, c.Name)
		s.changed = index
	}
	for id := range s.actors {
		if id.App() == c.Name {
			s.forget(id)
			s.changed = index
		}
	}
	return result{Index: s.changed}
}

// forget drops an actor with its checkpoint. Should an actor of that name come
// again, its epochs begin above the forgotten ones, so an instance that has not
// heard of its end yet stays fenced.
func (s *state) forget(id flow.ActorID) {
	s.floor = max(s.floor, s.actors[id].place.Epoch)
	delete(s.actors, id)
}

func (s *state) putPlan(index uint64, c putPlan) result {
	app, ok := s.apps[c.App]
	switch {
	case !ok:
		return refuse(faultUnknown, "plan for application %q, which is not deployed", c.App)
	case c.Version != 0 && c.Version != app.Version:
		return refuse(faultVersion, "plan for version %d of application %q, which is at version %d", c.Version, c.App, app.Version)
	}
	if bad := checkPlan(c.App, c.Placements); bad != nil {
		return *bad
	}
	planned := make(map[flow.ActorID]bool, len(c.Placements))
	for _, p := range c.Placements {
		planned[p.Actor] = true
		a := s.actors[p.Actor]
		p.Epoch = a.place.Epoch
		if a.place.Actor == "" || !reflect.DeepEqual(a.place, p) {
			a.place = p
			s.actors[p.Actor] = a
			s.changed = index
		}
	}
	for id := range s.actors {
		if id.App() == c.App && !planned[id] {
			s.forget(id)
			s.changed = index
		}
	}
	return result{Index: s.changed}
}

func (s *state) putCertificate(index uint64, c putCertificate) result {
	if len(c.DER) == 0 {
		return refuse(faultBad, "certificate is empty")
	}
	hash := sha256.Sum256(c.DER)
	if _, ok := s.certificates[hash]; !ok {
		s.certificates[hash] = c.DER
		s.changed = index
	}
	return result{Index: s.changed}
}

func (s *state) putSetting(index uint64, c putSetting) result {
	old, ok := s.settings[c.Key]
	switch {
	case c.Key == "":
		return refuse(faultBad, "setting has no name")
	case Rises(c.Key) && len(c.Value) < 8:
		return refuse(faultBad, "setting %s has no number, or would be removed", c.Key)
	case Rises(c.Key) && passed(old, c.Value):
	case c.Value == nil && ok:
		delete(s.settings, c.Key)
		s.changed = index
	case c.Value != nil && (!ok || !bytes.Equal(old, c.Value)):
		s.settings[c.Key] = c.Value
		s.changed = index
	}
	return result{Index: s.changed}
}

func (s *state) view() *View {
	v := &View{Index: s.changed, Apps: maps.Clone(s.apps), Settings: maps.Clone(s.settings),
		Placements: make(map[flow.ActorID]flow.Placement, len(s.actors)), Certificates: len(s.certificates)}
	for id, a := range s.actors {
		v.Placements[id] = a.place
	}
	return v
}
