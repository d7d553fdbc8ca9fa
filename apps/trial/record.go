package trial

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What the monitor has noted, read.

// waits is how long the readings that these devices made between two moments had
// to wait for their acknowledgement, in rising order, and whether all have theirs.
func (m *monitor) waits(devices []string, from, to time.Time) (waits []time.Duration, all bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all = true
	for _, name := range devices {
		o := m.devices[name]
		first, _ := slices.BinarySearchFunc(o.made, from, time.Time.Compare)
		a, _ := slices.BinarySearchFunc(o.ackedAt, uint64(first)+1, func(a ack, n uint64) int { return cmp.Compare(a.upto, n) })
		for i := first; i < len(o.made) && !o.made[i].After(to); i++ {
			for a < len(o.ackedAt) && o.ackedAt[a].upto <= uint64(i) {
				a++
			}
			wait := time.Since(o.made[i])
			if a < len(o.ackedAt) {
				wait = o.ackedAt[a].at.Sub(o.made[i])
			} else {
				all = false
			}
			waits = append(waits, wait)
		}
	}
	slices.Sort(waits)
	return waits, all
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

// behind names the devices that wait longest for an acknowledgement.
func (m *monitor) behind() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	type late struct {
		wait time.Duration
		text string
	}
	var all []late
	for _, o := range m.devices {
		if o.acked < uint64(len(o.made)) {
			wait := time.Since(o.made[o.acked]).Round(time.Millisecond)
			all = append(all, late{wait, fmt.Sprintf("%s %d of %d for %v", o.name, o.acked, len(o.made), wait)})
		}
	}
	slices.SortFunc(all, func(a, b late) int { return cmp.Compare(b.wait, a.wait) })
	var text []string
	for _, l := range all {
		text = append(text, l.text)
	}
	return strings.Join(text[:min(len(text), 8)], ", ")
}

// longestWait is the longest of the waits of all devices.
func (m *monitor) longestWait(from, to time.Time) (wait time.Duration, all bool) {
	m.mu.Lock()
	var names []string
	for name := range m.devices {
		names = append(names, name)
	}
	m.mu.Unlock()
	waits, all := m.waits(names, from, to)
	if len(waits) > 0 {
		wait = waits[len(waits)-1]
	}
	return wait, all
}
