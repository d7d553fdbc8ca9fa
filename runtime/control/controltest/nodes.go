package controltest

import (
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// The hosts of the ward and its register.

func (w *Ward) nodes() []control.NodeState {
	var out []control.NodeState
	for i, n := range []flow.NodeInfo{
		{ID: "bedside", Attributes: place("3", "icu-3"), Capabilities: []string{"identities", "io.stdout", "recordings"}},
		{ID: "records", Attributes: place("0", "archive"), Capabilities: []string{"identities", "rules", "store"}},
		{ID: "ward", Attributes: place("3", "desk"), Capabilities: []string{"card", "chain", "identities", "rules"}},
	} {
		n.Boot, n.Door, n.Control = 1, fmt.Sprintf("10.1.3.%d:7001", i+10), fmt.Sprintf("10.1.3.%d:7443", i+10)
		why := w.down[n.ID]
		if why != "" && w.left[n.ID] {
			continue // it has gone for good
		}
		load := &control.NodeLoad{Cores: 4, Memory: 8 << 30, CPUUsed: 0.25 * float64(i), MemoryUsed: 0.25 + 0.25*float64(i)}
		s := control.NodeState{NodeInfo: n, Up: why == "", Since: Begin.Add(time.Duration(i) * 700 * time.Millisecond), Why: why,
			Suspected: w.suspected[n.ID] && why == "", Draining: w.drained[n.ID], Leaving: w.left[n.ID],
			Voter: slices.Contains(w.voters, n.ID), Leads: n.ID == "ward" && w.majority() == nil, Zone: "h1/" + n.Attributes["address"]["floor"],
			Load: load}
		if s.Up {
			s.Facts = w.facts(i, n.ID, load)
		}
		out = append(out, s)
	}
	return out
}

func place(floor, room string) flow.Attributes {
	return flow.Attributes{"address": {"floor": floor, "room": room}, "owner": {"organization": "h1.health.example"}}
}

func (w *Ward) register(index uint64) *control.RegisterState {
	r := &control.RegisterState{Leader: "ward", Term: 2, Index: index, Voters: slices.Clone(w.voters), Quorum: w.majority() == nil}
	up := 0
	for _, v := range w.voters {
		m := control.VoterState{Node: v, Up: w.down[v] == "", Since: Begin}
		if m.Up {
			up++
		} else {
			m.Since = w.downAt[v]
			if m.Since.After(r.LostSince) {
				r.LostSince = m.Since
			}
		}
		r.Members = append(r.Members, m)
	}
	if r.Quorum {
		r.MayLose, r.LostSince = up-len(w.voters)/2-1, time.Time{}
	} else {
		r.Leader = ""
	}
	return r
}
