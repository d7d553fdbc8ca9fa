package enroll

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A keeper looks after one folder.
type keeper struct {
	r *Renewer
	Folder

	has    flow.Signer
	told   bool      // Renewed has taken has
	due    time.Time // when has is to be renewed
	rolled bool      // has is below a root that has a successor, and due has taken note of that
	tries  int       // failures in a row
	warned bool      // that has is old
	ended  bool      // it was said that has has ended

	key crypto.Signer // for the next certificate, while it is asked for; nil: none
	csr []byte
}

// lookEvery is how often a keeper looks whether somebody else has put another
// certificate into the folder.
const lookEvery = 30 * time.Second

func (k *keeper) run(ctx context.Context) {
	if s, err := k.load(); err == nil {
		k.set(s)
		k.told = true // who started the renewer has read it
		if k.Web && s.Chain[0].NotBefore.Before(k.r.cfg.Own().Chain[0].NotBefore) {
			k.due = time.Now() // the node may have enrolled again since, with other hosts
			k.stand(nil)
		}
	} else if !k.Web {
		k.r.log.Error("a certificate can't be looked after", "dir", k.Dir, "err", err)
		k.stand(err)
	}
	for k.rest(ctx) {
		k.step(ctx, time.Now())
	}
}

// rest waits until there may be something to do; false when ctx has ended.
func (k *keeper) rest(ctx context.Context) bool {
	changed := k.r.cfg.Verifier.Changed()
	k.follow(time.Now())
	t := time.NewTimer(k.wait(time.Now()))
	defer t.Stop()
	select {
	case <-t.C:
	case <-changed:
	case <-ctx.Done():
		return false
	}
	return true
}

func (k *keeper) load() (flow.Signer, error) {
	if k.Web {
		return pki.LoadWebSigner(k.Dir)
	}
	return pki.LoadSigner(k.Dir)
}

// set makes s the certificate that is looked after, due from half of its life
// on, at a moment of its own in the tenth after that.
func (k *keeper) set(s flow.Signer) {
	k.has, k.told, k.tries, k.warned, k.ended, k.rolled = s, false, 0, false, false, false
	k.key, k.csr = nil, nil
	k.due = part(s.Chain[0], 0.5+0.1*rand.Float64())
	k.stand(nil)
}

// wait is how long there is nothing to do.
func (k *keeper) wait(now time.Time) time.Duration {
	if len(k.has.Chain) == 0 {
		return waitAfter(k.tries, mostWait)
	}
	_, life := lifeOf(k.has.Chain[0])
	switch {
	case k.tries > 0 || !k.told:
		return waitAfter(k.tries, life/20)
	case now.Before(k.due):
		return min(k.due.Sub(now), lookEvery)
	}
	return 0
}

func (k *keeper) step(ctx context.Context, now time.Time) {
	if s, err := k.load(); err == nil && (len(k.has.Chain) == 0 || !s.Chain[0].Equal(k.has.Chain[0])) {
		k.set(s)
	}
	if len(k.has.Chain) > 0 && !k.told {
		k.tellRenewed(ctx)
		return
	}
	if len(k.has.Chain) > 0 && now.Before(k.due) {
		return
	}
	if !k.Web && (len(k.has.Chain) == 0 || k.over(now)) {
		k.tries++
		return
	}
	next, err := k.renew(ctx)
	if err == nil {
		k.set(next)
		k.r.log.Info("certificate renewed", "holder", k.name(), "until", next.Chain[0].NotAfter.UTC().Format(time.RFC3339))
		k.r.tell(k.has.ID.URI, "renew the certificate "+k.name(), nil)
		k.tellRenewed(ctx)
		return
	}
	if ctx.Err() == nil {
		k.failed(now, err)
	}
}

// follow has a certificate below a root that is followed by another renewed soon:
// in the next tenth of its life, so that the old root can go.
func (k *keeper) follow(now time.Time) {
	if k.rolled || len(k.has.Chain) == 0 {
		return
	}
	root := k.r.cfg.Verifier.Trust().Root()
	last := k.has.Chain[len(k.has.Chain)-1]
	for _, c := range k.has.Chain[1:] {
		if c.CheckSignatureFrom(root) == nil {
			return
		}
	}
	if last.Equal(root) {
		return
	}
	k.rolled = true
	_, life := lifeOf(k.has.Chain[0])
	if soon := now.Add(time.Duration(rand.Float64() * 0.1 * float64(life))); soon.Before(k.due) {
		k.due = soon
		k.stand(nil)
	}
}

func (k *keeper) tellRenewed(ctx context.Context) {
	if k.Renewed != nil {
		if err := k.Renewed(ctx, k.has); err != nil {
			if ctx.Err() == nil && k.tries == 0 {
				k.r.log.Warn("a new certificate is not in use yet", "holder", k.name(), "err", err)
			}
			k.tries++
			k.stand(fmt.Errorf("the new one is not in use yet: %w", err))
			return
		}
	}
	k.told, k.tries = true, 0
	k.stand(nil)
}

// over reports whether the certificate has ended, and says so once.
func (k *keeper) over(now time.Time) bool {
	if !now.After(k.has.Chain[0].NotAfter) {
		return false
	}
	if !k.ended {
		k.ended = true
		err := fmt.Errorf("it ended at %s and can't be renewed: enrol again with a token: wardflow ca token --again, wardflow enroll --out %s",
			k.has.Chain[0].NotAfter.UTC().Format(time.RFC3339), k.Dir)
		k.r.log.Error("certificate ended", "holder", k.name(), "err", err)
		k.r.tell(k.has.ID.URI, "keep its certificate", err)
		k.stand(err)
	}
	return true
}

// ask renews, with the same request until there is an answer.
func (k *keeper) ask(ctx context.Context, c *Client) (flow.Signer, error) {
	if k.key == nil {
		var err error
		if k.key, k.csr, err = newRequest(k.has.ID.URI); err != nil {
			return flow.Signer{}, err
		}
	}
	next, _, err := c.renewWith(ctx, k.has, k.key, k.csr)
	if errors.Is(err, pki.ErrCSR) {
		k.key = nil
	}
	return next, err
}

// renew gets the next certificate and has it on disk when it returns.
func (k *keeper) renew(ctx context.Context) (flow.Signer, error) {
	own := func() flow.Signer { return k.has }
	if k.Web {
		own = k.r.cfg.Own
	}
	c, err := NewClient(k.r.cfg.CA, own, k.r.cfg.Verifier)
	if err != nil {
		return flow.Signer{}, err
	}
	defer c.Close()
	var next flow.Signer
	if k.Web {
		next, err = c.Web(ctx)
	} else {
		next, err = k.ask(ctx, c)
	}
	if err != nil {
		return flow.Signer{}, err
	}
	if !k.Web {
		// What the others would not believe is not put in the place of what they do.
		if next.ID, err = k.r.cfg.Verifier.Identify(next.Chain, time.Now()); err != nil {
			return flow.Signer{}, err
		}
	}
	if err := pki.SaveSigner(k.Dir, next); err != nil {
		return flow.Signer{}, err
	}
	return next, nil
}

// failed says what is to be said of a renewal that failed: at once if it was
// refused, else when three quarters of the life are over.
func (k *keeper) failed(now time.Time, err error) {
	k.tries++
	k.stand(err)
	var refused *Problem
	switch {
	case errors.Is(err, ErrNoHosts):
		k.tries = max(k.tries, 12) // which makes the wait a long one: somebody may register some later
	case errors.As(err, &refused) && k.tries == 1, len(k.has.Chain) > 0 && !k.warned && now.After(part(k.has.Chain[0], 0.75)):
		k.warned = k.warned || k.tries > 1
		k.r.log.Warn("certificate is not renewed", "holder", k.name(), "err", err)
		k.r.tell(k.has.ID.URI, "renew the certificate "+k.name(), err)
	default:
		k.r.log.Debug("certificate is not renewed yet", "holder", k.name(), "err", err)
	}
}

// name is whose certificate it is.
func (k *keeper) name() string {
	if k.Web {
		return "for browsers"
	}
	return "of " + k.has.ID.URI
}
