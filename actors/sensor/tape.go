package sensor

import (
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/wardflow/wardflow/actors/sensor/recording"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A tape is the signal of a recording's channel.
type tape struct {
	speed float64
	loop  bool

	rec     recording.Recording
	channel int
	ch      recording.Channel
	chunk   int // samples in a reading; 1 for events
	period  time.Duration

	src   recording.Source
	ahead *recording.Sample // read, but of a later piece
	ready *piece            // what next gives until take
	after place             // where the tape stands once ready is taken

	place
}

// place is where a tape stands.
type place struct {
	index int64         // of the next sample
	start time.Duration // recorded time of the last piece's first sample
	step  time.Duration // recorded time from that one to the next, where no sample says it: at the loop
	begun bool          // a piece has been taken
}

// load puts a recording in.
func (t *tape) load(rec recording.Recording, channel int, chunk time.Duration) error {
	t.rec, t.channel, t.ch, t.chunk = rec, channel, rec.Channels()[channel], 1
	if t.ch.Count == 0 {
		return nil
	}
	n := math.Round(chunk.Seconds() * float64(t.ch.Count) / t.ch.Span.Seconds())
	if n > most {
		return fmt.Errorf("chunk %v would hold %.0f samples, at most %d fit into a reading", chunk, n, most)
	}
	t.chunk = int(max(n, 1))
	if t.period = t.scaled(t.ch.Span) / time.Duration(t.ch.Count); t.period == 0 {
		return fmt.Errorf("at speed %v its samples come less than a nanosecond apart", t.speed)
	}
	return nil
}

// scaled is recorded time as it is played.
func (t *tape) scaled(d time.Duration) time.Duration {
	return time.Duration(math.Round(float64(d) / t.speed))
}

func (t *tape) next() (piece, error) {
	if t.ready != nil {
		return *t.ready, nil
	}
	first, looped, err := t.first()
	if err != nil {
		return piece{}, err
	}
	samples := []int64{first.Value}
	for len(samples) < t.chunk {
		s, err := t.read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.rewind()
			return piece{}, err
		}
		if s.Index != first.Index+int64(len(samples)) { // a gap: what follows is another reading
			t.ahead = &s
			break
		}
		samples = append(samples, s.Value)
	}
	p := &piece{}
	n := int64(len(samples))
	t.after = place{index: first.Index + n, start: first.At, step: t.step, begun: true}
	switch {
	case t.begun && looped:
		p.gap = t.scaled(t.step)
	case t.begun:
		p.gap = t.scaled(first.At) - t.scaled(t.start)
	}
	if t.ch.Count > 0 {
		p.span = t.scaled(t.ch.At(first.Index+n)) - t.scaled(first.At)
		t.after.step = t.ch.At(first.Index+n) - first.At
	} else if gap := first.At - t.start; t.begun && !looped && gap > 0 {
		t.after.step = gap
	} else if t.step == 0 {
		t.after.step = time.Second
	}
	if n > 1 {
		p.period = t.period
	}
	p.samples, p.scale = fewest(samples, t.ch.Step)
	t.ready = p
	return *p, nil
}

// first is the first sample of the next piece, from the beginning again if the
// recording is at its end.
func (t *tape) first() (s recording.Sample, looped bool, err error) {
	for {
		s, err = t.read()
		if err == nil && s.Index < t.index && !looped { // after a restart: played before
			continue
		}
		if err != io.EOF {
			if err != nil {
				t.rewind()
			}
			return s, looped, err
		}
		if !t.loop {
			return s, looped, errEnded
		}
		if looped {
			return s, looped, errors.New("the recording holds no sample any more")
		}
		looped = true
		t.rewind()
	}
}

func (t *tape) read() (recording.Sample, error) {
	if s := t.ahead; s != nil {
		t.ahead = nil
		return *s, nil
	}
	if t.src == nil {
		src, err := t.rec.Read(t.channel)
		if err != nil {
			return recording.Sample{}, err
		}
		t.src = src
	}
	return t.src.Next()
}

// rewind makes the next read begin at the first sample.
func (t *tape) rewind() {
	t.close()
	t.src, t.ahead = nil, nil
}

func (t *tape) take() {
	t.place, t.ready = t.after, nil
}

func (t *tape) close() {
	if t.src != nil {
		t.src.Close()
	}
}

func (t *tape) save() flow.Value {
	return []any{t.index, int64(t.start), int64(t.step), t.begun}
}

func (t *tape) restore(v flow.Value) error {
	list, _ := v.([]any)
	if len(list) == 4 {
		index, ok0 := list[0].(int64)
		start, ok1 := list[1].(int64)
		step, ok2 := list[2].(int64)
		begun, ok3 := list[3].(bool)
		if ok0 && ok1 && ok2 && ok3 {
			t.place = place{index, time.Duration(start), time.Duration(step), begun}
			return nil
		}
	}
	return fmt.Errorf("state has %s where the place in the recording should be", value.Kind(v))
}
