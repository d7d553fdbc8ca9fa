package ward_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/actors/actortest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A late is a house whose clocks begin some time after its thermometer has
// signed: the line of a home was cut meanwhile. The thermometer has had its
// certificate renewed since, and that is the one of its link.
type late struct {
	*house
	began   time.Time   // of the old certificate
	renewed flow.Signer // the thermometer by its new one
}

// newLate makes a house in which the thermometer's certificate of a day has ended for
// a while.
func newLate(t *testing.T, ended time.Duration) *late {
	t.Helper()
	w := newHouse(t)
	old := w.h.IssueAt(pki.Request{Role: flow.RoleDevice, EPC: parsed(t, thermoEPC), Group: thermo}, w.now.Add(-24*time.Hour-ended))
	l := &late{house: w, began: w.now.Add(-24*time.Hour - ended), renewed: w.therm}
	w.therm = old
	w.ids.know(old)
	w.ids.know(w.collector.Env.Signer)
	w.ids.now = w.collector.Env.Now
	return l
}

func parsed(t testing.TB, uri string) pki.EPC {
	t.Helper()
	e, err := pki.ParseEPC(uri)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// taken is a reading that the thermometer took at a time and signed with its old
// certificate; or that a collector has vouched for then, a minute after it.
func (l *late) taken(seq uint64, at time.Time, by *flow.Signer) flow.Sealed {
	l.t.Helper()
	r := &flow.Reading{Device: l.therm.ID.EPC, Stream: "Temp", Seq: seq, Kind: "8310-5", Unit: "Cel", At: at, Scale: 100_000, Samples: []int64{360}}
	if by == nil {
		s, err := proof.SealReading(l.therm, r)
		if err != nil {
			l.t.Fatal(err)
		}
		return s
	}
	all, err := proof.Vouch(*by, at.Add(time.Minute), []proof.Vouched{{Reading: r, Device: l.therm.ID.Leaf}})
	if err != nil {
		l.t.Fatal(err)
	}
	return all[0]
}

// What was signed in good time is taken by collector, check and store when it
// comes after the certificate's end, and holds in the record ever after.
func TestLateReadings(t *testing.T) {
	for _, ended := range []time.Duration{time.Minute, 48 * time.Hour, 12 * 24 * time.Hour} {
		for _, vouched := range []bool{false, true} {
			l := newLate(t, ended)
			me := l.h.IssueAt(pki.Request{Role: flow.RoleCollector, Name: "bed1", Group: "h1/3/icu-3/collector"}, l.began)
			l.ids.know(me)
			by, from := (*flow.Signer)(nil), l.renewed.ID
			if vouched {
				by, from = &me, l.collector.Env.Signer.ID
			}
			for i := range uint64(3) {
				l.collector.FeedFrom(from, "reading", l.taken(i+1, l.began.Add(time.Duration(i)*11*time.Hour), by))
			}
			l.pump()
			for _, b := range []*actortest.Bench{l.collector, l.check, l.store} {
				b.Restart()
			}
			l.later(time.Minute)
			if c := l.counts(); c.Readings != 3 || c.Windows != 1 || c.Waiting != 0 || c.Quarantined != 0 {
				t.Fatalf("ended %s ago, vouched for %v: stored %+v, refused %q; want 3 readings under a window", ended, vouched, c, l.reasons())
			}
			if r := l.verified(); r.Patients[0].Verified != 3 {
				t.Errorf("ended %s ago, vouched for %v: verified %+v", ended, vouched, r.Patients[0])
			}
		}
	}
}

// A reading that waited for a device's line may be older than the certificate by
// which its collector knew the device; the collector's word says when that was.
func TestVouchedLateForAnOldReading(t *testing.T) {
	l := newLate(t, 48*time.Hour)
	me := l.h.IssueAt(pki.Request{Role: flow.RoleCollector, Name: "bed1", Group: "h1/3/icu-3/collector"}, l.began)
	l.ids.know(me)
	r := &flow.Reading{Device: l.therm.ID.EPC, Stream: "Temp", Seq: 1, Kind: "8310-5", Unit: "Cel", At: l.began.Add(-5 * time.Hour), Scale: 100_000, Samples: []int64{360}}
	all, err := proof.Vouch(me, l.began.Add(time.Hour), []proof.Vouched{{Reading: r, Device: l.therm.ID.Leaf}})
	if err != nil {
		t.Fatal(err)
	}
	l.collector.FeedFrom(l.collector.Env.Signer.ID, "reading", all[0])
	l.pump()
	l.later(time.Minute)
	if c := l.counts(); c.Readings != 1 || c.Windows != 1 || c.Quarantined != 0 {
		t.Fatalf("stored %+v, refused %q", c, l.reasons())
	}
	l.verified()
}

// What comes late is refused all the same when it was signed outside of the
// certificate's life, or too long ago, or its holder is revoked, or when it comes
// over another's link; by the collector, and by check and store as well.
func TestLateRefused(t *testing.T) {
	for _, tt := range []struct {
		what  string
		ended time.Duration
		at    time.Duration // after the certificate began
		do    func(*late)
		want  string
	}{
		{"taken after the end", time.Hour, 24*time.Hour + time.Second, nil, "it has expired: it ended"},
		{"taken after the end of one that lasts", -time.Hour, 24*time.Hour + time.Second, nil, "it has expired: it ended"},
		{"taken before the beginning", time.Hour, -3 * time.Minute, nil, "it is not valid yet: it began"},
		{"too long ago", pki.Late + time.Second, time.Hour, nil, "more than 14 days ago"},
		{"revoked", time.Hour, time.Hour, func(l *late) { l.h.Revoke(l.therm) }, "it is revoked"},
		{"revoked as a device", time.Hour, time.Hour, func(l *late) { l.h.Verifier().RevokeEPC(parsed(l.t, thermoEPC)) }, "it is revoked"},
	} {
		for _, vouched := range []bool{false, true} {
			l := newLate(t, tt.ended)
			if tt.do != nil {
				tt.do(l)
			}
			by, from := (*flow.Signer)(nil), l.renewed.ID
			if vouched {
				me := l.h.IssueAt(pki.Request{Role: flow.RoleCollector, Name: "bed1", Group: "h1/3/icu-3/collector", Life: 48 * time.Hour}, l.began.Add(-10*time.Minute))
				l.ids.know(me)
				by, from = &me, l.collector.Env.Signer.ID
			}
			s := l.taken(1, l.began.Add(tt.at), by)
			l.collector.FeedFrom(from, "reading", s)
			l.pump()
			token := map[string]any{"patient": patient, "reading": s}
			l.check.FeedFrom(l.collector.Env.Signer.ID, "in", token)
			l.store.FeedFrom(l.check.Env.Signer.ID, "in", token)
			l.pump()
			l.later(time.Minute)
			got := l.reasons()
			if len(got) != 2 || slices.ContainsFunc(got, func(s string) bool { return !strings.Contains(s, tt.want) }) {
				t.Errorf("%s, vouched for %v: refused %q, want by collector and check: %s", tt.what, vouched, got, tt.want)
			}
			if c := l.counts(); c.Readings+c.Waiting != 0 || c.Refused[flow.BadSignature] != 1 {
				t.Errorf("%s, vouched for %v: stored %+v, want it refused by the store", tt.what, vouched, c)
			}
		}
	}
	l := newLate(t, time.Hour)
	l.collector.FeedFrom(l.other.ID, "reading", l.taken(1, l.began, nil))
	l.pump()
	if got := l.reasons(); len(got) != 1 || !strings.Contains(got[0], "came over the link of "+l.other.ID.URI) {
		t.Errorf("over another's link: %q", got)
	}
}
