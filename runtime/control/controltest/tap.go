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
	wave             bool
}{
	"ecg":     {"11524-6", "ECG", "mV", 0, 1.1, true},
	"hr":      {"8867-4", "heart rate", "/min", 74, 5, false},
	"spo2":    {"59408-5", "oxygen saturation", "%", 97, 1.5, false},
	"temp":    {"8310-5", "body temperature", "Cel", 36.9, 0.3, false},
	"glucose": {"99504-3", "interstitial glucose", "mmol/L", 5.6, 0.9, false},
}

// sample is how far apart the samples of a wave are.
const sample = 4 * time.Millisecond

// beat is an electrocardiogram at a moment, in seconds, within about -0.2 and 1.
func beat(at float64) float64 {
	at = math.Mod(at, 60./74)
	bump := func(mid, width, height float64) float64 { return height * math.Exp(-(at-mid)*(at-mid)/(2*width*width)) }
	return bump(0.18, 0.025, 0.12) - bump(0.27, 0.008, 0.14) + bump(0.30, 0.010, 1) - bump(0.33, 0.009, 0.22) + bump(0.52, 0.045, 0.28)
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

	seq   uint64    // of Next alone
	next  time.Time // when there is something
	begun time.Time // by the ward's clock
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
	t := &tapping{w: w, by: by, link: l, quit: make(chan struct{}), next: time.Now(), begun: w.now(),
		about: control.TapAbout{Link: q.Link, Node: w.nodeOf(l.From.Actor), Until: w.now().Add(tap.For)}}
	how := "with whom they are of"
	if !q.Patients {
		t.mask, how = tap.NewMask(make([]byte, tap.KeySize), nil), "masked"
	}
	local := l.From.Actor.Local()
	whole := !strings.Contains("ecg hr spo2 temp glucose", local[strings.LastIndexByte(local, ':')+1:])
	for _, m := range monitors[0] {
		if whole || strings.HasSuffix(local, ":"+m.name) {
			t.beds = append(t.beds, m.name)
		}
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
	busy := t.link.From.Actor.Local() == "bed3:collector" // which carries more than can be shown
	room := tap.Room
	if busy {
		room = 1 // so that it is told after each how many are not shown, however slow the host is
	}
	for now := time.Now(); !t.next.After(now) && len(b.Tokens) < room; t.next = t.next.Add(TapPace) {
		t.seq++
		shown := tap.Show(t.link.From.Port, t.value(), t.mask, nil)
		b.Tokens = append(b.Tokens, control.TapToken{At: t.at().UTC(), Seq: t.seq, Port: t.link.From.Port,
			Value: shown.JSON, Truncated: shown.Truncated, Masked: shown.Masked})
	}
	b.Seen = uint64(len(b.Tokens))
	if busy {
		b.Thinned = 2 * b.Seen
		b.Seen += b.Thinned
	}
	return b, nil
}

// at is when the newest token was made.
func (t *tapping) at() time.Time { return t.begun.Add(time.Duration(t.seq-1) * TapPace) }

// value is what the newest token carries.
func (t *tapping) value() flow.Value {
	name := t.beds[int(t.seq)%len(t.beds)]
	if t.link.From.Port == "refused" {
		return map[string]any{"refused": map[string]any{"by": "check", "reason": "too low", "clause": "1.1 Cel is below 25 Cel", "patient": "p-17",
			"device": "3414257BF400000000001F4A", "stream": "temp", "kind": "8310-5", "unit": "Cel", "value": "1.1", "taken": t.at().UTC().Format(time.RFC3339Nano)}}
	}
	s := signals[name]
	r := &flow.Reading{Device: fmt.Sprintf("3414257BF400000000001F%02X", 0x4A+2*(int(t.seq)%len(t.beds))), Stream: name, Seq: t.seq, Kind: s.kind, Unit: s.unit, At: t.at(), Scale: 1000}
	since := t.at().Sub(Begin).Seconds()
	if s.wave {
		r.Period = sample
		for i := range len(t.beds) * int(TapPace/sample) {
			r.Samples = append(r.Samples, int64(1000*s.swing*beat(since+float64(i)*sample.Seconds())))
		}
	} else {
		r.Samples = []int64{int64(1000 * (s.mean + s.swing*math.Sin(since/4+float64(len(name)))))}
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
