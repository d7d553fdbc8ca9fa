package remote

import "sync"

// An outbox is what waits to be sent on a stream, packed into packets already:
// while the writer is busy with one, what comes gathers in the next, up to
// chunkSize; when the writer is idle, what comes goes at once. It has no timer.
type outbox struct {
	signal chan struct{} // something is here to do; one is enough

	mu     sync.Mutex // guards what follows
	chunks [][]byte
	bytes  int // in chunks
	spare  [][]byte
	lull   chan struct{} // closed when bytes are few again; nil: nobody waits
	starve []*session    // were told that there is no room
	failed []failure
}

type failure struct {
	s   *session
	err error
}

const (
	chunkSize  = 16 << 10  // bytes of a packet, if no single token needs more
	highWater  = 256 << 10 // bytes that wait before a session is told to
	lowWater   = 128 << 10 // and when it is told to go on
	alarmWater = 2 << 20   // bytes that wait before the other end is not listened to
	sparesMost = 16
)

func newOutbox() *outbox { return &outbox{signal: make(chan struct{}, 1)} }

func (o *outbox) wake() {
	select {
	case o.signal <- struct{}{}:
	default:
	}
}

// room reports whether s may put something; if not it will be told when.
func (o *outbox) room(s *session) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.bytes < highWater {
		return true
	}
	if !s.starved {
		s.starved = true
		o.starve = append(o.starve, s)
	}
	return false
}

// calm waits while far too much is waiting to be sent, which only answers to
// handshakes can bring about; false when done is closed first.
func (o *outbox) calm(done <-chan struct{}) bool {
	o.mu.Lock()
	if o.bytes < alarmWater {
		o.mu.Unlock()
		return true
	}
	if o.lull == nil {
		o.lull = make(chan struct{})
	}
	lull := o.lull
	o.mu.Unlock()
	select {
	case <-lull:
		return true
	case <-done:
		return false
	}
}

// put adds an entry, copying body.
func (o *outbox) put(kind entryKind, number uint64, body []byte) {
	o.mu.Lock()
	need := entryHead + len(body)
	last := len(o.chunks) - 1
	if last < 0 || len(o.chunks[last])+need > chunkSize {
		o.chunks = append(o.chunks, o.chunk(need))
		last++
	}
	before := len(o.chunks[last])
	b := appendEntryHead(o.chunks[last], kind, number, len(body))
	o.chunks[last] = append(b, body...)
	o.bytes += len(o.chunks[last]) - before
	o.mu.Unlock()
	o.wake()
}

func (o *outbox) chunk(need int) []byte {
	if need > chunkSize {
		return make([]byte, 0, need)
	}
	if n := len(o.spare); n > 0 {
		b := o.spare[n-1]
		o.spare = o.spare[:n-1]
		return b
	}
	return make([]byte, 0, chunkSize)
}

// broken says that s can't go on.
func (o *outbox) broken(s *session, err error) {
	o.mu.Lock()
	o.failed = append(o.failed, failure{s, err})
	o.mu.Unlock()
	o.wake()
}

// next takes the oldest packet, if there is one, and whom to tell what.
func (o *outbox) next() (packet []byte, fed []*session, failed []failure) {
	o.mu.Lock()
	defer o.mu.Unlock()
	failed, o.failed = o.failed, nil
	if len(o.chunks) > 0 {
		packet = o.chunks[0]
		o.chunks[0] = nil
		if o.chunks = o.chunks[1:]; len(o.chunks) == 0 {
			o.chunks = nil
		}
		o.bytes -= len(packet)
	}
	if o.lull != nil && o.bytes < highWater {
		close(o.lull)
		o.lull = nil
	}
	if o.bytes < lowWater {
		fed, o.starve = o.starve, nil
		for _, s := range fed {
			s.starved = false
		}
	}
	return packet, fed, failed
}

// sent gives a packet's room back.
func (o *outbox) sent(packet []byte) {
	if cap(packet) != chunkSize {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.spare) < sparesMost {
		o.spare = append(o.spare, packet[:0])
	}
}
