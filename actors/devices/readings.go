package devices

import (
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/actors/timer"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Periodic is an actor that reads an input once each period, the first time
// after one period, and gives what it reads. While the input says nothing it
// gives nothing.
type Periodic struct {
	Capability string
	Port       string
	Period     time.Duration

	env    flow.Env
	in     device.Input
	ticker timer.Ticker
	ended  bool
}

// Start begins the first period, or goes on with the one that was running.
func (p *Periodic) Start(env flow.Env) (err error) {
	p.env = env
	if p.in, err = Need[device.Input](env, p.Capability); err != nil {
		return err
	}
	p.ticker.Start(env, p.Period, p.Period)
	return nil
}

// Actions read when it is time.
func (p *Periodic) Actions() []flow.Action {
	return []flow.Action{{Out: []string{p.Port}, Guard: p.ticker.Due, Fire: func(f *flow.Firing) error {
		v, err := p.in.Read(f.Now)
		switch {
		case err == nil:
			f.Give(0, v)
		case errors.Is(err, device.ErrEnded):
			if !p.ended {
				p.env.Log().Info("recording ended", "device", p.Capability)
			}
			p.ended = true
		case !errors.Is(err, device.ErrSilent):
			return err
		}
		p.ticker.Next(f.Now)
		return nil
	}}}
}

// Save keeps what remains of the period.
func (p *Periodic) Save() ([]byte, error) { return value.Save(p.ticker.At) }

// Restore goes back to what Save kept.
func (p *Periodic) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &p.ticker.At)
}

// Triggered is an actor that reads an input for each token and gives what it
// reads. A token waits until the input has said something.
type Triggered struct {
	Capability string
	In, Out    string

	env  flow.Env
	in   device.Input
	feed device.Feed // to be woken
}

// Start finds the input.
func (t *Triggered) Start(env flow.Env) (err error) {
	t.env = env
	t.in, err = Need[device.Input](env, t.Capability)
	return err
}

// Actions read when a token comes.
func (t *Triggered) Actions() []flow.Action {
	return []flow.Action{{In: []string{t.In}, Out: []string{t.Out}, Fire: func(f *flow.Firing) error {
		v, err := t.in.Read(f.Now)
		if errors.Is(err, device.ErrSilent) {
			if t.feed == nil {
				t.feed = t.in.Watch(t.env.Wake)
				t.env.Wake() // it may have spoken just now
			}
			return fmt.Errorf("%s: %w: %w", t.Capability, err, flow.ErrLater)
		}
		if err != nil {
			return err
		}
		t.Stop()
		f.Give(0, v)
		return nil
	}}}
}

// Stop ends a wait.
func (t *Triggered) Stop() {
	if t.feed != nil {
		t.feed.Close()
		t.feed = nil
	}
}
