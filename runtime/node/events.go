package node

import (
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

func (e *events) add(kind control.EventKind, actor flow.ActorID, link flow.LinkID, text string) {
	bad := kind == control.ActorFault || kind == control.LinkRefused || kind == control.NodeDown || kind == control.ReadingsAmiss || kind == control.RuleDoubted
	app := actor.App()
	if l, err := flow.ParseLinkID(link); err == nil {
		app = l.From.Actor.App()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last++
	e.list = append(e.list, control.Event{Seq: e.last, At: time.Now().UTC(), Kind: kind, Text: text, Bad: bad,
		Node: e.node, App: app, Actor: actor, Link: link})
	if len(e.list) > control.MaxEvents {
		e.list = append(e.list[:0], e.list[len(e.list)-control.MaxEvents:]...)
	}
}

func (e *events) newest() []control.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]control.Event(nil), e.list...)
}
