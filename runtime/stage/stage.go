package stage

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Began is where the clock of a stage starts that is not told otherwise.
var Began = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// A Config is a graph and what its actors may ask for.
type Config struct {
	Graph *flow.Graph
	Types flow.Types

	// Capability gives an actor what it requires; nil offers nothing.
	Capability func(actor flow.ActorID, name string) (any, error)
	Now        time.Time    // where the clock starts; zero is Began
	Seed       uint64       // of the schedule
	Migrate    int          // about how many steps between two migrations; 0: none
	Firings    int          // how many there may be in all; 0: as many as there are
	Await      bool         // let real time pass while an actor awaits the world
	Log        *slog.Logger // nil: nowhere

	Feeds []Feed          // what [Stage.Feed] will lay tokens into
	Watch []flow.Endpoint // the out-ports that [Stage.Given] will be asked about
}

// A Feed is an in-port that tokens are laid into by hand.
type Feed struct {
	To flow.Endpoint
	// As is the peer whose place the feed takes, as the script names it. When it
	// is "", tokens are handed over as they are laid, whatever the routing of
	// the port: to a port that collects, as already collected.
	As string
}

// A Stage is a graph that runs. It is not safe for concurrent use.
type Stage struct {
	cfg   Config
	rng   *rand.Rand
	cells []*cell
	byID  map[flow.ActorID]*cell
	feeds map[Feed]*wire
	calls calls

	now     time.Time
	instant int           // number of the instant, for counts within it
	tick    time.Duration // how far the clock moves when an instant does not rest
	vain    int           // retries that failed, one after the other
	timers  timers
	busy    []task // who has something to do
	letters []Letter
	firings int
	gifts   int // values given on watched ports
	moves   int
	exact   bool // one firing at a time
}

// A gift is a value given on a watched port.
type gift struct {
	order int
	value flow.Value
}

// A Letter is a dead letter that no link took.
type Letter struct {
	Actor flow.ActorID
	At    time.Time
	Why   string
	// Value is the letter whole: {"actor": id, "why": why, "tokens": {port: value}}.
	Value flow.Value
}

// New makes a stage and starts the actors. The error names the actor or port
// that does not fit.
func New(cfg Config) (*Stage, error) {
	if cfg.Graph == nil || cfg.Types == nil {
		return nil, errors.New("stage: Config needs Graph and Types")
	}
	cfg.setDefaults()
	s := &Stage{cfg: cfg, rng: rand.New(rand.NewPCG(cfg.Seed, 0x57a6e)), byID: map[flow.ActorID]*cell{},
		feeds: map[Feed]*wire{}, calls: calls{bell: make(chan struct{}, 1)}, tick: firstTick}
	s.setNow(cfg.Now)
	if err := s.build(); err != nil {
		return nil, err
	}
	for i, c := range s.cells {
		if err := c.begin(nil); err != nil {
			for _, started := range s.cells[:i] {
				started.end()
			}
			return nil, err
		}
	}
	return s, nil
}

func (c *Config) setDefaults() {
	if c.Now.IsZero() {
		c.Now = Began
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Capability == nil {
		c.Capability = func(_ flow.ActorID, name string) (any, error) {
			return nil, fmt.Errorf("capability %s is not offered", name)
		}
	}
}

// build makes the cells and the wires between them.
func (s *Stage) build() error {
	for _, n := range s.cfg.Graph.Actors {
		typ, ok := s.cfg.Types[n.Type]
		if !ok {
			return fmt.Errorf("actor %s: there is no type %s", n.ID, n.Type)
		}
		c := newCell(s, n, typ)
		s.cells = append(s.cells, c)
		s.byID[n.ID] = c
	}
	for _, l := range s.cfg.Graph.Links {
		from, to := s.byID[l.From.Actor], s.byID[l.To.Actor]
		if from == nil || to == nil {
			return fmt.Errorf("link %s: one of its actors is not in the graph", l.ID())
		}
		w := &wire{stage: s, link: l, from: from, to: to,
			out: ring{limit: from.queueLength("out", l.From.Port)}, in: ring{limit: to.queueLength("in", l.To.Port)}}
		from.outs, to.ins = append(from.outs, w), append(to.ins, w)
	}
	for _, f := range s.cfg.Feeds {
		if err := s.feeder(f); err != nil {
			return err
		}
	}
	for _, e := range s.cfg.Watch {
		c := s.byID[e.Actor]
		if c == nil {
			return fmt.Errorf("watch %s: there is no such actor", e)
		}
		c.watched[e.Port] = nil
	}
	return nil
}

// feeder makes the wire of a feed.
func (s *Stage) feeder(f Feed) error {
	c := s.byID[f.To.Actor]
	if c == nil {
		return fmt.Errorf("feed %s: there is no such actor", f.To)
	}
	w := &wire{stage: s, link: flow.Link{To: f.To, FromAs: f.As, Tag: f.As}, to: c}
	if f.As == "" {
		c.raw = append(c.raw, f.To.Port)
	}
	c.ins = append(c.ins, w)
	s.feeds[f] = w
	return nil
}

// Now is where the clock stands.
func (s *Stage) Now() time.Time { return s.now }

// Feed lays tokens into a port of Config.Feeds, after those that wait there.
func (s *Stage) Feed(f Feed, vs ...flow.Value) error {
	w := s.feeds[f]
	if w == nil {
		return fmt.Errorf("port %s %s is not one of the feeds", f.To, f.As)
	}
	for _, v := range vs {
		if _, err := flow.AppendValue(nil, v); err != nil {
			return fmt.Errorf("feed %s: %w", f.To, err)
		}
		w.seq++
		w.in.push(flow.Token{Value: v, Source: w.link.From.Actor, Seq: w.seq, Made: s.now})
	}
	w.to.rouse()
	return nil
}

// Left is how many tokens that were fed nobody has taken.
func (s *Stage) Left(f Feed) int {
	if w := s.feeds[f]; w != nil {
		return w.in.len()
	}
	return 0
}

// Peek are the values that out-ports of Config.Watch have given since they were
// asked by [Stage.Given], those of several ports in the order of giving.
func (s *Stage) Peek(from ...flow.Endpoint) []flow.Value {
	var all []gift
	for _, e := range from {
		if c := s.byID[e.Actor]; c != nil {
			all = append(all, c.watched[e.Port]...)
		}
	}
	if len(from) > 1 {
		slices.SortStableFunc(all, func(a, b gift) int { return a.order - b.order })
	}
	vs := make([]flow.Value, len(all))
	for i, g := range all {
		vs[i] = g.value
	}
	return vs
}

// Count is how many values [Stage.Peek] would show.
func (s *Stage) Count(from ...flow.Endpoint) (n int) {
	for _, e := range from {
		if c := s.byID[e.Actor]; c != nil {
			n += len(c.watched[e.Port])
		}
	}
	return n
}

// Given is [Stage.Peek] that counts what it tells as asked.
func (s *Stage) Given(from ...flow.Endpoint) []flow.Value {
	vs := s.Peek(from...)
	for _, e := range from {
		if c := s.byID[e.Actor]; c != nil && c.watched[e.Port] != nil {
			c.watched[e.Port] = nil
		}
	}
	return vs
}

// Letters are the dead letters that no link took, in their order.
func (s *Stage) Letters() []Letter { return s.letters }

// Stopped are the actors that stand still for good, and why.
func (s *Stage) Stopped() map[flow.ActorID]string {
	all := map[flow.ActorID]string{}
	for _, c := range s.cells {
		if c.stopped != "" {
			all[c.node.ID] = c.stopped
		}
	}
	return all
}

// Faulted are the actors whose last firing failed and is tried again, and why.
func (s *Stage) Faulted() map[flow.ActorID]string {
	all := map[flow.ActorID]string{}
	for _, c := range s.cells {
		if c.stopped == "" && c.fault != "" {
			all[c.node.ID] = c.fault
		}
	}
	return all
}

// Moves is how many migrations there have been.
func (s *Stage) Moves() int { return s.moves }

// Report asks an actor ([flow.Reporter]).
func (s *Stage) Report(id flow.ActorID, args map[string]flow.Value) (flow.Value, error) {
	c := s.byID[id]
	if c == nil {
		return nil, fmt.Errorf("there is no actor %s", id)
	}
	r, ok := c.actor.(flow.Reporter)
	if !ok {
		return nil, fmt.Errorf("actors of type %s do not report", c.typ.Spec.Name)
	}
	v, err := r.Report(args)
	c.rouse() // what it was told may let it fire
	return v, err
}

// Close stops the actors.
func (s *Stage) Close() {
	for _, c := range s.cells {
		c.end()
	}
}
