package control

import (
	"crypto/x509"
	"errors"
	"testing"
	"time"
)

func TestOneTimeToken(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	p := &passes{loginFor: 10 * time.Minute, sessionFor: time.Hour, most: 3}
	token, until := p.login(now, nil)
	if want := now.Add(10 * time.Minute); !until.Equal(want) {
		t.Errorf("token until %s, want %s", until, want)
	}
	if len(token) != 43 {
		t.Errorf("token %q has %d characters, want 43: 256 bits", token, len(token))
	}
	session, _, ok := p.exchange(token, now)
	if !ok {
		t.Fatal("the token was not taken")
	}
	if _, _, ok := p.exchange(token, now); ok {
		t.Error("the token was taken twice")
	}
	if _, ok := p.check(token, now); ok {
		t.Error("a token passes for a session")
	}
	if _, ok := p.check(session, now.Add(time.Hour-1)); !ok {
		t.Error("the session ended too soon")
	}
	if _, ok := p.check(session, now.Add(time.Hour)); ok {
		t.Error("the session did not end")
	}
	p.end(session)
	if _, ok := p.check(session, now); ok {
		t.Error("the session goes on after it was ended")
	}
}

// A session ends when nobody uses it, and lives while somebody does, up to its end.
func TestIdleSessionEnds(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	p := &passes{loginFor: time.Minute, sessionFor: time.Hour, idleFor: 15 * time.Minute, most: 3}
	begin := func() string {
		token, _ := p.login(now, nil)
		session, _, ok := p.exchange(token, now)
		if !ok {
			t.Fatal("the token was not taken")
		}
		return session
	}
	used, left := begin(), begin()
	for i := range 5 {
		if _, ok := p.check(used, now.Add(time.Duration(i)*14*time.Minute)); !ok {
			t.Errorf("a session that is used every 14 minutes ended after %d", 14*i)
		}
	}
	if _, ok := p.check(used, now.Add(time.Hour)); ok {
		t.Error("a session that is used goes on for ever")
	}
	if _, ok := p.check(left, now.Add(15*time.Minute)); ok {
		t.Error("a session that nobody used for 15 minutes goes on")
	}
	if _, ok := p.check(left, now.Add(time.Minute)); ok {
		t.Error("a session that ended came back")
	}
}

func TestOldTokenIsRefused(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	p := &passes{loginFor: 10 * time.Minute, sessionFor: time.Hour, most: 3}
	token, until := p.login(now, nil)
	if _, _, ok := p.exchange(token, until); ok {
		t.Error("a token that has ended was taken")
	}
	for _, never := range []string{"", "x", token} {
		if _, _, ok := p.exchange(never, now); ok {
			t.Errorf("token %q was taken", never)
		}
	}
}

// However many are asked for, no more than most are kept, and the newest is.
func TestTokensAreBounded(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	p := &passes{loginFor: 10 * time.Minute, sessionFor: time.Hour, most: 3}
	var token string
	for i := range 50 {
		token, _ = p.login(now.Add(time.Duration(i)*time.Second), nil)
		if len(p.logins) > 3 {
			t.Fatalf("%d tokens kept, want at most 3", len(p.logins))
		}
	}
	if _, _, ok := p.exchange(token, now.Add(time.Minute)); !ok {
		t.Error("the newest token was dropped")
	}
}

// What somebody gave ends when their certificate does not hold any more.
func TestPassesEndWithTheirGiver(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	revoked := false
	p := &passes{loginFor: 10 * time.Minute, sessionFor: time.Hour, most: 3, holds: func([]*x509.Certificate) error {
		if revoked {
			return errors.New("revoked")
		}
		return nil
	}}
	giver := []*x509.Certificate{{}}
	token, _ := p.login(now, giver)
	session, _, ok := p.exchange(token, now)
	if !ok {
		t.Fatal("the token was not taken")
	}
	later, _ := p.login(now, giver)
	own, _ := p.login(now, nil) // the node's own
	if _, ok := p.check(session, now); !ok {
		t.Error("the session is not good")
	}
	revoked = true
	if _, ok := p.check(session, now); ok {
		t.Error("the session of a giver who is revoked goes on")
	}
	if _, _, ok := p.exchange(later, now); ok {
		t.Error("the token of a giver who is revoked was taken")
	}
	if _, _, ok := p.exchange(own, now); !ok {
		t.Error("the node's own token was not taken")
	}
}
