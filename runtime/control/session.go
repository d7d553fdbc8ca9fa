package control

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
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
	idleFor    time.Duration // a session that is not used for so long ends; 0: it does not
	most       int           // of either kind; the one that ends first makes room
	// holds tells whether the certificate of who gave a token still does: what
	// somebody let in ends with them. nil: always.
	holds func(chain []*x509.Certificate) error

	mu       sync.Mutex // guards all below
	logins   map[secret]pass
	sessions map[secret]pass
}

// A pass is a token, or the session that it became.
type pass struct {
	until time.Time
	used  time.Time           // when a session was used last
	by    []*x509.Certificate // of who gave it, leaf first; nil: the node itself
}

type secret [sha256.Size]byte

// login makes a one-time token, given by the holder of a certificate.
func (p *passes) login(now time.Time, by []*x509.Certificate) (token string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.add(&p.logins, pass{until: now.Add(p.loginFor), by: by}, now)
}

// good reports whether a pass is one now.
func (p *passes) good(is pass, now time.Time) bool {
	return now.Before(is.until) && (is.by == nil || p.holds == nil || p.holds(is.by) == nil)
}

// exchange uses up a one-time token and makes a session of it. It reports
// false for a token that never was, was used, or is too old.
func (p *passes) exchange(token string, now time.Time) (session string, until time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := hash(token)
	login, ok := p.logins[key]
	delete(p.logins, key)
	if !ok || !p.good(login, now) {
		return "", time.Time{}, false
	}
	session, until = p.add(&p.sessions, pass{until: now.Add(p.sessionFor), used: now, by: login.by}, now)
	return session, until, true
}

// check reports until when a session is good at the latest, and whether it is. To
// ask is to use it: a stream asks as long as it is open.
func (p *passes) check(session string, now time.Time) (until time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := hash(session)
	is, ok := p.sessions[key]
	if !ok || !p.good(is, now) {
		return is.until, false
	}
	if p.idleFor > 0 && now.Sub(is.used) >= p.idleFor {
		delete(p.sessions, key)
		return is.until, false
	}
	if now.After(is.used) {
		is.used = now
		p.sessions[key] = is
	}
	return is.until, true
}

// end forgets a session.
func (p *passes) end(session string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sessions, hash(session))
}

func (p *passes) add(to *map[secret]pass, is pass, now time.Time) (string, time.Time) {
	if *to == nil {
		*to = map[secret]pass{}
	}
	var first secret
	for key, old := range *to {
		if !now.Before(old.until) {
			delete(*to, key)
		} else if first == (secret{}) || old.until.Before((*to)[first].until) {
			first = key
		}
	}
	if len(*to) >= p.most {
		delete(*to, first)
	}
	token := newToken()
	(*to)[hash(token)] = is
	return token, is.until
}

func newToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func hash(token string) secret { return sha256.Sum256([]byte(token)) }
