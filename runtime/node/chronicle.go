package node

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/durable"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A chronicle is how the nodes have been, as this one sees them. It reads no clock:
// whoever holds it says what is so and when. It is kept on disk, so that a restart
// shows as a gap and not as the beginning of everything.
type chronicle struct {
	mu      sync.Mutex // guards what follows
	since   time.Time  // what was before is not known
	started time.Time  // when this run began to see
	spans   []control.Span
	open    map[track]int // which of the spans goes on, by what it is about
	dirty   bool          // the disk has less
}

// A track is what can be in one state at a time.
type track struct {
	node  flow.NodeID // "": the cluster
	leads bool        // whether it leads, and not how it is
}

// How long a span is remembered, and how soon after a start a node may think better
// of the others.
const (
	spansFor   = 7 * 24 * time.Hour
	firstWords = 3 * time.Second
)

func newChronicle() *chronicle { return &chronicle{open: map[track]int{}} }

// see says how something is at a time; state "" is nothing worth a span. It reports
// whether that is news.
func (c *chronicle) see(now time.Time, of track, state control.SpanState, why string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.since.IsZero() {
		c.since = now
	}
	if c.started.IsZero() {
		c.started = now
	}
	i, on := c.open[of]
	if on && c.spans[i].State == state {
		if why != "" {
			c.spans[i].Why = why // the newest words: for how long it has not answered
		}
		return false
	}
	if on && state != "" && now.Sub(c.spans[i].From) < firstWords && c.first(i) {
		c.spans[i].State, c.spans[i].Why, c.dirty = state, why, true
		return true
	}
	if on {
		c.spans[i].Until = now
		delete(c.open, of)
		c.dirty = true
	}
	if state == "" {
		return on
	}
	c.open[of] = len(c.spans)
	c.spans = append(c.spans, control.Span{Node: of.node, State: state, Why: why, From: now})
	c.dirty = true
	c.forget(now)
	return true
}

// first reports whether nothing is known of a span's track from before it. What a
// node believes of others as it starts is an echo of its last run.
func (c *chronicle) first(i int) bool {
	for _, s := range c.spans[:i] {
		if trackOf(s) == trackOf(c.spans[i]) && !s.Until.Before(c.started) {
			return false
		}
	}
	return true
}

// forget drops spans that ended long ago, and the oldest of too many.
func (c *chronicle) forget(now time.Time) {
	old := func(s control.Span, than time.Duration) bool { return !s.Until.IsZero() && now.Sub(s.Until) > than }
	drop := 0 // a good many at once, and then none for a while
	if len(c.spans) > control.MaxSpans {
		drop = len(c.spans) - control.MaxSpans*9/10
	} else if !old(c.spans[0], spansFor*21/20) {
		return
	}
	kept := c.spans[:0]
	for i, s := range c.spans {
		if old(s, spansFor) || i < drop && !s.Until.IsZero() {
			c.since = maxTime(c.since, s.Until)
			continue
		}
		kept = append(kept, s)
	}
	if len(kept) == len(c.spans) {
		return
	}
	c.spans = kept
	clear(c.open)
	for i, s := range kept {
		if s.Until.IsZero() {
			c.open[trackOf(s)] = i
		}
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func trackOf(s control.Span) track { return track{s.Node, s.State == control.SpanLeads} }

// keep ends the tracks of nodes that are not there any more.
func (c *chronicle) keep(now time.Time, there func(flow.NodeID) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for of, i := range c.open {
		if of.node != "" && !there(of.node) {
			c.spans[i].Until = now
			delete(c.open, of)
			c.dirty = true
		}
	}
}

// whole is a copy.
func (c *chronicle) whole() (since time.Time, spans []control.Span) {
	c.mu.Lock()
	defer c.mu.Unlock()
	spans = slices.Clone(c.spans)
	slices.SortStableFunc(spans, func(a, b control.Span) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Node, b.Node)) })
	return c.since, spans
}

// A chronicleFile is a chronicle on disk.
type chronicleFile struct {
	Since time.Time      `json:"since"`
	At    time.Time      `json:"at"` // when it was written: until then the node ran
	Spans []control.Span `json:"spans"`
}

// mostChronicle is how much of such a file is read, in bytes.
const mostChronicle = 4 << 20

// save writes it, if there is news.
func (c *chronicle) save(file string, now time.Time, always bool) error {
	c.mu.Lock()
	if !c.dirty && !always {
		c.mu.Unlock()
		return nil
	}
	b, err := json.Marshal(chronicleFile{c.since, now, c.spans})
	c.dirty = false
	c.mu.Unlock()
	if err != nil {
		return err
	}
	return durable.Replace(file, b, 0o600)
}

// load reads what an earlier run has written. What went on then, ended with it for
// all we know. A file that makes no sense is an error, and changes nothing.
func (c *chronicle) load(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, mostChronicle))
	if err != nil {
		return err
	}
	return c.read(b)
}

func (c *chronicle) read(b []byte) error {
	var had chronicleFile
	if err := json.Unmarshal(b, &had); err != nil {
		return err
	}
	for i := range had.Spans {
		s := &had.Spans[i]
		if s.Until.IsZero() {
			s.Until = had.At
		}
		if s.State == "" || s.From.Before(had.Since) || s.Until.Before(s.From) || s.Until.After(had.At) {
			return fmt.Errorf("span %d of %d, from %v to %v, can't be", i, len(had.Spans), s.From, s.Until)
		}
	}
	if drop := len(had.Spans) - control.MaxSpans; drop > 0 {
		had.Spans = had.Spans[drop:]
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since, c.spans = had.Since, had.Spans
	clear(c.open)
	return nil
}
