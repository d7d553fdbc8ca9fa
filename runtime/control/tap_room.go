package control

import (
	"net/http"
	"sync"
)

// How many streams of taps a server has at the same time, of all people and of
// one: nobody takes the room of all others.
const (
	maxTaps   = 32
	maxTapsBy = 6
)

// A tapRoom counts the streams of taps that are open.
type tapRoom struct {
	mu  sync.Mutex // guards what follows
	all int
	by  map[string]int // SPIFFE ID → streams
}

// enter lets one more in of who, or says why not. Leave when it is over.
func (r *tapRoom) enter(who string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.by[who] >= maxTapsBy:
		return problem(http.StatusServiceUnavailable, "unavailable", "not possible just now", "you tap %d links through this node already", maxTapsBy).
			hint("end another tap of yours first")
	case r.all >= maxTaps:
		return problem(http.StatusServiceUnavailable, "unavailable", "not possible just now", "%d links are tapped through this node already", maxTaps).
			hint("tap through another node, or when another tap has ended")
	}
	if r.by == nil {
		r.by = map[string]int{}
	}
	r.all++
	r.by[who]++
	return nil
}

func (r *tapRoom) leave(who string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all--
	if r.by[who]--; r.by[who] == 0 {
		delete(r.by, who)
	}
}
