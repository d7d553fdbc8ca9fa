package control

import (
	"net/http"
	"time"
)

// Whoever asks for something large and does not read it would hold it in the node's
// memory, and the goroutine that writes it, for as long as he likes. So all that is
// written must be taken within patience, and what is long at a least rate.

// leastRate is how many bytes a second a reader takes at least: a tenth of what a
// phone has at the edge of a cell.
const leastRate = 64 << 10

// inPace has what h answers be taken in time, or ends the answer.
func inPace(h http.Handler, patience time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(&paced{ResponseWriter: w, rc: http.NewResponseController(w), patience: patience}, r)
	})
}

// A paced writer sets a deadline before each write. It stands until the answer is
// out, as its end is written when the handler has returned; who flushes goes on
// later, and may be quiet until then: HTTP/2 ends a stream whose deadline has passed,
// whether anything waits to be written or not.
type paced struct {
	http.ResponseWriter
	rc       *http.ResponseController
	patience time.Duration
}

func (p *paced) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// by sets the deadline of so many bytes. Writers of tests have none.
func (p *paced) by(bytes int) {
	_ = p.rc.SetWriteDeadline(time.Now().Add(p.patience + time.Duration(bytes)*time.Second/leastRate))
}

func (p *paced) WriteHeader(status int) {
	p.by(0)
	p.ResponseWriter.WriteHeader(status)
}

func (p *paced) Write(b []byte) (int, error) {
	p.by(len(b))
	return p.ResponseWriter.Write(b)
}

// FlushError is what [http.ResponseController.Flush] calls.
func (p *paced) FlushError() error {
	p.by(0)
	if err := p.rc.Flush(); err != nil {
		return err
	}
	_ = p.rc.SetWriteDeadline(time.Time{})
	return nil
}
