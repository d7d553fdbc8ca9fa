package pki_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// Where lists are made, an authority whose list never comes is named after an
// hour, and nobody new of it is let in after a day; a restart changes nothing.
func TestUnheard(t *testing.T) {
	h := pkitest.New(t)
	node, card, now := h.Node("bedside").ID, h.Staff("ada").ID, time.Now()
	day := now.Add(pki.ListLife + time.Minute)
	for _, tt := range []struct {
		name  string
		first map[string]time.Time
	}{
		{"at first", nil},
		{"of a clock that is ahead", map[string]time.Time{node.Issuer: now.Add(1000 * time.Hour), card.Issuer: now.Add(1000 * time.Hour)}},
	} {
		v := pki.NewVerifier(h.Authority.Trust())
		if err := v.Fresh(node, day.Add(1000*time.Hour)); err != nil || v.FirstBelieved() != nil || len(v.Unheard(day)) > 0 {
			t.Errorf("%s, not required: Fresh = %v, Unheard = %v", tt.name, err, v.Unheard(day))
		}
		v.RequireLists(tt.first)
		if err := v.Fresh(node, now); err != nil || len(v.Unheard(now)) > 0 {
			t.Errorf("%s: Fresh = %v, Unheard = %v", tt.name, err, v.Unheard(now))
		}
		hour := now.Add(pki.UnheardMost + time.Minute)
		if err := v.Fresh(node, hour); err != nil || len(v.Unheard(hour)) != 2 {
			t.Errorf("%s, an hour later: Fresh = %v, Unheard = %v, want both authorities", tt.name, err, v.Unheard(hour))
		}
		if err := v.Fresh(node, day); !errors.Is(err, pki.ErrStale) {
			t.Errorf("%s, a day later: Fresh = %v, want %v", tt.name, err, pki.ErrStale)
		}
		// A list of one says nothing about the other.
		take(t, v, publish(t, h.Authority.Issuing, now), true)
		if err := v.Fresh(card, day); !errors.Is(err, pki.ErrStale) || len(v.Unheard(hour)) != 1 {
			t.Errorf("%s, a card: Fresh = %v, Unheard = %v", tt.name, err, v.Unheard(hour))
		}
		if err := v.Fresh(node, hour); err != nil {
			t.Errorf("%s, with a list: Fresh = %v", tt.name, err)
		}
	}

	was := pki.NewVerifier(h.Authority.Trust())
	was.RequireLists(map[string]time.Time{node.Issuer: now.Add(-pki.ListLife - time.Hour)})
	v := pki.NewVerifier(h.Authority.Trust())
	v.RequireLists(was.FirstBelieved())
	if err := v.Fresh(node, now); !errors.Is(err, pki.ErrStale) {
		t.Errorf("after a restart: Fresh = %v, want %v", err, pki.ErrStale)
	}
	if err := v.Fresh(card, now); err != nil {
		t.Errorf("after a restart, of an authority that is new: Fresh = %v", err)
	}

	// An authority that is believed later has a day of its own.
	v = pki.NewVerifier(h.Authority.Trust())
	v.RequireLists(map[string]time.Time{})
	v.SetTrust(h.Neighbour().Authority.Trust())
	if n := len(v.FirstBelieved()); n != 4 {
		t.Errorf("%d authorities are noted, want 4", n)
	}
}
