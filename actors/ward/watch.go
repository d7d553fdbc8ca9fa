package ward

import (
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// Nobody between a device and the store can change a reading, but whoever is
// there can keep one back. A device numbers its readings and signs the numbers,
// so the store sees which are missing, which come late, and when none come at
// all, and says so with the name of the collector that they come by.

const (
	// silentLeast is how long a stream is silent at least before it is said.
	silentLeast = 15 * time.Second
	// lateMost is how late a reading may come that used to come in time, and
	// lateEnd how late one comes at most that does so again. A device that gives
	// many at once gives late ones first: lateFor is how long one in time may take
	// to follow.
	lateMost = 20 * time.Second
	lateEnd  = 10 * time.Second
	lateFor  = 3 * time.Second
	// gapWindows is how many windows of the patient are waited for before a
	// number is said to be missing: what the check has refused is in one of them.
	gapWindows = 2
	// mostWatched is how many streams are watched, mostGaps how many gaps of each.
	mostWatched = 4096
	mostGaps    = 64
	// forgetPause is about how long a pause between two readings is remembered,
	// and mostPause how long a silence is at most that is taken for one.
	forgetPause = 15 * time.Minute
	mostPause   = 2 * time.Minute
	// watchedFor is how long a stream that fell silent is remembered.
	watchedFor = time.Hour
)

// A watch follows what comes of each stream. It decides, and does nothing.
type watch struct {
	streams map[proof.Stream]*watched
}

// A watched is one stream.
type watched struct {
	patient   string
	collector string // SPIFFE ID, by the newest window that names it; "": not known
	high      uint64 // the highest number that has come or was refused on the way
	gaps      []gap  // below high, in order
	last      time.Time
	every     time.Duration // about the longest time between two readings
	known     bool          // every is known
	inTime    bool          // it has come in time since the watch began
	silent    bool
	late      bool
	suspect   suspect // a late reading that none in time has followed yet
}

// A suspect is a late reading.
type suspect struct {
	at  time.Time // when it came; zero: there is none
	seq uint64
	lag time.Duration
}

// A gap is a run of numbers that have not come.
type gap struct {
	from, to uint64
	windows  int  // of the patient, since it was seen
	told     bool // an alarm was given
}

func (w *watch) of(s proof.Stream) *watched {
	if w.streams == nil {
		w.streams = map[proof.Stream]*watched{}
	}
	of := w.streams[s]
	if of == nil {
		if len(w.streams) >= mostWatched {
			w.forgetOldest()
		}
		of = &watched{}
		w.streams[s] = of
	}
	return of
}

func (w *watch) forgetOldest() {
	var oldest proof.Stream
	var at time.Time
	for s, of := range w.streams {
		if at.IsZero() || of.last.Before(at) {
			oldest, at = s, of.last
		}
	}
	delete(w.streams, oldest)
}

// began takes what was stored of a stream before the watch began: its highest
// number, and of those numbers that followed, which were refused.
func (w *watch) began(s proof.Stream, patient string, high uint64, refused []uint64) {
	of := w.of(s)
	of.patient, of.high = patient, high
	slices.Sort(refused)
	for _, n := range refused {
		of.number(n)
	}
}

// expect has a stream that began be silent for a while only, though it is not
// known how often it comes.
func (w *watch) expect(s proof.Stream, now time.Time) {
	of := w.of(s)
	of.last, of.known, of.every = now, true, silentLeast*2/3 // twice silentLeast
}

// knows reports whether the watch has seen the stream.
func (w *watch) knows(s proof.Stream) bool { return w.streams[s] != nil }

// came takes a reading that its device has signed, accepted or not, and returns
// the alarms that follow from it at once; others follow at the next [watch.look].
func (w *watch) came(patient string, r *proof.Reading, now time.Time) (out []flow.Alarm) {
	of := w.of(r.Of())
	if of.patient = patient; r.Seq <= of.high && !of.missing(r.Seq) {
		return nil // a replay says nothing about what comes
	}
	if r.Seq > of.high && begins(r) {
		of.high = r.Seq - 1
	}
	of.number(r.Seq)
	if !of.last.IsZero() {
		of.pause(now.Sub(of.last))
	}
	if of.silent {
		of.silent, of.inTime = false, false // what it kept back comes now: that was said
		out = append(out, of.alarm(r.Of(), flow.AlarmSilence, now, "comes again", true))
	}
	of.last = now
	lag := now.Sub(r.End())
	switch {
	case of.late && lag < lateEnd:
		of.late, of.inTime = false, true
		out = append(out, of.alarm(r.Of(), flow.AlarmLate, now, "comes in time again", true))
	case lag < lateEnd:
		of.inTime, of.suspect = true, suspect{}
	case of.inTime && lag > lateMost && !of.late && of.suspect.at.IsZero():
		of.suspect = suspect{now, r.Seq, lag}
	}
	return out
}

// begunAt is how near a first number is to the reading's time.
const begunAt = 2 * time.Second

// begins reports whether a device counts anew from here: one that does not know
// where it was counts on from the clock, in milliseconds since 1970 (see
// [github.com/wardflow/wardflow/actors/sensor.Player]). What it gave before is
// not missed.
func begins(r *proof.Reading) bool {
	const since2001 = 1_000_000_000_000
	return r.Seq >= since2001 && r.Seq <= 1<<62 && r.End().Sub(time.UnixMilli(int64(r.Seq))).Abs() <= begunAt
}

// refused takes a number that the check on the way has refused.
func (w *watch) refused(s proof.Stream, seq uint64) {
	if of := w.streams[s]; of != nil {
		of.number(seq)
	}
}

// window takes a window of a patient, by whose collector his streams come ("":
// as before), and returns the alarms of gaps that it does not account for.
func (w *watch) window(patient, collector string, now time.Time) (out []flow.Alarm) {
	for s, of := range w.streams {
		if of.patient != patient {
			continue
		}
		if collector != "" {
			of.collector = collector
		}
		for i := range of.gaps {
			g := &of.gaps[i]
			if g.windows++; g.windows >= gapWindows && !g.told {
				g.told = true
				out = append(out, of.alarm(s, flow.AlarmGap, now, g.words()+" never came", false))
			}
		}
	}
	return out
}

// look returns alarms of streams that have stopped or come late, and when to
// look again; zero: no stream is watched.
func (w *watch) look(now time.Time) (out []flow.Alarm, next time.Time) {
	for s, of := range w.streams {
		if late := of.suspect; !late.at.IsZero() {
			if due := late.at.Add(lateFor); now.Before(due) {
				next = sooner(next, due)
			} else {
				of.late, of.suspect = true, suspect{}
				out = append(out, of.alarm(s, flow.AlarmLate, now,
					fmt.Sprintf("comes late: number %d came %v after it was taken", late.seq, late.lag.Truncate(time.Second)), false))
			}
		}
		due := of.due()
		if due.IsZero() {
			continue
		}
		if !of.silent && !now.Before(due) {
			of.silent = true
			out = append(out, of.alarm(s, flow.AlarmSilence, now,
				fmt.Sprintf("has stopped: nothing has come for %v", now.Sub(of.last).Truncate(time.Second)), false))
		}
		if of.silent {
			if due = of.last.Add(watchedFor); !now.Before(due) {
				delete(w.streams, s)
				continue
			}
		}
		next = sooner(next, due)
	}
	return out, next
}

// sooner is the earlier of two times, of which the first may be zero: none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// due is when the stream has been silent for too long; zero: it is not known
// yet how often it comes.
func (of *watched) due() time.Time {
	if !of.known {
		return time.Time{}
	}
	return of.last.Add(max(silentLeast, 3*of.every))
}

func (of *watched) alarm(s proof.Stream, kind flow.AlarmKind, now time.Time, what string, over bool) flow.Alarm {
	by := of.collector
	if by == "" {
		by = "a collector that no window has named yet"
	}
	return flow.Alarm{At: now.UTC(), Kind: kind, Who: of.collector, Device: s.Device, Stream: s.Name, Over: over,
		Text: fmt.Sprintf("stream %s, which comes by %s, %s", s, by, what)}
}

// pause takes note of how long the stream has given nothing. One that gives a
// minute's readings at a time is called silent once: then it is known.
func (of *watched) pause(d time.Duration) {
	if of.known {
		of.every -= time.Duration(float64(of.every) * min(1, float64(d)/float64(forgetPause)))
	}
	if of.silent {
		d = min(d, mostPause)
	}
	of.every, of.known = max(of.every, d), true
}

// number takes note that a number has come, or is accounted for.
func (of *watched) number(n uint64) {
	switch {
	case n > of.high:
		if of.high != 0 && n > of.high+1 {
			of.gaps = append(of.gaps, gap{from: of.high + 1, to: n - 1})
			of.gaps = of.gaps[max(0, len(of.gaps)-mostGaps):]
		}
		of.high = n
	default:
		of.fill(n)
	}
}

// fill takes a number out of the gap that it is in.
func (of *watched) fill(n uint64) {
	for i, g := range of.gaps {
		if n < g.from || n > g.to {
			continue
		}
		var parts []gap
		if n > g.from {
			parts = append(parts, gap{g.from, n - 1, g.windows, g.told})
		}
		if n < g.to {
			parts = append(parts, gap{n + 1, g.to, g.windows, g.told})
		}
		of.gaps = slices.Replace(of.gaps, i, i+1, parts...)
		of.gaps = of.gaps[max(0, len(of.gaps)-mostGaps):]
		return
	}
}

func (of *watched) missing(n uint64) bool {
	return slices.ContainsFunc(of.gaps, func(g gap) bool { return g.from <= n && n <= g.to })
}

func (g *gap) words() string {
	if g.from == g.to {
		return fmt.Sprintf("lacks a reading: number %d", g.from)
	}
	return fmt.Sprintf("lacks readings: numbers %d to %d", g.from, g.to)
}
