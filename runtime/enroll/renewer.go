package enroll

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A Folder holds one certificate that a [Renewer] looks after, as
// [pki.SaveSigner] writes it.
type Folder struct {
	Dir string
	// Renewed hears of each new certificate once it is on disk, be it that the
	// renewer got it or that somebody put it there. After an error it is told
	// again, until it returns nil.
	Renewed func(ctx context.Context, s flow.Signer) error
	// Web says that it is a node's certificate for browsers. It need not be there
	// at first.
	Web bool
}

// A RenewerConfig says what a [Renewer] looks after. CA, Verifier and Own are
// required.
type RenewerConfig struct {
	CA       string        // https://host:port
	Verifier *pki.Verifier // whom to believe; what is revoked and what trust is new is put into it
	// Own is the certificate to ask for news and for the browsers' one with.
	Own     func() flow.Signer
	Folders []Folder

	// Trust hears of a new trust that was adopted, before the Verifier has it. If
	// it returns an error it is told again. nil: the trust stays as it is.
	Trust func(t pki.Trust) error
	// Revoke puts a revocation list, in DER, into force; one that is not new
	// changes nothing and is no error. nil: the Verifier's Revoke.
	Revoke func(list []byte) error

	Audit func(flow.AuditEvent) // nil: nobody listens
	Log   *slog.Logger          // nil: no log
}

// A Renewer keeps certificates alive: each is renewed when half of its life is
// over, a little earlier or later, with a new key. While the CA service is away
// it tries on, more and more seldom, until the end; from three quarters of the
// life on it says so. It also waits for what the service says is revoked or to
// be trusted.
type Renewer struct {
	cfg RenewerConfig
	log *slog.Logger

	mu        sync.Mutex // guards standings
	standings map[string]Standing
}

// NewRenewer makes a renewer; [Renewer.Run] starts it.
func NewRenewer(cfg RenewerConfig) (*Renewer, error) {
	if cfg.Verifier == nil || cfg.Own == nil {
		return nil, errors.New("renewer: Verifier and Own are needed")
	}
	if err := CheckURL(cfg.CA); err != nil {
		return nil, fmt.Errorf("renewer: %w", err)
	}
	if cfg.Revoke == nil {
		cfg.Revoke = func(list []byte) error {
			if _, err := cfg.Verifier.Revoke(list); !errors.Is(err, pki.ErrOldList) {
				return err
			}
			return nil
		}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Renewer{cfg: cfg, log: cfg.Log}, nil
}

// Run looks after everything until ctx ends.
func (r *Renewer) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, f := range r.cfg.Folders {
		wg.Go(func() { (&keeper{r: r, Folder: f}).run(ctx) })
	}
	wg.Go(func() { r.watch(ctx) })
}

func (r *Renewer) tell(who, what string, err error) {
	e := flow.AuditEvent{At: time.Now().UTC(), Kind: flow.AuditIdentity, Who: who, Proven: true, From: r.cfg.CA, What: what}
	if err != nil {
		e.Why = err.Error()
	}
	if r.cfg.Audit != nil {
		r.cfg.Audit(e)
	}
}

// How long to wait after failures: the first, and the longest.
const (
	firstWait = time.Second
	mostWait  = 5 * time.Minute
)

// waitAfter is how long to wait after that many failures in a row, with jitter,
// so that a thousand holders do not come back together; most is the longest.
func waitAfter(failures int, most time.Duration) time.Duration {
	d := firstWait << min(failures, 12)
	d = max(min(d, most, mostWait), 50*time.Millisecond)
	return d/2 + rand.N(d/2+1)
}

// sleep waits; false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// watch waits for news from the service, again and again.
func (r *Renewer) watch(ctx context.Context) {
	cursor, failures := "", 0
	for ctx.Err() == nil {
		n, err := r.news(ctx, cursor)
		if err == nil {
			err = r.take(n)
		}
		if err == nil {
			cursor, failures = n.Cursor, 0
			continue
		}
		if ctx.Err() != nil {
			return
		}
		if failures == 0 {
			r.log.Warn("the CA service tells no news", "err", err)
		}
		if !sleep(ctx, waitAfter(failures, 15*time.Second)) {
			return
		}
		failures++
	}
}

func (r *Renewer) news(ctx context.Context, cursor string) (News, error) {
	c, err := NewClient(r.cfg.CA, r.cfg.Own, r.cfg.Verifier)
	if err != nil {
		return News{}, err
	}
	defer c.Close()
	return c.News(ctx, cursor)
}

// take puts what is new into force: trust first, since new lists may be by new
// authorities.
func (r *Renewer) take(n News) error {
	if err := r.adopt(n.Trust); err != nil {
		return err
	}
	for _, der := range n.Lists {
		if err := r.cfg.Revoke(der); err != nil {
			r.log.Warn("a revocation list of the CA service was refused", "err", err)
			r.tell("", "publish a revocation list", err)
		}
	}
	return nil
}

// adopt takes over what may be believed of an offered trust.
func (r *Renewer) adopt(offered string) error {
	if r.cfg.Trust == nil {
		return nil
	}
	certs, err := decodePEM(offered)
	if err != nil {
		return fmt.Errorf("the CA service's trust: %w", err)
	}
	old := r.cfg.Verifier.Trust()
	next, err := pki.Adopt(old, certs, time.Now())
	if err != nil {
		r.tell("", "change whom this node trusts", err)
		return fmt.Errorf("the CA service's trust: %w", err)
	}
	if encodeTrust(next) == encodeTrust(old) {
		return nil
	}
	if err := r.cfg.Trust(next); err != nil {
		return err
	}
	r.cfg.Verifier.SetTrust(next)
	r.log.Info("trust changed", "roots", len(next.Roots), "issuers", len(next.Issuers))
	r.tell("", fmt.Sprintf("change whom this node trusts: %d roots, %d authorities", len(next.Roots), len(next.Issuers)), nil)
	return nil
}
