package tap

import "time"

// PerSecond is how many tokens of a link are shown in any second, at most.
const PerSecond = 20

// A sampler says which tokens are shown. On a link that carries no more than
// PerSecond all of them are, even when they come at once; of one that carries
// more, one every so often, so that what is shown is spread over the time.
type sampler struct {
	taken [PerSecond]time.Time // when the last were, as a ring
	at    int                  // of the oldest of them

	begun     time.Time // of the second that is counted
	now, last int       // tokens in that second, and in the one before
}

// take reports whether a token that goes by at a moment is shown. Moments do
// not run backwards.
func (s *sampler) take(now time.Time) bool {
	switch since := now.Sub(s.begun); {
	case s.begun.IsZero() || since >= 2*time.Second:
		s.begun, s.now, s.last = now, 0, 0
	case since >= time.Second:
		s.begun, s.now, s.last = s.begun.Add(time.Second), 0, s.now
	}
	s.now++
	if oldest := s.taken[s.at]; !oldest.IsZero() && now.Sub(oldest) < time.Second {
		return false
	}
	newest := s.taken[(s.at+PerSecond-1)%PerSecond]
	if s.busy() && !newest.IsZero() && now.Sub(newest) < time.Second/PerSecond {
		return false
	}
	s.taken[s.at] = now
	s.at = (s.at + 1) % PerSecond
	return true
}

// busy reports whether the link carries more than can be shown.
func (s *sampler) busy() bool { return s.now > PerSecond || s.last > PerSecond }
