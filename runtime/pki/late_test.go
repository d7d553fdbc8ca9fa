package pki_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// As of when a certificate is judged by which something was signed.
func TestHeldWhen(t *testing.T) {
	now := time.Now()
	h := pkitest.Since(t, now.Add(-60*24*time.Hour))
	cert := h.IssueAt(pki.Request{Role: flow.RoleNode, Name: "bedside"}, now).Chain[0]
	begin, end := cert.NotBefore, cert.NotAfter
	for _, tt := range []struct {
		name        string
		signed, now time.Time
		want        time.Time
		err         error
	}{
		{"at once", now, now, now, nil},
		{"while it lasts", begin, end, end, nil},
		{"before it began, while it lasts", begin.Add(-time.Hour), end, end, nil}, // its holder says so, who is here
		{"just after its end", end, end.Add(time.Nanosecond), end, nil},
		{"as late as can be", begin, end.Add(pki.Late), begin, nil},
		{"too late", end, end.Add(pki.Late + 1), time.Time{}, pki.ErrExpired},
		{"signed after its end", end.Add(1), end.Add(time.Hour), time.Time{}, pki.ErrExpired},
		{"signed after its end, while it lasts", end.Add(1), now, time.Time{}, pki.ErrExpired},
		{"before it began, after its end", begin.Add(-1), end.Add(time.Hour), time.Time{}, pki.ErrNotYet},
	} {
		got, err := pki.HeldWhen(cert, tt.signed, tt.now)
		if !errors.Is(err, tt.err) || err == nil && !got.Equal(tt.want) || (err == nil) != (tt.err == nil) {
			t.Errorf("%s: %v, %v, want %v, %v", tt.name, got, err, tt.want, tt.err)
		}
	}
}
