package node

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/policy"
	"github.com/wardflow/wardflow/runtime/tap"
)

// The limits of taps on one node.
const (
	maxTaps   = 32               // at the same time
	tapUnread = 10 * time.Second // after which a tap that nobody reads ends
	tapWait   = time.Second      // that a question waits for a token
)

// taps are the links that are tapped here.
type taps struct {
	n     *Node
	known func(string) bool // words of the program, which name no one

	mu   sync.Mutex // guards what follows
	all  map[tapName]*tapped
	told map[tapName]farewell // of taps that this node has ended for good
	wake chan struct{}        // room for one: there is a first tap
	over bool                 // the node ends
}

// A tapName is a tap as a node that asks calls it: none reads another's.
type tapName struct {
	asker flow.NodeID
	id    string
}

// A farewell is why a tap was ended, for who asks for more.
type farewell struct {
	why string
	at  time.Time
}

// farewells are kept for so long: who asks does so each second.
const farewells = time.Minute

// A tapped link.
type tapped struct {
	by       flow.Identity
	link     flow.Link
	patients bool
	until    time.Time
	tap      *tap.Tap
	mask     *tap.Mask // nil: nothing is hidden
	stop     func()

	read time.Time // guarded by taps.mu: when somebody last read, or reads now
	busy bool      // guarded by taps.mu: somebody reads
}

func newTaps(n *Node) *taps {
	return &taps{n: n, known: tap.KnownOf(n.types), all: map[tapName]*tapped{}, told: map[tapName]farewell{}, wake: make(chan struct{}, 1)}
}

// answer serves a node that asks. It takes the word of voters only for who wants
// to see: that one is known to the node that people have asked, and to nobody
// else.
func (ts *taps) answer(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	n := ts.n
	if !n.votes(flow.NodeID(peer.Name)) {
		err := fmt.Errorf("node %s taps links for people and has no vote: they must ask a node that has one", peer.Name)
		n.audit(flow.AuditEvent{Kind: flow.AuditTap, Who: peer.URI, Proven: true, What: "tap a link of this node", Why: err.Error()})
		return nil, err
	}
	var a tapAsk
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("read what to tap: %w", err)
	}
	out, err := ts.serve(ctx, flow.NodeID(peer.Name), a)
	if err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// serve does what is asked about a tap, for this node or another.
func (ts *taps) serve(ctx context.Context, asker flow.NodeID, a tapAsk) (*tapAnswer, error) {
	name := tapName{asker, a.ID}
	switch a.Do {
	case "begin":
		return ts.begin(ctx, name, a)
	case "next":
		return ts.next(ctx, name)
	case "end":
		ts.end(name, "who looked has looked enough")
		return &tapAnswer{}, nil
	}
	return nil, fmt.Errorf("this node knows no %q of a tap", a.Do)
}

// begin taps a link, once that is on record.
func (ts *taps) begin(ctx context.Context, name tapName, a tapAsk) (*tapAnswer, error) {
	l, err := flow.ParseLinkID(a.Link)
	if err != nil {
		return nil, err
	}
	if len(a.Key) != tap.KeySize || a.ID == "" || len(a.ID) > 64 {
		return nil, fmt.Errorf("tap %s: a key of %d bytes, want %d, or a name of %d", a.Link, len(a.Key), tap.KeySize, len(a.ID))
	}
	if err := ts.may(a, l); err != nil {
		ts.n.audit(flow.AuditEvent{Kind: flow.AuditTap, Who: a.By.URI, Proven: true, What: "tap " + how(a.Patients), Why: err.Error(), Link: a.Link, Actor: l.From.Actor})
		return &tapAnswer{Refused: err.Error(), Denied: true}, nil
	}
	t := &tapped{by: a.By, link: l, patients: a.Patients, until: time.Now().Add(min(a.Left, tap.For)), tap: tap.New(), read: time.Now()}
	if !a.Patients {
		t.mask = tap.NewMask(a.Key, ts.known)
	}
	switch refused, there := ts.enter(name, t); {
	case refused != "":
		return &tapAnswer{Refused: refused}, nil
	case there:
		return &tapAnswer{}, nil
	case !ts.n.engine.Sends(a.Link): // who asks will ask again: that is no tap to put on record
		ts.leave(name)
		return &tapAnswer{Absent: true}, nil
	}
	if err := ts.record(ctx, t, "began to tap "+how(t.patients)); err != nil {
		ts.leave(name)
		return &tapAnswer{Refused: err.Error()}, nil
	}
	stop, err := ts.n.engine.Watch(a.Link, t.tap)
	if err != nil { // it has just gone, or has not come yet
		ts.end(name, "its giving actor does not run here")
		return &tapAnswer{Absent: true}, nil
	}
	ts.mu.Lock()
	t.stop = stop
	ts.mu.Unlock()
	ts.n.log.Info("link is tapped", "link", a.Link, "by", a.By.URI, "patients", a.Patients)
	return &tapAnswer{}, nil
}

// may decides once more, by this node's own policy: the other has asked its own.
func (ts *taps) may(a tapAsk, l flow.Link) error {
	deeds := []policy.Action{policy.ActionTap}
	if a.Patients {
		deeds = append(deeds, policy.ActionPatients)
	}
	for _, do := range deeds {
		if err := ts.n.may(a.By, policy.Deed{Do: do, Actor: l.From.Actor}); err != nil {
			return err
		}
	}
	return nil
}

// enter notes a tap, or says why there may be no other. It may be there already:
// who asked has not heard the answer.
func (ts *taps) enter(name tapName, t *tapped) (refused string, there bool) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	was := ts.all[name]
	switch {
	case ts.over:
		return "the node is stopping", false
	case was != nil && was.by.URI == t.by.URI && was.link.ID() == t.link.ID() && was.patients == t.patients:
		return "", true
	case was != nil:
		return "another tap is called so", false
	case len(ts.all) >= maxTaps:
		return fmt.Sprintf("%d links are tapped on %s already: end another tap first", maxTaps, ts.n.cfg.Node), false
	}
	t.stop = func() {}
	ts.all[name] = t
	select {
	case ts.wake <- struct{}{}:
	default:
	}
	return "", false
}

func (ts *taps) leave(name tapName) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	delete(ts.all, name)
}

// next waits a little for what a tap has to show.
func (ts *taps) next(ctx context.Context, name tapName) (*tapAnswer, error) {
	ts.mu.Lock()
	t, last := ts.all[name], ts.told[name]
	if t != nil {
		if t.busy {
			ts.mu.Unlock()
			return nil, fmt.Errorf("tap %s has a reader already", name.id)
		}
		t.busy = true
	}
	ts.mu.Unlock()
	if t == nil && last.why != "" {
		return &tapAnswer{Batch: control.TapBatch{Ended: last.why}}, nil
	}
	if t == nil {
		return &tapAnswer{Absent: true}, nil
	}
	wait, cancel := context.WithTimeout(ctx, tapWait)
	defer cancel()
	b, err := t.tap.Next(wait)
	ts.mu.Lock()
	t.busy, t.read = false, time.Now()
	ts.mu.Unlock()
	if err != nil {
		return &tapAnswer{}, ctx.Err()
	}
	out := &tapAnswer{Batch: ts.show(t, b)}
	ts.mu.Lock()
	_, over := ts.told[name]
	ts.mu.Unlock()
	if b.Ended != "" && !over { // the actor has gone from here
		ts.end(name, b.Ended)
		out.Absent, out.Batch.Ended = true, ""
	}
	return out, nil
}

// show writes what a tap has for people.
func (ts *taps) show(t *tapped, b tap.Batch) control.TapBatch {
	out := control.TapBatch{Counts: b.Counts, Ended: b.Ended}
	for _, tok := range b.Tokens {
		s := tap.Show(t.link.From.Port, tok.Value, t.mask, opened)
		out.Tokens = append(out.Tokens, control.TapToken{At: tok.Made.UTC(), Seq: tok.Seq, Port: t.link.From.Port,
			Value: s.JSON, Truncated: s.Truncated, Masked: s.Masked})
	}
	return out
}

// end ends a tap, and puts that on record.
func (ts *taps) end(name tapName, why string) {
	ts.mu.Lock()
	t := ts.all[name]
	delete(ts.all, name)
	var stop func()
	if t != nil {
		stop = t.stop
	}
	ts.mu.Unlock()
	if t == nil {
		return
	}
	stop()
	t.tap.End(why)
	ts.n.audit(t.event("ended to tap " + how(t.patients) + ": " + why))
	ts.n.log.Info("link is not tapped any more", "link", t.link.ID(), "by", t.by.URI, "why", why)
}

func how(patients bool) string {
	if patients {
		return "with what tells of whom"
	}
	return "with what tells of whom masked"
}

func (t *tapped) event(what string) flow.AuditEvent {
	return flow.AuditEvent{Kind: flow.AuditTap, Who: t.by.URI, Proven: true, What: what, Link: t.link.ID(), Actor: t.link.From.Actor}
}

// record puts the beginning of a tap on record and returns when it is on disk:
// what can't be recorded is not shown.
func (ts *taps) record(ctx context.Context, t *tapped, what string) error {
	if !ts.n.record.Add(t.event(what)) {
		return fmt.Errorf("%s has begun so many taps that they are not recorded one by one: wait a little", t.by.URI)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := ts.n.record.Flush(ctx); err != nil {
		return fmt.Errorf("it can't be put on record, and so is not tapped: %w", err)
	}
	return nil
}

// run ends taps whose time is over, that nobody reads, or whose reader may no
// more, until ctx ends; then all.
func (ts *taps) run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		look := tick.C
		ts.mu.Lock()
		if len(ts.all) == 0 {
			look = nil
		}
		ts.mu.Unlock()
		select {
		case <-ctx.Done():
			ts.close()
			return
		case <-ts.wake:
		case <-look:
		}
		ts.sweep(time.Now())
	}
}

func (ts *taps) sweep(now time.Time) {
	ts.mu.Lock()
	maps.DeleteFunc(ts.told, func(_ tapName, f farewell) bool { return time.Since(f.at) > farewells })
	all := maps.Clone(ts.all)
	unread := map[tapName]bool{}
	for name, t := range all {
		unread[name] = !t.busy && now.Sub(t.read) > tapUnread
	}
	ts.mu.Unlock()
	for name, t := range all {
		switch err := ts.may(tapAsk{By: t.by, Patients: t.patients}, t.link); {
		case err != nil:
			ts.finish(name, err.Error())
		case now.After(t.until):
			ts.finish(name, tapOver)
		case unread[name]:
			ts.finish(name, "nobody reads it")
		}
	}
}

// finish ends a tap for good: who asks is told why, and begins no other.
func (ts *taps) finish(name tapName, why string) {
	ts.mu.Lock()
	ts.told[name] = farewell{why, time.Now()}
	ts.mu.Unlock()
	ts.end(name, why)
}

func (ts *taps) close() {
	ts.mu.Lock()
	ts.over = true
	names := slices.Collect(maps.Keys(ts.all))
	ts.mu.Unlock()
	for _, name := range names {
		ts.end(name, "the node is stopping")
	}
}

var _ engine.Watcher = (*tap.Tap)(nil)
