package gate

import (
	"runtime"
	"time"
)

// A pace lets handshakes compute a few at a time, on fewer processors than there
// are, and rests after each as long as it took. So a thousand callers who come
// back at once leave most of the machine to those that are there; and as
// computing takes longer on a busy machine, they leave the more of it the less
// there is to spare. Nobody is sent away by it: they wait. Whoever waits for the
// other end holds no place, so slow callers hold up nobody.
type pace struct{ places chan struct{} }

// mostRest bounds a rest, so that handshakes go on however busy the machine is.
const mostRest = 5 * time.Millisecond

func newPace() *pace {
	n := max(1, runtime.GOMAXPROCS(0)/2)
	p := &pace{make(chan struct{}, n)}
	for range n {
		p.places <- struct{}{}
	}
	return p
}

// begin takes a place, unless quit is closed first.
func (p *pace) begin(quit <-chan struct{}) bool {
	select {
	case <-p.places:
		return true
	case <-quit:
		return false
	}
}

// end gives the place back, after a rest.
func (p *pace) end(took time.Duration) {
	time.AfterFunc(min(took, mostRest), func() { p.places <- struct{}{} })
}

// work is called when a connection's handshake goes on.
func (c *conn) work() {
	if c.paced && !c.works && c.gate.pace.begin(c.quit) {
		c.works, c.since = true, time.Now()
	}
}

// rest is called when it waits for the other end, or is over.
func (c *conn) rest() {
	if c.works {
		c.works = false
		c.gate.pace.end(time.Since(c.since))
	}
}
