package ward

import (
	"math"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A memory is what one judge remembers of what he has accepted: as much as his
// rules ask for, and no more streams and patients than its bounds. Beyond them
// those go of which nothing was accepted for longest: their next reading is
// judged as if it were the first. The zero value remembers nothing yet.
type memory struct {
	most     int // streams, and patients
	streams  map[proof.Stream]*trace
	patients map[string]*company
	clock    uint64 // counts what was accepted; orders what goes

	aside []flow.Beside // room for the last answer of beside
}

// mostTraces is how many streams the check of a few patients remembers, as its
// memory is part of each of its checkpoints; mostTracesStored how many a store
// does, which can look up what it has forgotten.
const (
	mostTraces       = 256
	mostTracesStored = 8192
)

// lastInstant is the last that a checkpoint can hold.
var lastInstant = time.Unix(0, math.MaxInt64)

// A trace is what was accepted last on a stream, the newest first.
type trace struct {
	used uint64
	past []flow.Past
	seq  []uint64 // their numbers
}

// A company is the newest that was accepted of each kind of a patient, by kind.
type company struct {
	used   uint64
	beside []flow.Beside
}

// knows reports whether anything was remembered, or looked up, of a stream.
func (m *memory) knows(of proof.Stream) bool { return m.streams[of] != nil }

// before is what was accepted on the stream before its number seq, the newest
// first. It is good until the next accept.
func (m *memory) before(of proof.Stream, seq uint64) []flow.Past {
	t := m.streams[of]
	if t == nil {
		return nil
	}
	i := 0
	for i < len(t.seq) && t.seq[i] >= seq {
		i++
	}
	return t.past[i:]
}

// beside is the newest of each other kind of the patient, by kind. It is good
// until the next call.
func (m *memory) beside(patient, kind string) []flow.Beside {
	c := m.patients[patient]
	if c == nil {
		return nil
	}
	i, found := c.find(kind)
	if !found {
		return c.beside
	}
	m.aside = append(append(m.aside[:0], c.beside[:i]...), c.beside[i+1:]...)
	return m.aside
}

func (c *company) find(kind string) (int, bool) {
	return slices.BinarySearchFunc(c.beside, kind, func(b flow.Beside, kind string) int { return compare(b.Kind, kind) })
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// accept remembers a reading: so many of its stream, and that of its kind
// beside others if any rule compares it.
func (m *memory) accept(patient string, r *proof.Reading, n needs) {
	if n.past == 0 && !slices.Contains(n.beside, r.Kind) {
		return
	}
	low, high := r.Range()
	p := flow.Past{At: r.At, End: r.End(), Low: low, High: high}
	if p.End.Before(p.At) || p.End.After(lastInstant) {
		p.End = p.At // such a time between samples is none
	}
	m.clock++
	if n.past > 0 {
		m.trace(r.Of()).add(p, r.Seq, n, m.clock)
	}
	if slices.Contains(n.beside, r.Kind) {
		m.company(patient).add(flow.Beside{Kind: r.Kind, Unit: r.Unit, Past: p}, m.clock)
	}
}

// trace is that of a stream, made if it is new.
func (m *memory) trace(of proof.Stream) *trace {
	t := m.streams[of]
	if t == nil {
		if m.streams == nil {
			m.streams = map[proof.Stream]*trace{}
		}
		prune(m.streams, m.most, func(t *trace) uint64 { return t.used })
		t = &trace{}
		m.streams[of] = t
	}
	return t
}

// same reports whether two readings lie no farther apart than within, 10⁻⁶ of
// the unit.
func same(a, b flow.Past, within int64) bool {
	near := func(x, y int64) bool { return uint64(max(x, y))-uint64(min(x, y)) <= uint64(within) }
	return near(a.Low, b.Low) && near(a.High, b.High)
}

func (m *memory) company(patient string) *company {
	c := m.patients[patient]
	if c == nil {
		if m.patients == nil {
			m.patients = map[string]*company{}
		}
		prune(m.patients, m.most, func(c *company) uint64 { return c.used })
		c = &company{}
		m.patients[patient] = c
	}
	return c
}

// add puts a reading where its number belongs: a stream comes in order, but a
// replay of it may not. One that is still the same as the newest makes that one
// last longer: a few readings then tell of hours in which nothing has moved.
func (t *trace) add(p flow.Past, seq uint64, n needs, now uint64) {
	most := min(n.past, flow.MaxPast)
	t.used = now
	if n.still != nil && len(t.seq) > 0 && seq > t.seq[0] && same(t.past[0], p, *n.still) {
		if t.past[0].End.Before(p.End) {
			t.past[0].End = p.End
		}
		t.seq[0] = seq
		return
	}
	i := 0
	for i < len(t.seq) && t.seq[i] > seq {
		i++
	}
	if i < len(t.seq) && t.seq[i] == seq {
		return
	}
	t.past, t.seq = slices.Insert(t.past, i, p), slices.Insert(t.seq, i, seq)
	if len(t.seq) > most {
		t.past, t.seq = t.past[:most], t.seq[:most]
	}
}

// add keeps the newest of its kind. A kind beyond the bound takes the place of
// the one whose last sample is oldest.
func (c *company) add(b flow.Beside, now uint64) {
	c.used = now
	i, found := c.find(b.Kind)
	switch {
	case found && b.End.Before(c.beside[i].End):
	case found:
		c.beside[i] = b
	default:
		if len(c.beside) == flow.MaxBeside {
			old := 0
			for k := range c.beside {
				if c.beside[k].End.Before(c.beside[old].End) {
					old = k
				}
			}
			c.beside = slices.Delete(c.beside, old, old+1)
			i, _ = c.find(b.Kind)
		}
		c.beside = slices.Insert(c.beside, i, b)
	}
}

// prune makes room for one more in a full map: a quarter goes at once, those
// used longest ago.
func prune[K comparable, V any](of map[K]V, most int, used func(V) uint64) {
	if len(of) < most {
		return
	}
	all := make([]uint64, 0, len(of))
	for _, v := range of {
		all = append(all, used(v))
	}
	slices.Sort(all)
	last := all[min(len(all)/4, len(all)-1)]
	for k, v := range of {
		if used(v) <= last {
			delete(of, k)
		}
	}
}

// needs say what rules ask to be remembered of the readings of a kind.
type needs struct {
	past   int      // how many on the same stream
	beside []string // the kinds that any rule compares with others of the patient
	still  *int64   // 10⁻⁶ of the unit within which readings are one that lasts; nil: none are
}

// needsOf asks the rules. Rules without the method look at each reading alone.
func needsOf(rules Rules, kind string) (n needs) {
	if r, ok := rules.(interface {
		Remember(kind string) (past int, beside []string)
	}); ok {
		n.past, n.beside = r.Remember(kind)
	}
	if r, ok := rules.(interface {
		Still(kind string) (within int64, asked bool)
	}); ok {
		if within, asked := r.Still(kind); asked {
			n.still = &within
		}
	}
	return n
}
