package chain

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// Anybody who may read the chain can have this process compute, up to the gas of a
// whole block with each question. So few are computed at a time, whoever asks, and
// few requests of one caller are looked at; the others of his wait or are turned
// away, and those of all else go on.
const (
	rpcGas      = viewGas         // of one question
	rpcTime     = 5 * time.Second // for one, whatever gas it has left
	atOnce      = 4               // questions that are computed
	atOnceEach  = 4               // requests of one caller that are looked at
	waitingEach = 64              // and that wait besides
	mostAnswers = 32 << 20        // bytes of the answers of a batch; the one that is too much ends it
)

// turns are whose questions are looked at. The zero value is ready.
type turns struct {
	mu      sync.Mutex // guards what follows
	callers map[string]*caller
	compute chan struct{}
}

type caller struct {
	turn chan struct{}
	all  int // requests that are looked at or wait
}

var errTooMany = errors.New("too many requests of yours are waiting: ask fewer at a time")

// enter waits for a caller's turn. The func ends it.
func (t *turns) enter(ctx context.Context, who string) (leave func(), err error) {
	t.mu.Lock()
	if t.callers == nil {
		t.callers = map[string]*caller{}
	}
	c := t.callers[who]
	if c == nil {
		c = &caller{turn: make(chan struct{}, atOnceEach)}
		t.callers[who] = c
	}
	if c.all >= atOnceEach+waitingEach {
		t.mu.Unlock()
		return nil, errTooMany
	}
	c.all++
	t.mu.Unlock()
	gone := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if c.all--; c.all == 0 {
			delete(t.callers, who)
		}
	}
	select {
	case c.turn <- struct{}{}:
		return func() { <-c.turn; gone() }, nil
	case <-ctx.Done():
		gone()
		return nil, ctx.Err()
	}
}

// computing waits until one more question may be computed. The func ends it.
func (t *turns) computing(ctx context.Context) (done func(), err error) {
	t.mu.Lock()
	if t.compute == nil {
		t.compute = make(chan struct{}, atOnce)
	}
	slots := t.compute
	t.mu.Unlock()
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// callerOf tells callers apart: by the certificate, else by the host.
func callerOf(r *http.Request) string {
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		return string(r.TLS.PeerCertificates[0].RawSubjectPublicKeyInfo)
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// endless reports a question without bound: go-ethereum looks for what code
// accesses until that does not change any more, which code that was made for it
// never ends. Of a contract that is there it may be asked.
func endless(q *request) bool {
	if q.Method != "eth_createAccessList" {
		return false
	}
	var call struct {
		To *Address `json:"to"`
	}
	return len(q.Params) == 0 || len(q.Params) > 2 || json.Unmarshal(q.Params[0], &call) != nil || call.To == nil
}
