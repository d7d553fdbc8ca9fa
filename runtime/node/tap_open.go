package node

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/tap"
)

// opened is a sealed reading or window as a tap shows it. Nothing of it is
// verified: it is what flows on the link.
func opened(s flow.Sealed) (flow.Value, bool) {
	switch s.Kind {
	case proof.KindReading:
		r, err := proof.OpenReading(s)
		if err != nil {
			return nil, false
		}
		return tap.OfReading(&r.Reading, kindNames[r.Kind]), true
	case proof.KindWindow:
		w, err := proof.OpenWindow(s)
		if err != nil {
			return nil, false
		}
		return map[string]any{"$window": windowShown(w)}, true
	}
	return nil, false
}

// windowShown is a window without its leaves and certificates: whose it is, what
// it spans, and what was found of its readings.
func windowShown(w *proof.Window) map[string]any {
	d := map[string]any{"patient": w.Patient, "encounter": w.Encounter, "collector": w.Head.Collector, "number": int64(w.Number),
		"first": instant(w.First), "last": instant(w.Last), "readings": int64(w.Count), "closed": instant(w.Closed)}
	var streams []any
	for _, s := range w.Spans {
		streams = append(streams, map[string]any{"device": s.Device, "stream": s.Name, "kind": s.Kind, "name": kindNames[s.Kind],
			"first": int64(s.First), "last": int64(s.Last)})
	}
	d["streams"] = streams
	if len(w.Judgments) == 0 {
		return d
	}
	accepted := int64(0)
	var refused []any
	for _, f := range w.Judgments[len(w.Judgments)-1].Findings {
		if f.OK() {
			accepted++
			continue
		}
		refused = append(refused, refusedShown(&f))
	}
	d["accepted"], d["refused"] = accepted, refused
	return d
}

// refusedShown is a reading of a window that was refused.
func refusedShown(f *proof.Finding) map[string]any {
	d := map[string]any{"reason": f.Reason.String(), "clause": f.Clause, "rule": f.Rule, "version": int64(f.Version), "block": int64(f.Block)}
	if r := f.Refused; r != nil {
		d["device"], d["stream"], d["kind"], d["unit"], d["at"] = r.Device, r.Name, r.Kind, r.Unit, instant(r.At)
		d["low"], d["high"] = float64(r.Low)/1e6, float64(r.High)/1e6
	}
	return d
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
