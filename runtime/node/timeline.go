package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// The chronicle is written down when something has changed, and every minute, so
// that after a restart it is known until when the node ran.
const (
	timelineFile = "timeline.json"
	lookAround   = time.Second
	noteEach     = time.Minute
)

// Timeline is how the nodes have been.
func (n *Node) Timeline(context.Context) (*control.Timeline, error) {
	since, spans := n.chronicle.whole()
	return &control.Timeline{At: time.Now().UTC(), Node: n.cfg.Node, Since: since, Spans: spans}, nil
}

// keepChronicle watches how the nodes are until ctx ends.
func (n *Node) keepChronicle(ctx context.Context) {
	file := filepath.Join(n.cfg.Dir, timelineFile)
	if err := n.chronicle.load(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		n.log.Warn("the timeline of before is not known", "file", file, "err", err)
	}
	tick := time.NewTicker(lookAround)
	defer tick.Stop()
	var noted time.Time
	note := func(now time.Time, always bool) {
		if err := n.chronicle.save(file, now.UTC(), always); err != nil {
			n.log.Debug("the timeline is not on disk", "err", err)
		}
		noted = now
	}
	for {
		now, changed := time.Now(), n.members.Changed()
		n.lookAround(now.UTC())
		note(now, now.Sub(noted) >= noteEach)
		select {
		case <-ctx.Done():
			note(time.Now(), true)
			return
		case <-changed:
		case <-tick.C:
		}
	}
}

// lookAround notes how the nodes are now, and tells of what nobody else does: who
// leads, and who is late with an answer.
func (n *Node) lookAround(now time.Time) {
	view, st := n.view(), n.register.Status()
	there := map[flow.NodeID]bool{}
	for _, m := range n.members.All() {
		if gone(view, m.ID, m.Boot) {
			continue
		}
		there[m.ID] = true
		s := n.nodeState(view, m, st)
		news := n.chronicle.see(now, track{node: m.ID}, control.SpanState(s.Condition()), s.Why)
		if news && s.Condition() == string(control.SpanSuspected) {
			n.events.about(control.NodeSuspected, m.ID, fmt.Sprintf("node %s has not answered lately", m.ID))
		}
		leads := control.SpanState("")
		if st.Leader == m.ID {
			leads = control.SpanLeads
		}
		if n.chronicle.see(now, track{node: m.ID, leads: true}, leads, "") && leads != "" {
			n.events.about(control.LeaderNew, m.ID, fmt.Sprintf("node %s leads the register", m.ID))
		}
	}
	n.chronicle.keep(now, func(id flow.NodeID) bool { return there[id] })
	lacking, why := control.SpanState(""), ""
	if err := n.majority(); err != nil && n.synced.Load() {
		lacking, why = control.SpanLacking, err.Error()
	}
	n.chronicle.see(now, track{}, lacking, why)
}
