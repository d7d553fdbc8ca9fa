package controltest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Begin is when the ward was started.
var Begin = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// manager is the address of the rules' contract.
const manager = "0x5FbDB2315678afecb367f032d93F642f64180aa3"

// A Ward has three hosts (bedside, ward, records) and runs the application
// "ward": three patients, eleven sensors, a collector and a rule check for each
// patient, one store. It misbehaves on request.
type Ward struct {
	mu      sync.Mutex // guards all below
	now     func() time.Time
	apps    map[string]control.App
	down    map[flow.NodeID]string
	downAt  map[flow.NodeID]time.Time
	refused map[flow.LinkID]string
	full    map[flow.LinkID]int
	events  []control.Event // newest first
	err     error
	did     []string
	lacking bool
	mocks   Mocks

	moved    map[flow.ActorID]control.Pin
	replicas map[flow.ActorID]int
	spilled  int // less than 0: there is no spool

	suspected map[flow.NodeID]bool
	drained   map[flow.NodeID]bool
	left      map[flow.NodeID]bool
	voters    []flow.NodeID // sorted

	alarms  []control.Alarm // newest first
	unready bool            // records reads a chain that stands still
}

// New makes a ward that reads its time from now; nil is the wall clock.
func New(now func() time.Time) *Ward {
	if now == nil {
		now = time.Now
	}
	w := &Ward{now: now, apps: map[string]control.App{}, down: map[flow.NodeID]string{}, downAt: map[flow.NodeID]time.Time{}, refused: map[flow.LinkID]string{}, full: map[flow.LinkID]int{},
		moved: map[flow.ActorID]control.Pin{}, replicas: map[flow.ActorID]int{}, spilled: -1, suspected: map[flow.NodeID]bool{}, drained: map[flow.NodeID]bool{}, left: map[flow.NodeID]bool{},
		voters: []flow.NodeID{"bedside", "records", "ward"}}
	at := Begin
	for _, n := range []flow.NodeID{"records", "ward", "bedside"} {
		w.log(at, control.Event{Kind: control.NodeUp, About: n, Node: "ward", Text: fmt.Sprintf("%s came up", n)})
		at = at.Add(700 * time.Millisecond)
	}
	w.log(at, control.Event{Kind: control.LeaderNew, About: "ward", Node: "ward", Text: "ward leads the register: 3 of 3 voters answer"})
	w.add("ward", "spiffe://people.h1.health.example/staff/admin", at.Add(2*time.Second))
	return w
}

func (w *Ward) log(at time.Time, e control.Event) {
	e.Seq, e.At = uint64(len(w.events)+1), at
	w.events = slices.Insert(w.events, 0, e)
}

func (w *Ward) add(name, by string, at time.Time) control.App {
	app := control.App{Name: name, State: control.Running, By: by, At: at, Version: w.apps[name].Version + 14, Revision: w.apps[name].Revision + 1, Script: "/* " + name + " */\n"}
	app.Actors = len(actorsOf(name))
	app.Running = app.Actors
	w.apps[name] = app
	w.log(at, control.Event{Kind: control.AppDeployed, App: name, Peer: by, Text: fmt.Sprintf("%s was deployed: %d actors, %d links", name, app.Actors, len(linksOf(name)))})
	return app
}

// Down takes a host down, or with why "" up again.
func (w *Ward) Down(node flow.NodeID, why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if why == "" {
		delete(w.down, node)
		w.log(w.now(), control.Event{Kind: control.NodeUp, About: node, Node: "ward", Text: fmt.Sprintf("%s came up", node)})
		return
	}
	w.down[node], w.downAt[node] = why, w.now()
	w.log(w.now(), control.Event{Kind: control.NodeDown, About: node, Node: "ward", Bad: true, Text: fmt.Sprintf("%s went down: %s", node, why)})
}

// Refuse makes a link's giving end a stranger.
func (w *Ward) Refuse(link flow.LinkID, why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused[link] = why
	w.log(w.now(), control.Event{Kind: control.LinkRefused, Link: link, App: "ward", Bad: true, Text: fmt.Sprintf("%s was refused: %s", link, why)})
}

// Fill makes a link hold so many of the 256 tokens of its window.
func (w *Ward) Fill(link flow.LinkID, held int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.full[link] = held
}

// Suspect makes a host one that has not answered lately, or again one that has.
func (w *Ward) Suspect(node flow.NodeID, on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.suspected[node] = on
}

// Lack makes the first rule check a shadow, as if no host offered rules, or
// again an actor that runs.
func (w *Ward) Lack(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lacking = on
}

// Spill puts so many tokens on the disk of bedside, on the way from the first
// collector to its rule check; less than 0 takes the spool away.
func (w *Ward) Spill(tokens int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spilled = tokens
}

// Replicate gives a rule check so many replicas, as [Ward.Scale] does.
func (w *Ward) Replicate(id flow.ActorID, replicas int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replicas[id] = replicas
}

// Fail makes every method return err, until it is nil again.
func (w *Ward) Fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
}

// Did lists what was changed through the API: "deploy ward by URI".
func (w *Ward) Did() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.did)
}

// Check finds fault with every line that has the word "nosuch", and notes what
// it is.
func (w *Ward) Check(_ context.Context, d control.Deployment) ([]control.Issue, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return check(d.File, d.Script), w.err
}

func check(name, script string) []control.Issue {
	issues := []control.Issue{{File: name, Line: 1, Col: 1, Severity: "note", Code: "WF0308", Msg: "a script that only looks like one"}}
	for i, line := range strings.Split(script, "\n") {
		if col := strings.Index(line, "nosuch"); col >= 0 {
			issues = append(issues, control.Issue{File: name, Line: i + 1, Col: col + 1, Severity: "error", Code: "WF0102",
				Msg: "unknown actor type nosuch", Hint: "did you mean ward.Sensor?"})
		}
	}
	return issues
}

// Plan starts everything on the hosts of the ward. A script with the word
// "nowhere" has an actor that no host is fit for. Of an application that runs,
// a script with the word "stricter" changes a rule check, and one with the word
// "quiet" has no log any more.
func (w *Ward) Plan(_ context.Context, d control.Deployment) (*control.PlanResult, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.refuse(d); err != nil {
		return nil, err
	}
	plan := &control.PlanResult{App: d.Name, Links: linksOf(d.Name)}
	_, runs := w.apps[d.Name]
	for _, a := range actorsOf(d.Name) {
		p := control.Planned{ID: a.id, Type: a.typ, Node: a.node, Change: control.ChangeStart, Why: a.why}
		if runs {
			p.Change, p.From, p.Difference = control.ChangeKeep, a.node, control.Kept
		}
		plan.Actors = append(plan.Actors, p)
	}
	if runs {
		differ(plan, d.Script)
	}
	return plan, nil
}

// differ makes a plan one of a new version of what runs.
func differ(plan *control.PlanResult, script string) {
	for i := range plan.Actors {
		p := &plan.Actors[i]
		switch {
		case strings.Contains(script, "stricter") && strings.HasSuffix(string(p.ID), ":bed1:check"):
			p.Difference, p.Changes = control.Changed, []string{"argument max was 3 and is 4"}
		case strings.Contains(script, "quiet") && strings.HasSuffix(string(p.ID), ":log"):
			p.Change, p.Difference, p.Node, p.Why = control.ChangeStop, control.Removed, "", nil
		}
	}
	if strings.Contains(script, "quiet") {
		var kept []flow.Link
		for _, l := range plan.Links {
			if l.From.Port == "refused" {
				plan.LinksRemoved = append(plan.LinksRemoved, l)
			} else {
				kept = append(kept, l)
			}
		}
		plan.Links = kept
	}
}

func (w *Ward) refuse(d control.Deployment) error {
	if w.err != nil {
		return w.err
	}
	if e := (&control.ScriptError{Issues: check(d.File, d.Script)}); len(e.Mistakes()) > 0 {
		return e
	}
	if strings.Contains(d.Script, "nowhere") {
		return fmt.Errorf("%s:door needs the capability io.gpio, which no node offers: %w", d.Name, control.ErrUnplaceable)
	}
	return nil
}

// Deploy runs one more ward under another name.
func (w *Ward) Deploy(_ context.Context, by flow.Identity, d control.Deployment) (*control.App, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.refuse(d); err != nil {
		return nil, err
	}
	if err := w.majority(); err != nil {
		return nil, err
	}
	w.did = append(w.did, "deploy "+d.Name+" by "+by.URI)
	app := w.add(d.Name, by.URI, w.now())
	app.Script = d.Script
	w.apps[d.Name] = app
	return &app, nil
}

// Stop removes an application.
func (w *Ward) Stop(_ context.Context, by flow.Identity, app string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if _, ok := w.apps[app]; !ok {
		return fmt.Errorf("application %q: %w", app, control.ErrNotFound)
	}
	if err := w.majority(); err != nil {
		return err
	}
	w.did = append(w.did, "stop "+app+" by "+by.URI)
	delete(w.apps, app)
	w.log(w.now(), control.Event{Kind: control.AppStopped, App: app, Peer: by.URI, Text: app + " was stopped"})
	return nil
}

// Snapshot shows the ward as it is by its clock.
func (w *Ward) Snapshot(ctx context.Context) (*control.Snapshot, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return nil, w.err
	}
	if ctx.Err() != nil {
		return nil, errors.New("nobody waits for it")
	}
	now := w.now()
	t := max(0, now.Sub(Begin).Seconds())
	s := &control.Snapshot{At: now, Node: "ward", Nodes: w.nodes(), Events: slices.Clone(w.events)}
	for _, name := range slices.Sorted(maps.Keys(w.apps)) {
		app, actors := w.apps[name], w.actors(name, t)
		app.Actors, app.Running = len(actors), len(actors)
		for _, a := range actors {
			if a.State != control.Running {
				app.Running--
				app.State, app.Why = a.State, a.LastError
			}
		}
		s.Apps = append(s.Apps, app)
		s.Actors = append(s.Actors, actors...)
		s.Links = append(s.Links, w.links(name, t)...)
	}
	s.Refusals = refusals(now, t)
	s.Chains, s.Checks, s.Alarms = w.chains(t), w.checks(now, t), slices.Clone(w.alarms)
	s.Chain = &s.Chains[1]
	s.Register = w.register(880 + uint64(3*t))
	s.Store = &control.StoreState{Readings: uint64(46 * t), Windows: uint64(t / 5), Refused: uint64(t / 9), Waiting: 40 + uint64(20*math.Sin(t/3)), Bytes: 310_000 + uint64(2900*t)}
	return s, nil
}
