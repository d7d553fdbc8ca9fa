package pki

import (
	"crypto"
	"time"
)

// Answers of OCSP are signed once and given to all who ask, until something is
// revoked or reinstated or they are a few minutes old: a signature is what asking
// would cost us.

const (
	answerLife = 10 * time.Minute
	answersMax = 4096
)

type question struct {
	serial string
	hash   crypto.Hash // that names the issuer
}

type answer struct {
	der []byte
	at  time.Time
}

// answers are those of one CA. Its lists' mutex guards them.
type answers struct {
	of    map[question]answer
	state int // counts what was revoked and reinstated
}

// forget is called for each change of what is revoked.
func (a *answers) forget() {
	a.of = nil
	a.state++
}

func (a *answers) get(q question, now time.Time) []byte {
	if old, ok := a.of[q]; ok && !now.Before(old.at) && now.Sub(old.at) < answerLife {
		return old.der
	}
	return nil
}

// put keeps an answer that was made when state was the count of changes.
func (a *answers) put(q question, der []byte, at time.Time, state int) {
	if state != a.state {
		return
	}
	if a.of == nil || len(a.of) >= answersMax {
		a.of = make(map[question]answer)
	}
	a.of[q] = answer{der, at}
}
