// Package replay gives the readings of recordings in the order of time, at once
// and without devices: for trying rules on what has been measured.
//
//	tracks, left, err := replay.Open(os.DirFS(dir), "bidmc_01_Numerics.csv", nil)
//	for r, err := range tracks.Readings(device, start) { … }
//
// What a sensor of package sensor plays as time goes by, this gives as fast as
// it is read.
package replay

import (
	"container/heap"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"time"

	"github.com/wardflow/wardflow/actors/sensor/recording"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A Track is a channel of a recording, and what its readings are.
type Track struct {
	Channel string // its name in the recording, and the stream of its readings
	Kind    string // LOINC code
	Unit    string // UCUM code
}

// Tracks are some channels of one recording, all of one patient.
type Tracks struct {
	All []Track

	rec      recording.Recording
	channels []int // of rec, as All
}

// Open opens a recording; what it may be, package recording says. It takes the
// channels whose names it knows and those that are named in as, and says which
// it leaves out. A name in as that the recording has not is an error.
func Open(fsys fs.FS, file string, as map[string]Track) (t *Tracks, left []string, err error) {
	rec, err := recording.Open(fsys, file, recording.Map{})
	if err != nil {
		return nil, nil, err
	}
	t = &Tracks{rec: rec}
	named := map[string]bool{}
	for i, ch := range rec.Channels() {
		track, ok := as[ch.Name]
		if named[ch.Name] = true; !ok {
			track, ok = known(ch)
		}
		if !ok {
			left = append(left, ch.Name)
			continue
		}
		track.Channel = ch.Name
		t.All, t.channels = append(t.All, track), append(t.channels, i)
	}
	for name := range as {
		if !named[name] {
			return nil, left, fmt.Errorf("%s: no channel %q", file, name)
		}
	}
	return t, left, nil
}

// chunk is how much recorded time a reading of a wave spans.
const chunk = time.Second

// Readings are those of all tracks, by the time when each was complete; start is
// when the recording began. The device of all is the EPC, their streams are the
// names of the channels.
func (t *Tracks) Readings(device string, start time.Time) iter.Seq2[flow.Reading, error] {
	return func(yield func(flow.Reading, error) bool) {
		var heads queue
		defer func() {
			for _, h := range heads {
				h.src.Close()
			}
		}()
		for i := range t.All {
			h, err := t.open(i, device, start)
			if err == nil {
				err = heads.put(h)
			}
			if err != nil {
				yield(flow.Reading{}, err)
				return
			}
		}
		for len(heads) > 0 {
			h := heap.Pop(&heads).(*head)
			r := h.ready
			if err := heads.put(h); err != nil {
				yield(flow.Reading{}, err)
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// A head reads one channel.
type head struct {
	order int // of the channels, where times are equal
	ch    recording.Channel
	src   recording.Source
	ahead *recording.Sample // read, but of a later reading
	size  int               // samples in a reading
	start time.Time
	next  flow.Reading // what all readings of the channel have

	ready flow.Reading
	end   time.Time // when ready is complete
}

func (t *Tracks) open(i int, device string, start time.Time) (*head, error) {
	ch := t.rec.Channels()[t.channels[i]]
	src, err := t.rec.Read(t.channels[i])
	if err != nil {
		return nil, fmt.Errorf("channel %s: %w", ch.Name, err)
	}
	h := &head{order: i, ch: ch, src: src, size: 1, start: start}
	h.next = flow.Reading{Device: device, Stream: ch.Name, Kind: t.All[i].Kind, Unit: t.All[i].Unit, Scale: ch.Step}
	if ch.Count > 0 && ch.Span > 0 {
		h.size = int(max(1, math.Round(chunk.Seconds()*float64(ch.Count)/ch.Span.Seconds())))
	}
	return h, nil
}

// fill reads the next reading; io.EOF when there is none.
func (h *head) fill() error {
	first, err := h.read()
	if err != nil {
		return err
	}
	samples := []int64{first.Value}
	for len(samples) < h.size {
		s, err := h.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if s.Index != first.Index+int64(len(samples)) { // a gap: what follows is another reading
			h.ahead = &s
			break
		}
		samples = append(samples, s.Value)
	}
	h.next.Seq++
	h.ready = h.next
	h.ready.At, h.ready.Samples = h.start.Add(first.At), samples
	h.end = h.ready.At
	if len(samples) > 1 {
		h.ready.Period = h.ch.Span / time.Duration(h.ch.Count)
		h.end = h.start.Add(h.ch.At(first.Index + int64(len(samples))))
	}
	return nil
}

func (h *head) read() (recording.Sample, error) {
	if s := h.ahead; s != nil {
		h.ahead = nil
		return *s, nil
	}
	return h.src.Next()
}

// A queue has the head whose reading is complete first on top.
type queue []*head

// put reads a head's next reading and lines it up; one that is at its end is
// closed.
func (q *queue) put(h *head) error {
	err := h.fill()
	if err == nil {
		heap.Push(q, h)
		return nil
	}
	err = errors.Join(ignoreEOF(err), h.src.Close())
	if err != nil {
		return fmt.Errorf("channel %s: %w", h.ch.Name, err)
	}
	return nil
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if !q[i].end.Equal(q[j].end) {
		return q[i].end.Before(q[j].end)
	}
	return q[i].order < q[j].order
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(h any)   { *q = append(*q, h.(*head)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	h := (*q)[last]
	*q = (*q)[:last]
	return h
}
