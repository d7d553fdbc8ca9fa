package node

import (
	"fmt"
	"slices"
	"sync"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// alarms are what the stores of this node have raised, oldest first.
type alarms struct {
	mu   sync.Mutex // guards list
	list []control.Alarm
}

// add takes an alarm, or the end of one.
func (a *alarms) add(actor flow.ActorID, in flow.Alarm) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if in.Over {
		for i := range a.list {
			if old := &a.list[i]; old.Actor == actor && old.Kind == in.Kind && old.Device == in.Device &&
				old.Stream == in.Stream && old.Until.IsZero() {
				old.Until = in.At
			}
		}
		return
	}
	a.list = append(a.list, control.Alarm{Alarm: in, Actor: actor})
	if len(a.list) > control.MaxAlarms {
		a.list = append(a.list[:0], a.list[len(a.list)-control.MaxAlarms:]...)
	}
}

// newest is a copy, newest first.
func (a *alarms) newest() []control.Alarm {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := slices.Clone(a.list)
	slices.Reverse(list)
	return list
}

// Alarm takes what a store says of the readings that come, or don't. It goes on
// record as something that the collector is to answer for; the event names no
// device, as everybody sees it who may see the cluster.
func (j judging) Alarm(a flow.Alarm) { j.raise(j.actor, a) }

func (n *Node) raise(actor flow.ActorID, a flow.Alarm) {
	n.alarms.add(actor, a)
	who := a.Who
	if who == "" {
		who = "a collector that no window has named yet"
	}
	if a.Over {
		n.events.add(control.ReadingsMended, actor, "", fmt.Sprintf("the %s of a stream that comes by %s was over", a.Kind, who))
		return
	}
	n.audit(flow.AuditEvent{Kind: flow.AuditReading, Who: a.Who, Proven: a.Who != "", Actor: actor,
		What: "hand on what a device has measured", Why: a.Text})
	n.events.add(control.ReadingsAmiss, actor, "", fmt.Sprintf("store %s raised an alarm: a %s in what comes by %s", actor, a.Kind, who))
}
