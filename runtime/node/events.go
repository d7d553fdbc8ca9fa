package node

import (
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// events are what happened on this node lately, oldest first.
type events struct {
	node flow.NodeID

	mu   sync.Mutex // guards what follows
	last uint64
	list []control.Event
}

// troubles are the kinds of event that somebody should look into.
var troubles = []control.EventKind{control.ActorFault, control.LinkRefused, control.NodeDown, control.NodeSuspected, control.ReadingsAmiss,
	control.RuleDoubted, control.MajorityLost}

func (e *events) add(kind control.EventKind, actor flow.ActorID, link flow.LinkID, text string) {
	app := actor.App()
	if l, err := flow.ParseLinkID(link); err == nil {
		app = l.From.Actor.App()
	}
	e.put(control.Event{Kind: kind, Text: text, App: app, Actor: actor, Link: link})
}

// of tells of what happened to an application.
func (e *events) of(kind control.EventKind, app, text string) {
	e.put(control.Event{Kind: kind, Text: text, App: app})
}

// about tells of what happened to a node.
func (e *events) about(kind control.EventKind, node flow.NodeID, text string) {
	e.put(control.Event{Kind: kind, Text: text, About: node})
}

// put adds an event, of which the number, the time and who tells are filled in.
func (e *events) put(ev control.Event) {
	ev.Bad = slices.Contains(troubles, ev.Kind)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last++
	ev.Seq, ev.At, ev.Node = e.last, time.Now().UTC(), e.node
	e.list = append(e.list, ev)
	if len(e.list) > control.MaxEvents {
		e.list = append(e.list[:0], e.list[len(e.list)-control.MaxEvents:]...)
	}
}

func (e *events) newest() []control.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]control.Event(nil), e.list...)
}
