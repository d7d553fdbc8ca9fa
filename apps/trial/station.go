package trial

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/remote"
)

// The two nodes of the trial of links.
const (
	near = flow.NodeID("near")
	away = flow.NodeID("away")
)

// A station is one of the two: an engine, and a door for sealed links and one
// for unsealed ones.
type station struct {
	self     flow.NodeID
	own      flow.Signer
	verifier *pki.Verifier
	eng      *engine.Engine
	doors    map[string]*remote.Door // "sealed", "unsealed"

	mu    sync.Mutex // guards what follows
	addrs map[string]string
	terms map[flow.LinkID]link.Terms
	next  flow.Actor // what the next actor is, whatever its type
}

// nowhere keeps no checkpoint and says so at once: what is measured is the link.
type nowhere struct{}

func (nowhere) Commit(context.Context, []flow.Checkpoint) ([]flow.ActorID, error) { return nil, nil }

func newStation(dir string, self flow.NodeID, window int) (*station, error) {
	own, err := pki.LoadSigner(filepath.Join(dir, string(self)))
	if err != nil {
		return nil, err
	}
	trust, err := pki.LoadTrust(filepath.Join(dir, "trust.pem"))
	if err != nil {
		return nil, err
	}
	s := &station{self: self, own: own, verifier: pki.NewVerifier(trust), doors: map[string]*remote.Door{},
		addrs: map[string]string{}, terms: map[flow.LinkID]link.Terms{}}
	typ := flow.Type{New: func(map[string]flow.Value) (flow.Actor, error) { return s.next, nil }}
	s.eng, err = engine.New(engine.Config{Types: flow.Types{actorType: typ}, Checkpoints: nowhere{}, Window: window,
		Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) {
			return own.ID, own.ID, nil
		}})
	if err != nil {
		return nil, err
	}
	for _, kind := range []string{kindSealed, kindUnsealed} {
		log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
		d, err := remote.Listen(remote.Config{Self: self, Listen: "127.0.0.1:0", Signer: func() flow.Signer { return own },
			Verifier: s.verifier, Unsealed: kind == kindUnsealed, Log: log,
			Address: func(flow.NodeID) (string, bool) { return s.address(kind) }})
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		d.Carry(s)
		s.doors[kind] = d
	}
	return s, nil
}

const actorType = "trial.Actor"

func (s *station) close() error {
	errs := []error{s.eng.Close()}
	for _, d := range s.doors {
		errs = append(errs, d.Close())
	}
	return errors.Join(errs...)
}

// address is where the other station's door of a kind is.
func (s *station) address(kind string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.addrs[kind]
	return a, ok
}

// start runs an actor with these links.
func (s *station) start(ctx context.Context, id flow.ActorID, a flow.Actor, in, out []flow.Link) error {
	s.mu.Lock()
	s.next = a
	s.mu.Unlock()
	return s.eng.Start(ctx, engine.Activation{Actor: flow.Node{ID: id, Type: actorType}, Epoch: 1, In: in, Out: out, Signer: s.own})
}

// lane is the one link of a run between the stations, and its terms.
func lane(run string) (flow.Link, link.Terms) {
	l := wire(run, "source", "sink")
	return l, link.Terms{Link: l.ID(), From: link.End{Actor: l.From.Actor, Node: near, Epoch: 1}, To: link.End{Actor: l.To.Actor, Node: away, Epoch: 1}}
}

// wire is the link from one actor's out to another's in.
func wire(app, from, to string) flow.Link {
	l, err := flow.ParseLinkID(flow.LinkID(fmt.Sprintf("%s:%s.out > %s:%s.in", app, from, app, to)))
	if err != nil {
		panic("trial: " + err.Error()) // the names are ours
	}
	return l
}

// As the keeper of the ends of links.

func (s *station) Accept(id flow.LinkID) (remote.LinkEnd, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	terms, ok := s.terms[id]
	if !ok {
		return remote.LinkEnd{}, flow.ErrLater
	}
	return remote.LinkEnd{Terms: terms, Signer: s.own}, nil
}

func (s *station) Judge(_ flow.LinkID, far link.End, chain []*x509.Certificate) (flow.Identity, error) {
	id, err := s.verifier.Identify(chain, time.Now())
	if err == nil && id.Name != string(far.Node) {
		err = fmt.Errorf("%s speaks for actor %s, which runs on %s", id.URI, far.Actor, far.Node)
	}
	return id, err
}

func (s *station) Up(id flow.LinkID, peer flow.Identity, send func(link.Message) bool) error {
	return s.eng.Up(id, peer, send)
}
func (s *station) Message(id flow.LinkID, m link.Message) error { return s.eng.Receive(id, m) }
func (*station) Holds(link.Terms, flow.Identity) error          { return nil }

func (s *station) Ready(id flow.LinkID)           { s.eng.Ready(id) }
func (s *station) Down(id flow.LinkID, why error) { s.eng.Down(id, why.Error(), false) }
