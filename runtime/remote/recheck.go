package remote

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// An open connection outlives the expiry and the revocation of the certificates
// it was made with, so the door looks again: often, because looking is cheap.

func (d *Door) recheckAll() {
	tick := time.NewTicker(d.cfg.Recheck)
	defer tick.Stop()
	for {
		select {
		case <-d.quit.Done():
			return
		case <-tick.C:
			d.Recheck()
		}
	}
}

// Recheck closes each connection and each link one of whose certificates has
// expired or is revoked, and renews the keys of links that are old. The door
// does so every [Config].Recheck; whoever has just revoked somebody need not wait.
func (d *Door) Recheck() {
	now := d.cfg.Now()
	d.mu.Lock()
	conns := slices.Collect(maps.Keys(d.conns))
	tracks := slices.Collect(maps.Values(d.links))
	d.mu.Unlock()
	for _, c := range conns {
		err := d.cfg.Verifier.Holds(c.peer, now)
		if err == nil && now.After(c.ends) {
			err = fmt.Errorf("our certificate ended %s", c.ends.UTC().Format(time.RFC3339))
		}
		if err != nil {
			c.Close()
			d.log.Info("connection ended", "peer", c.peer.URI, "err", err)
		}
	}
	for _, t := range tracks {
		s, up := t.now()
		switch {
		case s == nil:
		case !up:
			if !s.due.IsZero() && now.After(s.due) {
				t.end(s, errSilent)
			}
		default:
			if err := d.cfg.Verifier.Holds(s.who, now); err != nil {
				t.refuse(s, err)
			} else if now.After(s.ends) {
				t.end(s, errWorn)
			}
		}
	}
}
