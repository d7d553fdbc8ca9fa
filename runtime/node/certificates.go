package node

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// This file tells people which certificates the cluster lives by, and until when.

// askCertificates is the question for those that a node has.
const askCertificates = "node.certificates"

// How long other nodes are waited for, how long an answer is good for whoever asks
// next, and how many cards of a reader are looked at.
const (
	certificatesWithin = 2 * time.Second
	certificatesFresh  = 2 * time.Second
	mostCards          = 500
)

// gathered are the certificates as they were found last.
type gathered struct {
	mu    sync.Mutex // guards what follows, and is held while gathering: who comes meanwhile gets the same
	found *control.Certificates
}

// Certificates asks each node that is up.
func (n *Node) Certificates(ctx context.Context) (*control.Certificates, error) {
	n.gathered.mu.Lock()
	defer n.gathered.mu.Unlock()
	if f := n.gathered.found; f != nil && time.Since(f.At) < certificatesFresh {
		return f, nil
	}
	// Whoever asked may go: others get the same answer.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), certificatesWithin)
	defer cancel()
	var mu sync.Mutex // guards all and silent
	all, silent := n.ownCertificates(time.Now()), []control.Silence(nil)
	var wg sync.WaitGroup
	view := n.view()
	for _, m := range n.members.All() {
		if m.ID == n.cfg.Node || gone(view, m.ID, m.Boot) {
			continue
		}
		wg.Go(func() {
			of, err := n.certificatesOf(ctx, m.ID, m.Up)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, of...)
			if err != nil {
				silent = append(silent, control.Silence{Node: m.ID, Why: err.Error()})
			}
		})
	}
	wg.Wait()
	now := time.Now().UTC()
	f := &control.Certificates{At: now, Items: control.JoinCertificates(all), Silent: silent}
	for i := range f.Items {
		f.Items[i].Judge(now)
	}
	n.gathered.found = f
	return f, nil
}

// certificatesOf asks one other node.
func (n *Node) certificatesOf(ctx context.Context, node flow.NodeID, up bool) ([]control.Certificate, error) {
	if !up {
		return nil, errors.New("it is down")
	}
	body, err := n.door.Ask(ctx, node, askCertificates, nil)
	if err != nil {
		return nil, err
	}
	var of []control.Certificate
	if err := json.Unmarshal(body, &of); err != nil {
		return nil, fmt.Errorf("its answer: %w", err)
	}
	for i := range of {
		of[i].Nodes = []flow.NodeID{node} // whatever it says
	}
	return of, nil
}

func (n *Node) answerCertificates(context.Context, flow.Identity, []byte) ([]byte, error) {
	return json.Marshal(n.ownCertificates(time.Now()))
}

// ownCertificates are this node's: its own, those of its actors, the browsers' one,
// the cards in its reader, and the authorities that it believes.
func (n *Node) ownCertificates(now time.Time) []control.Certificate {
	standings := n.renewal.standings()
	all := []control.Certificate{n.certificate(control.UseNode, n.signer(), n.cfg.Certificate, standings, now)}
	for name, s := range n.keys.all() {
		all = append(all, n.certificate(control.UseIdentity, s, filepath.Join(n.cfg.Identities, name), standings, now))
	}
	if s := n.renewal.web.Load(); s != nil {
		all = append(all, n.certificate(control.UseWeb, *s, n.webFolder(), standings, now))
	}
	trust := n.keys.trust()
	for _, c := range trust.Roots {
		all = append(all, n.authority(control.UseRoot, c, now))
	}
	for _, c := range trust.Issuers {
		all = append(all, n.authority(control.UseIssuer, c, now))
	}
	return append(all, n.cards(now)...)
}

// certificate is one with which this node, or an actor of it, proves itself.
func (n *Node) certificate(use control.CertificateUse, s flow.Signer, dir string, standings map[string]enroll.Standing, now time.Time) control.Certificate {
	leaf := s.Chain[0]
	c := n.ofLeaf(use, leaf)
	c.URI, c.Role, c.Group, c.Name = s.ID.URI, s.ID.Role, s.ID.Group, s.ID.Name
	_, err := n.verifier.Identify(s.Chain, now)
	if use == control.UseWeb {
		c.Name, c.Hosts, err = "for browsers", append([]string(nil), leaf.DNSNames...), nil
		for _, ip := range leaf.IPAddresses {
			c.Hosts = append(c.Hosts, ip.String())
		}
	}
	at, kept := standings[dir]
	c.Renews, c.Failed = at.Due.UTC(), at.Failed
	if at.Due.IsZero() {
		c.Renews = time.Time{}
	}
	switch {
	case err != nil && now.Before(c.Until) && !errors.Is(err, pki.ErrNotYet):
		c.State, c.Failed = control.CertificateRefused, err.Error()
		c.Mend = fmt.Sprintf("enrol again on %s: wardflow ca token --again, wardflow enroll --out %s", n.cfg.Node, dir)
	case now.After(c.Until):
		c.Renews = time.Time{} // what has ended can't renew itself
		c.Mend = fmt.Sprintf("enrol again on %s: wardflow ca token --again, wardflow enroll --out %s", n.cfg.Node, dir)
	case n.cfg.CA == "":
		c.Failed, c.Mend = "the node's file names no CA service", fmt.Sprintf("name one in ca: of the file of %s, or issue a new one by hand", n.cfg.Node)
	case c.Failed != "":
		c.Mend = fmt.Sprintf("bring the CA service %s back; %s goes on asking", n.cfg.CA, n.cfg.Node)
	case !kept:
		c.Failed = "nobody looks after it yet"
	}
	return c
}

// ofLeaf is what any certificate says.
func (n *Node) ofLeaf(use control.CertificateUse, leaf *x509.Certificate) control.Certificate {
	return control.Certificate{Nodes: []flow.NodeID{n.cfg.Node}, Use: use, Serial: pki.Serial(leaf),
		From: leaf.NotBefore.UTC(), Until: leaf.NotAfter.UTC()}
}

// authority is one that this node believes.
func (n *Node) authority(use control.CertificateUse, cert *x509.Certificate, now time.Time) control.Certificate {
	c := n.ofLeaf(use, cert)
	c.Name = cert.Subject.CommonName
	c.Mend = "roll it over before its end: wardflow ca roll"
	if now.After(c.Until) {
		c.Mend = "what is below it is believed no more: wardflow ca roll, then enrol all anew"
	}
	if use == control.UseIssuer && len(cert.PermittedURIDomains) > 0 {
		c.Name = cert.PermittedURIDomains[0]
	}
	return c
}

// cards are those in the reader, without whose they are: not even the serial
// number, by which they could be found in the authority's log.
func (n *Node) cards(now time.Time) []control.Certificate {
	if n.cfg.Cards == "" {
		return nil
	}
	entries, err := os.ReadDir(n.cfg.Cards)
	if err != nil {
		return nil // no card has been inserted yet
	}
	var all []control.Certificate
	for _, e := range entries[:min(len(entries), mostCards)] {
		chain, err := pki.LoadChain(filepath.Join(n.cfg.Cards, e.Name(), "cert.pem"))
		if err != nil {
			continue // it is being inserted, or pulled
		}
		c := n.ofLeaf(control.UseCard, chain[0])
		c.Serial, c.Name, c.Role, c.Mend = "", "a card", flow.RolePatient, "make the patient a new card: wardflow ca patient"
		if _, err := n.verifier.Identify(chain, now); err != nil && now.Before(c.Until) {
			c.State, c.Failed = control.CertificateRefused, "it is revoked or not one of this hospital's"
		}
		all = append(all, c)
	}
	return all
}
