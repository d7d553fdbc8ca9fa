package trial

import (
	"time"
)

// What the monitor has noted, read.

// longestWait is the longest that a reading made between two moments had to
// wait for its acknowledgement, and whether all of them have theirs.
func (m *monitor) longestWait(from, to time.Time) (wait time.Duration, all bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all = true
	for _, o := range m.devices {
		a := 0
		for i, made := range o.made {
			if made.Before(from) {
				continue
			}
			if made.After(to) {
				break
			}
			for a < len(o.ackedAt) && o.ackedAt[a].upto <= uint64(i) {
				a++
			}
			if a == len(o.ackedAt) {
				wait, all = max(wait, time.Since(made)), false
				break // the first that has none waits longest
			}
			wait = max(wait, o.ackedAt[a].at.Sub(made))
		}
	}
	return wait, all
}

// longestSilence is the longest time without an acknowledgement for one of the
// devices, between two moments.
func (m *monitor) longestSilence(devices []string, from, to time.Time) (longest time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, name := range devices {
		last := from
		for _, a := range m.devices[name].ackedAt {
			if a.at.Before(from) {
				continue
			}
			if a.at.After(to) {
				break
			}
			longest, last = max(longest, a.at.Sub(last)), a.at
		}
		longest = max(longest, to.Sub(last))
	}
	return longest
}

// lag is how old the oldest reading without an acknowledgement is.
func (m *monitor) lag() (lag time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range m.devices {
		if o.acked < uint64(len(o.made)) {
			lag = max(lag, time.Since(o.made[o.acked]))
		}
	}
	return lag
}

// counted is how many readings were made and how many are acknowledged.
func (m *monitor) counted() (made, acked uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range m.devices {
		made, acked = made+uint64(len(o.made)), acked+o.acked
	}
	return made, acked
}
