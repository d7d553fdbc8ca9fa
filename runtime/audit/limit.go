package audit

import (
	"net"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// How many events of one source are written one by one: so many at once, and one
// more every so often. Whoever must be refused a thousand times a second would
// otherwise fill the files, and what he did first would be gone from them.
const (
	burst    = 100
	regain   = 5 * time.Second
	maxWhos  = 1024             // sources that are told apart
	sumEvery = 10 * time.Second // how often the others of a source are summed up
)

// A source is who is behind some events of a kind. What is not proven can be
// claimed differently each time, so there only the address counts.
type source struct {
	kind    flow.AuditKind
	who     string
	refused bool
}

func sourceOf(e flow.AuditEvent) source {
	s := source{kind: e.Kind, who: e.Who, refused: e.Refused()}
	if !e.Proven {
		s.who = e.From
		if host, _, err := net.SplitHostPort(e.From); err == nil {
			s.who = host
		}
	}
	return s
}

// A limiter says which events are written one by one, and counts the others.
type limiter struct {
	sources map[source]*tally
}

type tally struct {
	left float64 // events that may be written one by one
	seen time.Time
	more uint64 // that were not
	last flow.AuditEvent
}

// take reports whether e is written by itself; otherwise it is counted.
func (l *limiter) take(e flow.AuditEvent, now time.Time) bool {
	key := sourceOf(e)
	t := l.sources[key]
	if t == nil && len(l.sources) >= maxWhos {
		key.who = ""
		t = l.sources[key] // kinds are few, and made by us
	}
	if t == nil {
		t = &tally{left: burst, seen: now}
		l.sources[key] = t
	}
	t.left = min(burst, t.left+float64(now.Sub(t.seen))/float64(regain))
	t.seen = now
	if t.left >= 1 {
		t.left--
		return true
	}
	t.more++
	t.last = e
	return false
}

// sums are the events that were counted since the last time, and forgets sources
// that have been quiet for long.
func (l *limiter) sums(now time.Time) (sums []Entry) {
	for key, t := range l.sources {
		if t.more > 0 {
			sums = append(sums, Entry{Event: &t.last, More: t.more})
			l.sources[key] = &tally{left: t.left, seen: t.seen}
		} else if now.Sub(t.seen) > burst*regain {
			delete(l.sources, key)
		}
	}
	return sums
}
