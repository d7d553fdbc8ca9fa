package trial

import (
	"net"
	"runtime"
)

// thinkers is how many of a trial's devices compute for their handshakes at once.
// A real device does so on a processor of its own. Here a thousand would stand
// before the one that is measured, and it would be their waiting that is seen;
// those that wait for the node do so all at once.
var thinkers = make(chan struct{}, max(1, runtime.NumCPU()/2))

// A thinker is a device's end of a connection, until its handshake is done.
type thinker struct {
	net.Conn
	known, thinks bool
}

// Read lets others think while it waits.
func (t *thinker) Read(b []byte) (int, error) {
	if t.known {
		return t.Conn.Read(b)
	}
	t.rest()
	defer t.think()
	return t.Conn.Read(b)
}

func (t *thinker) think() {
	if !t.thinks {
		thinkers <- struct{}{}
		t.thinks = true
	}
}

func (t *thinker) rest() {
	if t.thinks {
		<-thinkers
		t.thinks = false
	}
}
