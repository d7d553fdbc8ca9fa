package control

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"sync"
	"time"
)

// passes are one-time login tokens and the sessions they become. Only hashes
// are kept, so neither can be read out of memory and used. A token is 256
// random bits: it cannot be guessed, so guesses are not counted.
type passes struct {
	loginFor   time.Duration // how long a one-time token can be used
	sessionFor time.Duration
	most       int // of either kind; the one that ends first makes room

	mu       sync.Mutex // guards all below
	logins   map[secret]time.Time
	sessions map[secret]time.Time
}

type secret [sha256.Size]byte

// login makes a one-time token.
func (p *passes) login(now time.Time) (token string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.add(&p.logins, now, p.loginFor)
}

// exchange uses up a one-time token and makes a session of it. It reports
// false for a token that never was, was used, or is too old.
func (p *passes) exchange(token string, now time.Time) (session string, until time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := hash(token)
	ends, ok := p.logins[key]
	delete(p.logins, key)
	if !ok || !now.Before(ends) {
		return "", time.Time{}, false
	}
	session, until = p.add(&p.sessions, now, p.sessionFor)
	return session, until, true
}

// check reports until when a session is good, and whether it is.
func (p *passes) check(session string, now time.Time) (until time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	until, ok = p.sessions[hash(session)]
	return until, ok && now.Before(until)
}

// end forgets a session.
func (p *passes) end(session string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sessions, hash(session))
}

func (p *passes) add(to *map[secret]time.Time, now time.Time, life time.Duration) (string, time.Time) {
	if *to == nil {
		*to = map[secret]time.Time{}
	}
	var first secret
	for key, ends := range *to {
		if !now.Before(ends) {
			delete(*to, key)
		} else if first == (secret{}) || ends.Before((*to)[first]) {
			first = key
		}
	}
	if len(*to) >= p.most {
		delete(*to, first)
	}
	token, until := newToken(), now.Add(life)
	(*to)[hash(token)] = until
	return token, until
}

func newToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func hash(token string) secret { return sha256.Sum256([]byte(token)) }
