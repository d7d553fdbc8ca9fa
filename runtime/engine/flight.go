package engine

import "sync"

// A flight is who waits for the step of an actor that is on its way.
type flight struct {
	guard sync.Mutex // the capsule's

	mu     sync.Mutex    // guards what follows
	landed chan struct{} // closed when nothing flies any more; nil when nobody waits
}

// land says that the step is not on its way any more.
func (c *cell) land() {
	c.capsule.Land()
	c.flight.tell()
}

// over says that no step will set out or land any more.
func (c *cell) over() {
	c.capsule.Close()
	c.flight.tell()
}

func (f *flight) tell() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.landed != nil {
		close(f.landed)
		f.landed = nil
	}
}

// await is closed when the step that is on its way has landed; nil when none
// is. Closed tells that none will be any more.
func (c *cell) await() (landed <-chan struct{}, closed bool) {
	c.flight.mu.Lock()
	defer c.flight.mu.Unlock()
	if c.flight.landed == nil && c.capsule.Flying() {
		c.flight.landed = make(chan struct{})
	}
	return c.flight.landed, c.capsule.Closed()
}
