package remote

import (
	"crypto/x509"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

type chain = []*x509.Certificate

// A session is one handshake of one link on one stream, and what follows it.
type session struct {
	t      *track
	st     *stream
	number uint64
	terms  link.Terms
	since  time.Time     // it is secured
	due    time.Time     // when the handshake must be done
	fresh  time.Time     // when the sender's side should see to a new session
	secure atomic.Bool   // the handshake is done
	counts atomic.Bool   // among the offers of its stream that are under way
	over   atomic.Bool   // track.end has been called
	told   atomic.Bool   // the other end need not be told that it is over
	who    flow.Identity // at the other end, once secured

	offered  *link.Offered  // the sender's side, while the handshake lasts
	answered *link.Answered // the receiver's
	signer   flow.Signer    // of our end
	open     *link.Opener   // once secured; owned by the reader

	starved bool // guarded by the outbox

	mu   sync.Mutex // guards what follows, and keeps sealing and queueing in one order
	seal *link.Sealer
	buf  []byte
}

// secured takes the keys.
func (s *session) secured(k *link.Secured) {
	now := s.st.door.cfg.Now()
	s.who, s.open, s.since = k.Peer, k.Open, now
	s.fresh = freshUntil(now, s.signer.ID.NotAfter, s.who.NotAfter)
	if keys := now.Add(s.st.door.cfg.KeyLife); keys.Before(s.fresh) {
		s.fresh = keys
	}
	s.mu.Lock()
	s.seal = k.Seal
	s.mu.Unlock()
	s.secure.Store(true)
}

// freshUntil is when something that lasts until the first of two certificates
// ends should be made anew, in case they have been renewed: when a quarter of
// that time is left, and so, if they have not been, more and more often.
func freshUntil(now, ours, theirs time.Time) time.Time {
	if theirs.Before(ours) {
		ours = theirs
	}
	return now.Add(ours.Sub(now) / 4 * 3)
}

// settled takes an offer from those that are under way, once.
func (s *session) settled() {
	if s.counts.Swap(false) {
		s.st.offers.Add(-1)
	}
}

// send is what Links.Up gets. What it can't send at all ends the link; the
// writer does that, since the caller may be inside a call of ours.
func (s *session) send(m link.Message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over.Load() || !s.st.out.room(s) {
		return false
	}
	for {
		plain, n, err := link.AppendMessage(s.buf[:0], &m, chunkSize-entryHead-link.Overhead)
		if err != nil {
			s.st.out.broken(s, err)
			return false
		}
		sealed := plain
		if !s.st.door.cfg.Unsealed {
			if sealed, err = s.seal.Seal(plain[:0], plain); err != nil {
				s.st.out.broken(s, err)
				return false
			}
		}
		s.buf = sealed
		if cap(s.buf) > 4*chunkSize {
			s.buf = nil // one large token must not be remembered for ever
		}
		s.st.out.put(entrySealed, s.number, sealed)
		if n == len(m.Frame.Tokens) {
			return true
		}
		m.Frame.First += uint64(n)
		m.Frame.Tokens = m.Frame.Tokens[n:]
	}
}
