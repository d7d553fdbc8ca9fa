package node

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A renewal keeps the node's certificates and those of its actors alive, without
// a restart: each new one is made known to the others, then put into use
// wherever the old one was.
type renewal struct {
	n       *Node
	web     atomic.Pointer[flow.Signer]    // for browsers; nil: there is none
	renewer atomic.Pointer[enroll.Renewer] // nil: nothing is renewed
}

// standings are how far the renewal of each folder is.
func (r *renewal) standings() map[string]enroll.Standing {
	if renewer := r.renewer.Load(); renewer != nil {
		return renewer.Standings()
	}
	return nil
}

// webDir is where the certificate for browsers is, below the node's own folder.
const webDir = "web"

func (n *Node) webFolder() string { return filepath.Join(n.cfg.Dir, webDir) }

// renewing runs the renewal until ctx ends; without a CA service there is none.
func (n *Node) renewing(ctx context.Context) {
	if n.cfg.CA == "" {
		return
	}
	r := &n.renewal
	folders := []enroll.Folder{
		{Dir: n.cfg.Certificate, Renewed: r.own},
		{Dir: n.webFolder(), Renewed: r.browsers, Web: true},
	}
	for name := range n.keys.all() {
		folders = append(folders, enroll.Folder{Dir: filepath.Join(n.cfg.Identities, name),
			Renewed: func(ctx context.Context, s flow.Signer) error { return r.identity(ctx, name, s) }})
	}
	renewer, err := enroll.NewRenewer(enroll.RenewerConfig{CA: n.cfg.CA, Verifier: n.verifier, Own: n.signer, Folders: folders,
		Trust:  r.trust,
		Revoke: func(list []byte) error { _, err := n.takeCRL(list, n.cfg.CA); return err },
		Audit:  n.audit, Log: n.log})
	if err != nil {
		n.log.Error("certificates are not renewed", "err", err)
		return
	}
	r.renewer.Store(renewer)
	renewer.Run(ctx)
}

// own puts a new certificate of the node itself into use. The door, gossip and
// the control API ask for it at each use.
func (r *renewal) own(_ context.Context, s flow.Signer) error {
	id, err := r.n.verifier.Identify(s.Chain, time.Now())
	if err != nil {
		return err
	}
	was := r.n.signer()
	if id.URI != was.ID.URI || id.Group != was.ID.Group {
		return fmt.Errorf("its new certificate is of %s in group %q: a node that changes is started anew", id.URI, id.Group)
	}
	s.ID = id
	r.n.keys.setOwn(s)
	r.resign(s)
	if err := r.n.members.Update(r.n.members.Self()); err != nil {
		r.n.log.Warn("others were not told of the new certificate: they learn of it by and by", "err", err)
	}
	return nil
}

// identity puts a new certificate of actors of this node into use, when the
// others can know it.
func (r *renewal) identity(ctx context.Context, name string, s flow.Signer) error {
	was, ok := r.n.keys.identity(name)
	if ok && was.ID.URI != s.ID.URI {
		return fmt.Errorf("the new certificate in identities/%s is of %s: a node whose identities change is started anew", name, s.ID.URI)
	}
	ctx, cancel := context.WithTimeout(ctx, claimWithin)
	defer cancel()
	if err := r.n.publish(ctx, s); err != nil {
		return fmt.Errorf("make it known: %w", err)
	}
	r.n.keys.setIdentity(name, s)
	r.resign(s)
	return nil
}

// resign gives a new certificate to the actors that run under the one before,
// and to their links to other nodes.
func (r *renewal) resign(s flow.Signer) {
	for id := range r.n.engine.Running() {
		has, ok := r.n.engine.Signer(id)
		if !ok || has.ID.URI != s.ID.URI || len(has.Chain) == 0 || has.Chain[0].Equal(s.Chain[0]) {
			continue
		}
		err := r.n.engine.SetSigner(id, s)
		if err != nil && !errors.Is(err, engine.ErrNotRunning) {
			r.n.log.Error("actor goes on under its old certificate", "actor", id, "err", err)
			continue
		}
		r.n.links.resigned(id)
	}
}

// resigned opens the links from an actor to other nodes anew, under its new
// certificate, beside the sessions that they have.
func (ls *links) resigned(id flow.ActorID) {
	ls.mu.Lock()
	var again []far
	for _, f := range ls.open {
		if f.link.From.Actor == id {
			again = append(again, f)
		}
	}
	ls.mu.Unlock()
	for _, f := range again {
		ls.begin(f)
	}
}

// browsers puts a new certificate for browsers into use.
func (r *renewal) browsers(_ context.Context, s flow.Signer) error {
	r.web.Store(&s)
	r.warnOfHosts(s.Chain[0])
	return nil
}

// webCertificate is what the control API shows browsers: a certificate that
// names this host, or else the node's own, about which they ask.
func (r *renewal) webCertificate() (*tls.Certificate, error) {
	if s := r.web.Load(); s != nil && time.Now().Before(s.Chain[0].NotAfter) {
		return pki.Certificate(*s)
	}
	return pki.Certificate(r.n.signer())
}

// loadWeb reads the certificate for browsers, if there is one.
func (r *renewal) loadWeb() {
	if s, err := pki.LoadWebSigner(r.n.webFolder()); err == nil {
		r.web.Store(&s)
		r.warnOfHosts(s.Chain[0])
	}
}

// trust keeps on disk whom to believe, and tells the parts that ask.
func (r *renewal) trust(t pki.Trust) error {
	if err := pki.SaveTrust(r.n.cfg.Trust, t); err != nil {
		return err
	}
	r.n.keys.setTrust(t)
	return nil
}
