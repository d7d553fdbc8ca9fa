package demo

import (
	"strings"

	"github.com/wardflow/wardflow/runtime/control"
)

// A tally adds up what went through the ward in this run. Nodes count since an
// actor's last start, so what is added is what has come since the snapshot
// before, also when an actor was started anew in between.
type tally struct {
	sent, accepted uint64
	refused        map[string]uint64 // by reason
	perSecond      float64           // sensors' readings, lately

	last map[string]uint64 // by what is counted
}

func (t *tally) refusedAll() uint64 {
	var n uint64
	for _, c := range t.refused {
		n += c
	}
	return n
}

// add takes the next snapshot.
func (t *tally) add(s *control.Snapshot) {
	if t.last == nil {
		t.last, t.refused = map[string]uint64{}, map[string]uint64{}
	}
	t.perSecond = 0
	for _, l := range s.Links {
		if typ := typeOf(s, l); strings.HasPrefix(typ, "sensor.") || typ == "ward.Intake" {
			t.sent += t.since("sent "+string(l.ID), l.Tokens)
			t.perSecond += l.PerSecond
		}
	}
	for _, a := range s.Actors {
		if a.Judged == nil || a.Type != "ward.RuleCheck" {
			continue
		}
		t.accepted += t.since("accepted "+string(a.ID), a.Judged.Accepted)
		for reason, n := range a.Judged.Refused {
			if more := t.since(reason+" "+string(a.ID), n); more > 0 {
				t.refused[reason] += more
			}
		}
	}
}

// since is how much has come since the last time: all of it when the count has
// begun again.
func (t *tally) since(what string, now uint64) uint64 {
	then := t.last[what]
	t.last[what] = now
	if now < then {
		return now
	}
	return now - then
}

// typeOf is the actor type that a link starts at.
func typeOf(s *control.Snapshot, l control.LinkState) string {
	for _, a := range s.Actors {
		if a.ID == l.From.Actor {
			return a.Type
		}
	}
	return ""
}
