package enroll

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
)

// lists are the newest revocation lists, and wake those who wait for news.
type lists struct {
	mu      sync.Mutex // guards what follows
	all     [][]byte   // DER
	cursor  string
	changed chan struct{}
}

func newLists() *lists { return &lists{changed: make(chan struct{})} }

// set puts the lists in the place of those before.
func (l *lists) set(all [][]byte) {
	sum := sha256.New()
	for _, der := range all {
		one := sha256.Sum256(der)
		sum.Write(one[:])
	}
	cursor := hex.EncodeToString(sum.Sum(nil)[:16])
	l.mu.Lock()
	defer l.mu.Unlock()
	if cursor == l.cursor {
		return
	}
	l.all, l.cursor = all, cursor
	close(l.changed)
	l.changed = make(chan struct{})
}

// get gives the lists, a cursor that stands for just these, and what is closed
// at the next news.
func (l *lists) get() (all [][]byte, cursor string, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all, l.cursor, l.changed
}

// wake makes those who wait look again.
func (l *lists) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
}
