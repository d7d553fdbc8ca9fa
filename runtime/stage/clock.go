package stage

import (
	"container/heap"
	"time"
)

// A timer looks at an actor at some time. One that was replaced stays in the
// heap until its time, and does nothing then.
type timer struct {
	at    time.Time
	order int // equal times go off in the order in which they were set
	cell  *cell
	again bool // looks again after a fault; else the actor's own
}

// timers are those that are set.
type timers struct {
	heap timerHeap
	set  int
}

func (t *timers) add(at time.Time, c *cell, again bool) {
	t.set++
	heap.Push(&t.heap, timer{at, t.set, c, again})
}

// next is the first timer that still counts.
func (t *timers) next() (timer, bool) {
	for len(t.heap) > 0 {
		if first := t.heap[0]; first.counts() {
			return first, true
		}
		heap.Pop(&t.heap)
	}
	return timer{}, false
}

func (t *timers) drop() { heap.Pop(&t.heap) }

// own reports whether an actor's own timer is set.
func (t *timers) own() bool {
	for _, timer := range t.heap {
		if !timer.again && timer.counts() {
			return true
		}
	}
	return false
}

// counts reports whether nothing has replaced the timer.
func (t timer) counts() bool {
	if t.cell.stopped != "" {
		return false
	}
	if t.again {
		return t.cell.later.Equal(t.at) || t.cell.rests.Equal(t.at)
	}
	at, set := t.cell.env.timer()
	return set && at.Equal(t.at)
}

// ring lets a timer go off.
func (t timer) ring() {
	if !t.again {
		t.cell.env.rang(t.at)
	}
	t.cell.rouse()
}

// A timerHeap has the earliest timer first.
type timerHeap []timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].order < h[j].order
}
func (h timerHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *timerHeap) Push(x any)   { *h = append(*h, x.(timer)) }
func (h *timerHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
