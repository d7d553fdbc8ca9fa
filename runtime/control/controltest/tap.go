package controltest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/tap"
)

// What flows in the ward, as who taps a link sees it: readings of the bed that
// the link is of, masked as the real ones are, and of refused ones their
// refusals.

// signals are what the sensors of a bed measure.
var signals = map[string]struct {
	kind, name, unit string
	mean, swing      float64 // in the unit
	samples          int     // of a reading
}{
	"ecg":     {"11524-6", "ECG", "mV", 0, 1.1, 250},
	"hr":      {"8867-4", "heart rate", "/min", 74, 5, 1},
	"spo2":    {"59408-5", "oxygen saturation", "%", 97, 1.5, 1},
	"temp":    {"8310-5", "body temperature", "Cel", 36.9, 0.3, 1},
	"glucose": {"99504-3", "interstitial glucose", "mmol/L", 5.6, 0.9, 1},
}

// A tapping is a tap of one link.
type tapping struct {
	w     *Ward
	by    flow.Identity
	about control.TapAbout
	mask  *tap.Mask
	link  flow.Link
	beds  []string // the sensors that the link carries

	once sync.Once
	quit chan struct{}

	seq  uint64    // of Next alone
	next time.Time // when there is something
}

// TapPace is how far apart the ward gives the tokens of a tap.
const TapPace = 100 * time.Millisecond

// Tap shows made-up readings, from the first on.
func (w *Ward) Tap(_ context.Context, by flow.Identity, q control.TapQuery) (control.Tapping, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return nil, w.err
	}
	l, err := flow.ParseLinkID(q.Link)
	if err != nil {
		return nil, err
	}
	app := l.From.Actor.App()
	if _, ok := w.apps[app]; !ok || !slices.ContainsFunc(w.joins(app), func(x flow.Link) bool { return x.ID() == q.Link }) {
		return nil, fmt.Errorf("link %s: %w", q.Link, control.ErrNotFound)
	}
	t := &tapping{w: w, by: by, link: l, quit: make(chan struct{}), next: time.Now(),
		about: control.TapAbout{Node: w.nodeOf(l.From.Actor), Until: w.now().Add(tap.For)}}
	how := "with whom they are of"
	if !q.Patients {
		t.mask, how = tap.NewMask(make([]byte, tap.KeySize), nil), "masked"
	}
	for _, bed := range monitors {
		for _, m := range bed {
			if local := l.From.Actor.Local(); strings.HasSuffix(local, ":"+m.name) || !strings.Contains("ecg hr spo2 temp glucose", local[strings.LastIndexByte(local, ':')+1:]) {
				t.beds = append(t.beds, m.name)
			}
		}
		break
	}
	w.did = append(w.did, fmt.Sprintf("tap %s %s by %s", q.Link, how, by.URI))
	return t, nil
}

// nodeOf is where an actor of the ward runs; the lock is held.
func (w *Ward) nodeOf(id flow.ActorID) flow.NodeID {
	for _, r := range w.running(id.App()) {
		if r.id == id {
			return r.node
		}
	}
	return ""
}

// About is the tap.
func (t *tapping) About() control.TapAbout { return t.about }

// Next gives a token for each [TapPace] that has gone by.
func (t *tapping) Next(ctx context.Context) (*control.TapBatch, error) {
	wait := time.NewTimer(time.Until(t.next))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-t.quit:
		return nil, errors.New("the tap is closed")
	}
	b := &control.TapBatch{}
	for now := time.Now(); !t.next.After(now) && len(b.Tokens) < tap.Room; t.next = t.next.Add(TapPace) {
		t.seq++
		shown := tap.Show(t.link.From.Port, t.value(), t.mask, nil)
		b.Tokens = append(b.Tokens, control.TapToken{At: t.w.now().UTC(), Seq: t.seq, Port: t.link.From.Port,
			Value: shown.JSON, Truncated: shown.Truncated, Masked: shown.Masked})
	}
	b.Seen = uint64(len(b.Tokens))
	if t.link.From.Actor.Local() == "bed3:collector" { // which carries more than can be shown
		b.Thinned = 2 * b.Seen
		b.Seen += b.Thinned
	}
	return b, nil
}

// value is what the next token carries.
func (t *tapping) value() flow.Value {
	n := float64(t.seq)
	name := t.beds[int(t.seq)%len(t.beds)]
	if t.link.From.Port == "refused" {
		return map[string]any{"refused": map[string]any{"by": "check", "reason": "too low", "clause": "1.1 Cel is below 25 Cel", "patient": "p-17",
			"device": "3414257BF400000000001F4A", "stream": "temp", "kind": "8310-5", "unit": "Cel", "value": "1.1", "taken": t.w.now().UTC().Format(time.RFC3339Nano)}}
	}
	s := signals[name]
	r := &flow.Reading{Device: fmt.Sprintf("3414257BF400000000001F%02X", 0x4A+2*(int(t.seq)%len(t.beds))), Stream: name, Seq: t.seq, Kind: s.kind, Unit: s.unit, At: t.w.now(), Scale: 1000}
	for i := range s.samples {
		at := n/10 + float64(i)/float64(s.samples)
		r.Samples = append(r.Samples, int64(1000*(s.mean+s.swing*math.Sin(at))))
	}
	if s.samples > 1 {
		r.Period = time.Second / time.Duration(s.samples)
	}
	reading := tap.OfReading(r, s.name)
	if strings.HasSuffix(string(t.link.From.Actor), ":"+name) {
		return reading
	}
	return map[string]any{"patient": "p-17", "reading": reading}
}

// Close ends it.
func (t *tapping) Close() {
	t.once.Do(func() {
		close(t.quit)
		t.w.mu.Lock()
		defer t.w.mu.Unlock()
		t.w.did = append(t.w.did, fmt.Sprintf("untap %s by %s", t.about.Link, t.by.URI))
	})
}
