package sensor

import (
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/actors/value"
	rig "github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A signal is what a device measures.
type signal interface {
	// next is the piece after the last one taken, the same until take. It
	// returns errEnded when there is none and never will be.
	next() (piece, error)
	// take says that the piece was given.
	take()
	// save is where the signal stands after the last piece taken; restore goes
	// there.
	save() flow.Value
	restore(flow.Value) error
}

var errEnded = errors.New("the signal has ended")

// A piece is what one reading holds.
type piece struct {
	samples []int64
	scale   int64         // 10⁻⁶ unit a step
	gap     time.Duration // from the first sample of the piece before
	period  time.Duration // between samples; 0 when there is one
	span    time.Duration // from its first sample to when it is complete
}

// late is how far a reading may lag behind the clock. Beyond it the device has
// been stopped, or its link was full: it goes on from now.
const late = time.Second

// A device gives the pieces of its signal as signed readings, each when it is
// complete.
type device struct {
	name, stream, kind, unit string
	signal                   signal

	env   flow.Env
	mock  *rig.Mock // nil: nobody drives it
	leave func()    // its mock
	ended bool
	now   *piece    // the next to give; nil: not read yet
	plan  time.Time // when its first sample is taken

	// State. seq is the number of the last reading, at when its first sample
	// was taken, in ns since 1970; zeros before the first.
	seq, at int64
}

func (d *device) start(env flow.Env) error {
	d.env = env
	if id := env.Identity().ID; id.Role != flow.RoleDevice || len(id.EPC) != 24 {
		return fmt.Errorf("%q is no device: give it a certificate with an EPC", id.URI)
	}
	d.join(env)
	return d.look()
}

// look reads the next piece, plans it, and asks to be woken when it is complete.
func (d *device) look() error {
	p, err := d.signal.next()
	switch {
	case errors.Is(err, errEnded):
		if !d.ended {
			d.env.Log().Info("recording ended", "stream", d.stream)
		}
		d.ended = true
		return nil
	case err != nil:
		return err
	}
	now := d.env.Now()
	d.now, d.plan = &p, time.Unix(0, d.at).Add(p.gap)
	if d.at == 0 || d.plan.Sub(now) > p.gap+late { // the very first, or the clock was set back
		d.plan = now
	}
	d.env.WakeAt(d.plan.Add(p.span))
	return nil
}

// due reports whether the next piece is complete, or the clock was set back so
// far that it would never be.
func (d *device) due() bool {
	if d.ended || d.now == nil {
		return !d.ended
	}
	left := d.plan.Add(d.now.span).Sub(d.env.Now())
	return left <= 0 || left > d.now.gap+d.now.span+late
}

func (d *device) actions() []flow.Action {
	return []flow.Action{{Out: []string{"reading"}, Guard: d.due, Fire: d.fire}}
}

func (d *device) fire(f *flow.Firing) error {
	if d.now == nil { // the last look failed
		if err := d.look(); err != nil {
			return err
		}
		if !d.due() {
			return flow.ErrLater
		}
	}
	p, at := d.now, d.plan
	if f.Now.Sub(at.Add(p.span)).Abs() > late {
		at = f.Now.Add(-p.span)
	}
	seq := d.seq
	if said, says := d.driven(p, at); says {
		if seq++; d.seq == 0 {
			seq = f.Now.UnixMilli() // see Player
		}
		me := d.env.Identity()
		r := flow.Reading{Device: me.ID.EPC, Stream: d.stream, Seq: uint64(seq), Kind: d.kind, Unit: d.unit,
			At: at, Period: said.period, Scale: said.scale, Samples: said.samples}
		sealed, err := proof.SealReading(me, &r)
		if err != nil {
			return err
		}
		f.Give(0, sealed)
	}
	d.seq, d.at, d.now = seq, at.UnixNano(), nil
	d.signal.take()
	if err := d.look(); err != nil {
		// This reading stands; the next firing looks again and tells.
		d.env.Wake()
	}
	return nil
}

func (d *device) save() ([]byte, error) { return value.Save(d.seq, d.at, d.signal.save()) }

func (d *device) restore(version int, state []byte) error {
	var seq, at int64
	var signal flow.Value
	if err := value.Restore(version, 1, state, &seq, &at, &signal); err != nil {
		return err
	}
	if err := d.signal.restore(signal); err != nil {
		return err
	}
	d.seq, d.at = seq, at
	return nil
}

// fewest brings samples of a step of one millionth to the coarsest step of a
// power of ten that holds them exactly.
func fewest(samples []int64, step int64) ([]int64, int64) {
	if step != 1 {
		return samples, step
	}
	for step = 1_000_000; step > 1; step /= 10 {
		exact := true
		for _, s := range samples {
			if exact = s%step == 0; !exact {
				break
			}
		}
		if exact {
			break
		}
	}
	for i := range samples {
		samples[i] /= step
	}
	return samples, step
}
