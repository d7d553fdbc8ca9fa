package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// serviceFile is where wardflow enroll notes the CA service beside a certificate.
const serviceFile = "ca.url"

// serviceOf is the CA service at which the certificate in a folder is renewed:
// what was said, or else noted there; "" if nothing is.
func serviceOf(dir, said string) (string, error) {
	if said != "" {
		return said, enroll.CheckURL(said)
	}
	b, err := os.ReadFile(filepath.Join(dir, serviceFile))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(b)), err
}

// trustFor is the file of roots that goes with the certificate in a folder: what
// was said, or trust.pem there, or here.
func trustFor(dir, said string) string {
	if beside := filepath.Join(dir, "trust.pem"); said == "" && exists(beside) {
		return beside
	}
	if said == "" {
		return "trust.pem"
	}
	return said
}

// A keptSigner is a certificate in a folder that is renewed while it is used.
type keptSigner struct {
	now     atomic.Pointer[flow.Signer]
	renewer *enroll.Renewer // nil: nobody is known who would renew it
}

// keepSigner makes one of the certificate own in dir. One that should have been
// renewed already is so when it returns, if the CA service is there.
func keepSigner(ctx context.Context, dir, trust, ca string, v *pki.Verifier, own flow.Signer, out io.Writer) (*keptSigner, error) {
	k := &keptSigner{}
	k.now.Store(&own)
	if ca == "" {
		return k, nil
	}
	if isDue(own, v, time.Now()) {
		if next, err := renewOnce(ctx, dir, trust, ca, v, own); err != nil {
			fmt.Fprintln(out, "the certificate is not renewed yet:", err)
		} else {
			k.now.Store(&next)
		}
	}
	var err error
	k.renewer, err = enroll.NewRenewer(enroll.RenewerConfig{CA: ca, Verifier: v, Own: k.signer,
		Folders: []enroll.Folder{{Dir: dir, Renewed: func(_ context.Context, s flow.Signer) error { k.now.Store(&s); return nil }}},
		Trust:   func(t pki.Trust) error { return pki.SaveTrust(trust, t) },
		Log:     slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	return k, err
}

func (k *keptSigner) signer() flow.Signer { return *k.now.Load() }

// run renews until ctx ends, which wait waits for.
func (k *keptSigner) run(ctx context.Context) (wait func()) {
	var wg sync.WaitGroup
	if k.renewer != nil {
		wg.Go(func() { k.renewer.Run(ctx) })
	}
	return wg.Wait
}

// isDue reports whether a certificate is to be renewed: half of its life is over,
// or there is a newer root than the one above it.
func isDue(s flow.Signer, v *pki.Verifier, now time.Time) bool {
	return !now.Before(halfLife(s)) || !s.Chain[len(s.Chain)-1].Equal(v.Trust().Root()) && s.Chain[len(s.Chain)-1].CheckSignatureFrom(v.Trust().Root()) != nil
}

func halfLife(s flow.Signer) time.Time {
	c := s.Chain[0]
	return c.NotBefore.Add(c.NotAfter.Sub(c.NotBefore) / 2)
}

// renewOnce gets the next certificate from the CA service, for a new key, and
// whom to believe now, and puts both on disk.
func renewOnce(ctx context.Context, dir, trust, ca string, v *pki.Verifier, own flow.Signer) (flow.Signer, error) {
	c, err := enroll.NewClient(ca, func() flow.Signer { return own }, v)
	if err != nil {
		return own, err
	}
	defer c.Close()
	if err := adoptTrust(ctx, c, trust, v); err != nil {
		return own, err
	}
	next, _, err := c.Renew(ctx)
	if err != nil {
		return own, err
	}
	if next.ID, err = v.Identify(next.Chain, time.Now()); err != nil {
		return own, err
	}
	return next, pki.SaveSigner(dir, next)
}

// adoptTrust takes over what may be believed of what the CA service believes.
func adoptTrust(ctx context.Context, c *enroll.Client, file string, v *pki.Verifier) error {
	n, err := c.News(ctx, "")
	if err != nil {
		return err
	}
	certs, err := pki.ParseChain([]byte(n.Trust))
	if err != nil {
		return fmt.Errorf("the CA service's trust: %w", err)
	}
	next, err := pki.Adopt(v.Trust(), certs, time.Now())
	if err != nil {
		return fmt.Errorf("the CA service's trust: %w", err)
	}
	if err := pki.SaveTrust(file, next); err != nil {
		return err
	}
	v.SetTrust(next)
	return nil
}
