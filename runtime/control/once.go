package control

import (
	"bytes"
	queue "container/list"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A change that is asked for twice under one key happens once: whoever lost the
// answer, to a network or a reload, asks again and gets it. The key is the
// caller's choice and stands in the header Idempotency-Key
// (draft-ietf-httpapi-idempotency-key-header).
//
// It is bound to the caller, and to what was asked: the same key with another body
// is 422. While the first request is under way another waits for it, and is 409 if
// that takes too long. A caller who goes away does not end what has a key: it is
// ended by its own time, and its answer kept. What failed for a reason
// that may pass (5xx) is not kept, so that trying again tries again; nor is what
// was refused (401, 403).

// notOnce are the routes that take no keys: what answers a secret, which is kept
// nowhere, a body too long to hold on to, and what changes nothing, so that a viewer's
// answers push nobody's out.
var notOnce = []string{"POST /session", "DELETE /session", "POST /logins", restoring,
	"POST /check", "POST /scripts/complete", "POST /scripts/hover", "POST /scripts/format"}

// How much is kept for whoever asks again.
const (
	onceFor     = time.Hour
	onceMost    = 4096     // answers
	onceEach    = 256      // answers of one caller: it can't push out those of others
	onceBytes   = 16 << 20 // of all answers
	onceOwn     = 2 << 20  // of all answers of one caller
	maxOnceKey  = 255      // characters of a key
	maxOnceBody = maxList  // bytes of a request
)

// A keyed is a request by its caller and key.
type keyed struct {
	who [sha256.Size]byte // its name, or its session
	key string
}

// A done is what came of it.
type doneOnce struct {
	keyed
	what  [sha256.Size]byte // method, address and body
	until time.Time
	ready bool          // false: it is under way
	over  chan struct{} // closed when it is not any more
	head  http.Header
	code  int
	body  []byte
}

func (d *doneOnce) size() int { return len(d.body) + len(d.key) + 512 }

// An onceOnly keeps the answers.
type onceOnly struct {
	mu    sync.Mutex // guards all below
	all   map[keyed]*queue.Element
	order queue.List // of *doneOnce, oldest first
	of    map[[sha256.Size]byte]share
	bytes int
}

// A share is what one caller has of it.
type share struct{ answers, bytes int }

// weigh counts so many answers and bytes more, or fewer, of a caller.
func (o *onceOnly) weigh(who [sha256.Size]byte, answers, bytes int) {
	o.bytes += bytes
	s := o.of[who]
	s.answers, s.bytes = s.answers+answers, s.bytes+bytes
	if s.answers == 0 {
		delete(o.of, who)
		return
	}
	o.of[who] = s
}

// The ways in which a key can't be used now.
var (
	errOtherBody = errors.New("this key was used for another request")
	errUnderWay  = errors.New("the request with this key is still under way")
	errFullKeys  = errors.New("too many requests with keys are under way")
)

// begin says what came of the request with this key, or nil: then it is the
// first, and end must be called. With errUnderWay the first is not over yet.
func (o *onceOnly) begin(k keyed, what [sha256.Size]byte, now time.Time) (*doneOnce, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for e := o.order.Front(); e != nil; {
		d, next := e.Value.(*doneOnce), e.Next()
		if now.Before(d.until) {
			break
		}
		if d.ready {
			o.drop(e)
		}
		e = next
	}
	if e, ok := o.all[k]; ok {
		d := e.Value.(*doneOnce)
		switch {
		case d.what != what:
			return nil, errOtherBody
		case !d.ready:
			return d, errUnderWay
		}
		return d, nil
	}
	if o.all == nil {
		o.all, o.of = map[keyed]*queue.Element{}, map[[sha256.Size]byte]share{}
	}
	if o.of[k.who].answers >= onceEach && !o.makeRoom(func(d *doneOnce) bool { return d.who == k.who }) {
		return nil, errFullKeys
	}
	if o.order.Len() >= onceMost && !o.makeRoom(func(*doneOnce) bool { return true }) {
		return nil, errFullKeys
	}
	d := &doneOnce{keyed: k, what: what, until: now.Add(onceFor), over: make(chan struct{})}
	o.all[k] = o.order.PushBack(d)
	o.weigh(k.who, 1, d.size())
	return nil, nil
}

// makeRoom forgets the oldest answer of those that may go. What is under way
// stays.
func (o *onceOnly) makeRoom(may func(*doneOnce) bool) bool {
	for e := o.order.Front(); e != nil; e = e.Next() {
		if d := e.Value.(*doneOnce); d.ready && may(d) {
			o.drop(e)
			return true
		}
	}
	return false
}

func (o *onceOnly) drop(e *queue.Element) {
	d := e.Value.(*doneOnce)
	o.order.Remove(e)
	delete(o.all, d.keyed)
	o.weigh(d.who, -1, -d.size())
}

// end keeps what came of a request, or with keep false forgets that it was made.
func (o *onceOnly) end(k keyed, code int, head http.Header, body []byte, keep bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	e, ok := o.all[k]
	if !ok {
		return
	}
	d := e.Value.(*doneOnce)
	close(d.over)
	if !keep {
		o.drop(e)
		return
	}
	o.weigh(k.who, 0, -d.size())
	d.ready, d.code, d.head, d.body = true, code, head, body
	o.weigh(k.who, 0, d.size())
	for o.of[k.who].bytes > onceOwn && o.makeRoom(func(other *doneOnce) bool { return other != d && other.who == k.who }) {
	}
	for o.bytes > onceBytes && o.makeRoom(func(other *doneOnce) bool { return other != d }) {
	}
}

// once answers a request with a key that was answered before as it was, and keeps
// the answer of any other that has one.
func (s *Server) once(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header.Values("Idempotency-Key")) == 0 {
			h.ServeHTTP(w, r)
			return
		}
		if err := s.answerOnce(w, r, h); err != nil {
			s.problemFor(err).write(w)
		}
	})
}

func (s *Server) answerOnce(w http.ResponseWriter, r *http.Request, h http.Handler) error {
	k, err := keyOf(r)
	if err != nil {
		return err
	}
	body, err := readBody(w, r, maxOnceBody, s.cfg.Patience)
	if err != nil {
		return err
	}
	sum := sha256.New()
	for _, part := range []string{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("Content-Type")} {
		_, _ = io.WriteString(sum, part+"\x00") // a hash takes all
	}
	sum.Write(body)
	before, err := s.beginOnce(r.Context(), k, [sha256.Size]byte(sum.Sum(nil)))
	switch {
	case errors.Is(err, errOtherBody):
		return problem(http.StatusUnprocessableEntity, "key-reused", "the key is another request's", "%v", err).hint("take a new key for each thing that is to happen")
	case err != nil:
		return problem(http.StatusConflict, "under-way", "still under way", "%v", err).hint("ask again in a second")
	case before != nil:
		for name, v := range before.head {
			w.Header()[name] = v
		}
		w.Header().Set("Idempotency-Replayed", "true")
		w.WriteHeader(before.code)
		_, _ = w.Write(before.body) // the caller may be gone
		return nil
	}
	out := &copied{ResponseWriter: w}
	defer func() { // also where the handler panics
		keep := out.code >= 200 && out.code < 500 && out.code != http.StatusUnauthorized && out.code != http.StatusForbidden
		s.asked.end(k, out.code, out.head, out.body.Bytes(), keep)
	}()
	r.Body = io.NopCloser(bytes.NewReader(body))
	h.ServeHTTP(out, r.WithContext(context.WithoutCancel(r.Context())))
	return nil
}

// beginOnce is begin, and waits for a request that is under way.
func (s *Server) beginOnce(ctx context.Context, k keyed, what [sha256.Size]byte) (*doneOnce, error) {
	patience := time.NewTimer(s.cfg.Within)
	defer patience.Stop()
	for {
		before, err := s.asked.begin(k, what, time.Now())
		if !errors.Is(err, errUnderWay) {
			return before, err
		}
		select {
		case <-before.over:
		case <-patience.C:
			return nil, err
		case <-ctx.Done():
			return nil, err
		}
	}
}

// keyOf is whose key it is, and which.
func keyOf(r *http.Request) (keyed, error) {
	k := keyed{key: r.Header.Get("Idempotency-Key")}
	if n := len(k.key); n >= 2 && k.key[0] == '"' && k.key[n-1] == '"' {
		k.key = k.key[1 : n-1] // as the draft writes it
	}
	bad := func(c rune) bool { return c <= ' ' || c > '~' || c == '"' }
	if len(r.Header.Values("Idempotency-Key")) > 1 || k.key == "" || len(k.key) > maxOnceKey || slices.ContainsFunc([]rune(k.key), bad) {
		return k, problem(http.StatusBadRequest, "bad-request", "bad request", "the idempotency key is none").
			hint("send one key of 1 to %d letters, digits and signs, such as a UUID", maxOnceKey)
	}
	k.who = callerKeyOf(r)
	return k, nil
}

// callerKeyOf tells callers apart: by the name in the certificate, which a renewed
// one has too, or by the session.
func callerKeyOf(r *http.Request) [sha256.Size]byte {
	if who := CallerOf(r); who.ID.Known() {
		return sha256.Sum256([]byte("certificate " + who.ID.URI))
	}
	if c, err := r.Cookie(sessionCookie); err == nil {
		return sha256.Sum256([]byte("session " + c.Value))
	}
	return [sha256.Size]byte{}
}

// A copied answer goes out, and is kept.
type copied struct {
	http.ResponseWriter
	code int
	head http.Header
	body bytes.Buffer
}

// Unwrap is for http.ResponseController.
func (c *copied) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *copied) WriteHeader(code int) {
	if c.code == 0 {
		c.code = code
		c.head = http.Header{}
		for _, name := range []string{"Content-Type", "Location", "Link"} {
			if v := c.Header().Values(name); len(v) > 0 {
				c.head[name] = slices.Clone(v)
			}
		}
	}
	c.ResponseWriter.WriteHeader(code)
}

func (c *copied) Write(b []byte) (int, error) {
	if c.code == 0 {
		c.WriteHeader(http.StatusOK)
	}
	c.body.Write(b)
	return c.ResponseWriter.Write(b)
}
