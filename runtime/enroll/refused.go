package enroll

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Every refusal gets on record. What the office judges it tells itself; the rest,
// such as a request that can't be read or is of nobody, is told here, and from one
// address not without end.

// A tally counts what comes from each address within a minute.
type tally struct {
	mu    sync.Mutex // guards what follows
	began time.Time
	by    map[netip.Prefix]int
}

const (
	tallyOver = time.Minute
	tallyMost = 1 << 16 // addresses; those beyond count as one
)

// count is how many came from an address within this minute, with this one.
func (t *tally) count(addr string, now time.Time) int {
	p := neighbourhood(addr)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.by == nil || now.Sub(t.began) >= tallyOver || now.Before(t.began) {
		t.began, t.by = now, make(map[netip.Prefix]int)
	}
	if _, known := t.by[p]; !known && len(t.by) >= tallyMost {
		p = netip.Prefix{}
	}
	t.by[p]++
	return t.by[p]
}

// neighbourhood is whom an address stands for: itself, or the network of an
// address of IPv6, which has as many as it likes.
func neighbourhood(addr string) netip.Prefix {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p
}

// tellMost is how many refusals of one address are told each within a minute; of
// those after, the 20th, 30th and so on to the 100th, 200th and so on.
const tellMost = 10

func worthTelling(n int) bool {
	for n > tellMost && n%10 == 0 {
		n /= 10
	}
	return n <= tellMost
}

type refusalKey struct{}

// A refusal is why a request was refused.
type refusal struct {
	err  error
	told bool
}

// refuse notes why a request is refused; told says that it is on record.
func refuse(r *http.Request, err error) {
	if f, ok := r.Context().Value(refusalKey{}).(*refusal); ok {
		f.err = err
		f.told = !errors.Is(err, errNobody) && !errors.Is(err, errBody) && !errors.Is(err, errNoToken)
	}
}

// A watched answer knows its status.
type watched struct {
	http.ResponseWriter
	status int
}

func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// recorded puts on record what h refuses and nobody has told.
func (s *Server) recorded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := &refusal{}
		seen := &watched{ResponseWriter: w}
		r = r.WithContext(context.WithValue(r.Context(), refusalKey{}, f))
		h.ServeHTTP(seen, r)
		if seen.status < 400 || seen.status >= 500 || f.told {
			return
		}
		n := s.refusals.count(r.RemoteAddr, time.Now())
		if !worthTelling(n) {
			return
		}
		err := f.err
		if err == nil {
			err = errors.New(http.StatusText(seen.status))
		}
		if n > tellMost {
			err = fmt.Errorf("%w (for the %dth time within a minute)", err, n)
		}
		var who string
		if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
			who = claimed(r.TLS.PeerCertificates[0])
		}
		s.office.tell(who, r.RemoteAddr, false, asks(r), err)
	})
}

// asks is what a request is about, for the record.
func asks(r *http.Request) string {
	return fmt.Sprintf("%.20s %.200s at the CA service", r.Method, r.URL.Path)
}
