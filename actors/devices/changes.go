package devices

import (
	"errors"
	"time"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Changes is an actor that gives each change of an input as a token. Changes
// that have come and were not given yet move with it; what happens while it
// runs nowhere is not seen, save where Rests is true.
type Changes struct {
	Capability string
	Port       string
	// Rests says that the input stays what it is between two changes, as a
	// switch does and a card reader does not. If it is found to be other than
	// what was given last, that is a change.
	Rests bool
	// Make turns a change into a token; nil: as it is.
	Make func(v flow.Value, now time.Time) flow.Value
	// Wants leaves out the changes for which it is false; nil: none.
	Wants func(v flow.Value) bool
	// Keeps says why the actor can't be moved while it runs; "": it can.
	Keeps string

	env  flow.Env
	feed device.Feed
	said string // the last error logged

	waiting []flow.Value // state: changes not given yet, oldest first
	bytes   int          // of waiting, about
	last    flow.Value   // state: given last, or the last of waiting
	known   bool         // state: there is a last
}

// The limits of what waits here, so that a state can carry it; more waits in
// the feed.
const (
	most      = 256
	mostBytes = 128 << 10
)

// Start begins to watch.
func (c *Changes) Start(env flow.Env) error {
	in, err := Need[device.Input](env, c.Capability)
	if err != nil {
		return err
	}
	c.env, c.feed = env, in.Watch(env.Wake)
	if c.Rests && c.known {
		if v, err := in.Read(env.Now()); err == nil && !same(v, c.last) {
			c.add(v)
		}
	}
	c.pull()
	return nil
}

func same(a, b flow.Value) bool {
	x, err1 := flow.AppendValue(nil, a)
	y, err2 := flow.AppendValue(nil, b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

func (c *Changes) add(v flow.Value) {
	c.waiting, c.last, c.known = append(c.waiting, v), v, true
	c.bytes += size(v)
}

func size(v flow.Value) int {
	b, err := flow.AppendValue(nil, v)
	if err != nil {
		return mostBytes // it can't be given, and the firing says why
	}
	return len(b)
}

// pull takes what the feed has.
func (c *Changes) pull() {
	if c.feed == nil {
		return
	}
	for len(c.waiting) < most && c.bytes < mostBytes {
		v, ok, err := c.feed.Next(c.env.Now())
		c.say(err)
		if !ok || err != nil {
			break
		}
		if c.Wants == nil || c.Wants(v) {
			c.add(v)
		}
	}
	if due := c.feed.Due(); !due.IsZero() {
		c.env.WakeAt(due)
	}
}

// say logs an error when it is another one than before.
func (c *Changes) say(err error) {
	text := ""
	if err != nil && !errors.Is(err, device.ErrSilent) && !errors.Is(err, device.ErrEnded) {
		text = err.Error()
	}
	if text != c.said && text != "" {
		c.env.Log().Warn("device can't be read", "device", c.Capability, "err", text)
	}
	c.said = text
}

// Actions give the oldest change.
func (c *Changes) Actions() []flow.Action {
	return []flow.Action{{Out: []string{c.Port}, Guard: c.ready, Fire: func(f *flow.Firing) error {
		v := c.waiting[0]
		if c.Make != nil {
			v = c.Make(v, f.Now)
		}
		f.Give(0, v)
		c.bytes -= size(c.waiting[0])
		c.waiting = c.waiting[1:]
		return nil
	}}}
}

func (c *Changes) ready() bool {
	c.pull()
	return len(c.waiting) > 0
}

// Stop ends the watch.
func (c *Changes) Stop() {
	if c.feed != nil {
		c.feed.Close()
	}
}

// Awaits reports whether the world may change the input at any time.
func (c *Changes) Awaits() bool {
	f, ok := c.feed.(interface{ Awaits() bool })
	return ok && f.Awaits()
}

// Holds is why the actor is not moved for practice.
func (c *Changes) Holds() string { return c.Keeps }

// Save keeps the changes that wait, and the last one.
func (c *Changes) Save() ([]byte, error) {
	c.pull()
	return value.Save(c.waiting, c.last, c.known)
}

// Restore goes back to what Save kept.
func (c *Changes) Restore(version int, state []byte) error {
	if err := value.Restore(version, 1, state, &c.waiting, &c.last, &c.known); err != nil {
		return err
	}
	c.bytes = 0
	for _, v := range c.waiting {
		c.bytes += size(v)
	}
	return nil
}
